import "../shared/tokens.css";
import "./page.css";
import { render } from "preact";
import { Page } from "./Page";

const place = document.getElementById("page");
if (place) render(<Page />, place);
