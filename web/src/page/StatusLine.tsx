// What there is, in a sentence: the live region beside the results, and what went wrong.
import type { SearchResult } from "../api/types";
import { asSentence, count } from "../shared/words";
import { slow } from "./asking";
import { connection } from "./connection";
import { isEmpty } from "./counting";
import { playsOnHover } from "./hovering";
import { answer, shown } from "./question";
import { complaint, told } from "./told";

export function StatusLine() {
  return (
    <div class="status-line">
      <p role="status">{told.value || (slow.value ? "Searching…" : found(shown.value))}</p>
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

function found(result: SearchResult | null): string {
  if (result === null) return isEmpty.value ? "No sounds" : "";
  const { hits, note, pending } = result;
  const many = hits.length > 0 ? count(hits.length, "sound") : note ? "" : "No sounds";
  const later =
    pending > 0
      ? `${count(pending, "sample")} of the library ${pending === 1 ? "is" : "are"} not in the index yet.`
      : "";
  const sentences = [hits.length > 0 && (note || later) ? `${many}.` : many, note && asSentence(note), later];
  return sentences.filter(Boolean).join(" ");
}
