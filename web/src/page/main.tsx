import "../shared/tokens.css";
import "./page.css";
import { render } from "preact";
import { watchConnection } from "./connection";
import { watchLibrary } from "./library";
import { prepare } from "../shared/player";
import { keepAddress } from "./address";
import { keepAsking } from "./asking";
import { keepCounting } from "./counting";
import { Page } from "./Page";
import { keepPalette } from "./paletteKept";
import { watchSight } from "./repeat";

prepare();
keepAddress();
keepAsking();
keepCounting();

const place = document.getElementById("page");
watchSight();
watchConnection();
watchLibrary();
keepPalette();
if (place) render(<Page />, place);
