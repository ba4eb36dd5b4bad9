// What there is, in a sentence: the live region beside the results, and what went wrong.
import { playing, stop } from "../shared/player";
import { SoundButton } from "../shared/SoundButton";
import { asSentence, count } from "../shared/words";
import { slow } from "./asking";
import { connection } from "./connection";
import { isEmpty } from "./counting";
import { playsOnHover } from "./hovering";
import { answer, type Found, shown } from "./question";
import { complaint, told } from "./told";

const MOST_LETTERS = 60;

export function StatusLine() {
  return (
    <div class="status-line">
      <p role="status">{told.value || (slow.value ? "Searching…" : found(shown.value))}</p>
      {/* Always there: the row of what plays may be gone, and a button that goes takes the focus with it. */}
      <SoundButton icon="stop" label="Stop" disabled={!playing.value} onPress={stop} />
      <label class="hover-switch">
        <input
          type="checkbox"
          checked={playsOnHover.value}
          onChange={(event) => {
            playsOnHover.value = event.currentTarget.checked;
          }}
        />
        Play on hover
      </label>
    </div>
  );
}

export function Alert() {
  const now = answer.value;
  // While the server is gone the page says so, and asks again by itself.
  const failed = now.state === "failed" && connection.value === "here" ? now.sentence : "";
  const sentence = failed || complaint.value;
  return sentence ? (
    <p class="alert" role="alert">
      {asSentence(sentence)}
    </p>
  ) : null;
}

function found(result: Found | null): string {
  if (result === null) return isEmpty.value ? "No sounds" : "";
  const { hits, note, pending, words } = result;
  const many = hits.length > 0 ? count(hits.length, "sound") + sought(words) : note ? "" : "No sounds";
  const later =
    pending > 0
      ? `${count(pending, "sample")} of the library ${pending === 1 ? "is" : "are"} not in the index yet.`
      : "";
  const sentences = [hits.length > 0 && (note || later) ? `${many}.` : many, note && asSentence(note), later];
  return sentences.filter(Boolean).join(" ");
}

/** Named, so that who does not see the rows hears that they are others. */
function sought(words: string): string {
  const cut = words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS)}…` : words;
  return cut && ` for “${cut}”`;
}
