import "../shared/tokens.css";
import "./page.css";
import { render } from "preact";
import { watchConnection } from "./connection";
import { watchLibrary } from "./library";
import { Page } from "./Page";
import { keepPalette } from "./paletteKept";
import { watchSight } from "./repeat";

const place = document.getElementById("page");
watchSight();
watchConnection();
watchLibrary();
keepPalette();
if (place) render(<Page />, place);
