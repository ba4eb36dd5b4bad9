// The app inside the chat that shows, plays and changes a palette.
import "./palette.css";
import { render } from "preact";
import { AskLine } from "./AskLine";
import { ChosenSounds } from "./ChosenSounds";
import { brief, build, chosen, show, take, use } from "./chosen";
import { Frame, Mute } from "./Frame";
import { callable, open } from "./host";
import { Summary } from "./Summary";
import { broken, refused } from "./said";

function Palette() {
  const some = chosen.value.length > 0;
  return (
    <Frame heading="Palette">
      {some && callable.value && <AskLine label="Brief" words={brief} button="Build again" onAsk={build} />}
      <ChosenSounds />
      {some && (
        <div class="line">
          <button type="button" class="plain strong" onClick={use}>
            Use this palette
          </button>
        </div>
      )}
      {some && <Summary />}
      {some && <Mute sentence="This chat lets no app call tools: ask in the chat to hear or replace a sound." />}
    </Frame>
  );
}

const place = document.getElementById("app");
if (place) render(<Palette />, place);
void open("soundpalette-palette", {
  asked: take,
  answered: (result) => (result.isError ? refused(result) : show(result)),
  broken,
});
