// The app inside the chat for the palette. (Owner: engineer G.)
import "../shared/tokens.css";
import { render } from "preact";

const place = document.getElementById("app");
if (place) render(<p>palette</p>, place);
