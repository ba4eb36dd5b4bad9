import "../shared/tokens.css";
import "./page.css";
import { render } from "preact";
import { prepare } from "../shared/player";
import { keepAddress } from "./address";
import { keepAsking } from "./asking";
import { watchConnection } from "./connection";
import { keepCounting } from "./counting";
import { watchMouse } from "./hovering";
import { watchLibrary } from "./library";
import { Page } from "./Page";
import { keepPalette } from "./paletteKept";
import { watchSight } from "./repeat";

prepare();
keepAddress();
keepAsking();
keepCounting();
watchSight();
watchMouse();
watchConnection();
watchLibrary();
keepPalette();

const place = document.getElementById("page");
if (place) render(<Page />, place);
