// The app inside the chat that shows and plays what a search found.
import "./results.css";
import { render } from "preact";
import { Frame, Mute } from "./Frame";
import { Hits } from "./Hits";
import { callable, open, textOf } from "./host";
import { answer, ask, askWords, blend, blendable, forgetSound, reference, show, take, words } from "./question";
import { complaint, say } from "./said";

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
  const submit = (event: Event) => {
    event.preventDefault();
    askWords();
  };
  return (
    <form onSubmit={submit}>
      <div class="line">
        <input
          type="search"
          class="field"
          aria-label="Describe a sound"
          placeholder="Describe a sound"
          maxLength={1000}
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="plain">
          Search again
        </button>
      </div>
      {reference.value && (
        <div class="line">
          <span class="like">Like {reference.value.name}</span>
          {blendable.value && <Blend />}
          <button type="button" class="plain" aria-label="Remove the sound to be like" onClick={forgetSound}>
            Remove
          </button>
        </div>
      )}
    </form>
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
  answered: (result) => {
    if (result.isError) complaint.value = textOf(result);
    else show(result);
  },
  broken: (sentence) => {
    say("");
    complaint.value = sentence;
  },
});
