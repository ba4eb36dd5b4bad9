import "../shared/tokens.css";
import "./page.css";
import { render } from "preact";
import { prepare } from "../shared/player";
import { keepAddress } from "./address";
import { keepAsking } from "./asking";
import { keepCounting } from "./counting";
import { Page } from "./Page";

prepare();
keepAddress();
keepAsking();
keepCounting();

const place = document.getElementById("page");
if (place) render(<Page />, place);
