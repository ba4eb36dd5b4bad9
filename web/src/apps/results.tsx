// The app inside the chat that shows and plays what a search found.
import "./results.css";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { AskLine } from "./AskLine";
import { Frame, Mute } from "./Frame";
import { Hits } from "./Hits";
import { callable, open } from "./host";
import {
  answer,
  ask,
  askAnywhere,
  askWords,
  blend,
  blendable,
  forgetSound,
  nameOf,
  reference,
  show,
  take,
  within,
  words,
} from "./question";
import { leave } from "./rows";
import { PlayButton } from "./Sound";
import { broken, complain, refused } from "./said";
import { hear } from "./sounds";
import { stop, toggle } from "./speaker";

function Results() {
  return (
    <Frame heading="Sounds that were found">
      {callable.value && answer.value && <Question />}
      <Hits />
      {answer.value && (
        <Mute sentence="This chat lets no app call tools: ask in the chat for other sounds, or to hear one." />
      )}
    </Frame>
  );
}

function Question() {
  return (
    <>
      <AskLine search label="Describe a sound" words={words} button="Search again" onAsk={askWords} />
      {within.value && <Within />}
      {reference.value && <Like sample={reference.value} />}
    </>
  );
}

function Within() {
  const anywhere = () => {
    leave();
    askAnywhere();
  };
  return (
    <div class="line">
      <span class="like">Within: {within.value}</span>
      <button type="button" class="plain" onClick={anywhere}>
        Anything
      </button>
    </div>
  );
}

function Like({ sample }: { sample: string }) {
  const name = nameOf(sample);
  useEffect(() => {
    hear(sample).catch(complain);
  }, [sample]);
  return (
    <div class="line">
      <PlayButton id={sample} name={name} onPress={() => toggle(sample)} />
      <span class="like">Like {name}</span>
      {blendable.value && <Blend />}
      <button type="button" class="plain" aria-label="Remove the sound to be like" onClick={forgetSound}>
        Remove
      </button>
    </div>
  );
}

function Blend() {
  return (
    <label class="blend">
      <span>sound</span>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        aria-label="Blend of words and sound"
        value={blend.value}
        onInput={(event) => {
          blend.value = event.currentTarget.valueAsNumber;
        }}
        onChange={ask}
      />
      <span>words</span>
    </label>
  );
}

const place = document.getElementById("app");
if (place) render(<Results />, place);
void open("soundpalette-results", {
  asked: take,
  answered: (result) => (result.isError ? refused(result) : show(result)),
  broken,
  closed: stop,
});
