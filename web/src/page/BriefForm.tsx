// What the palette shall be, in words, and the buttons that work with it.
import { build, choosing } from "./building";
import { describe, telling } from "./description";
import { brief, chosen, missing } from "./palette";

const MOST = 1000;

export function BriefForm() {
  const isEmpty = chosen.value.length === 0;
  const isBuilding = choosing.value !== "";
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    void build();
  };
  return (
    <form class="brief" onSubmit={send}>
      <label for="brief">Brief</label>
      <textarea
        id="brief"
        rows={2}
        required
        maxLength={MOST}
        placeholder="warm melodic techno, 124 BPM, A minor"
        value={brief.value}
        onInput={(event) => {
          brief.value = event.currentTarget.value;
        }}
        onKeyDown={sendOnEnter}
      />
      <div class="buttons">
        <button type="submit" class="primary" aria-disabled={isBuilding} title="Chooses what is not locked">
          Build
        </button>
        <button
          type="button"
          disabled={isEmpty}
          aria-disabled={telling.value.state === "asking"}
          onClick={() => void describe()}
        >
          Describe
        </button>
      </div>
      {missing.value.length > 0 && (
        <ul class="missing" aria-label="Not found">
          {missing.value.map((role) => (
            <li key={role}>{role}</li>
          ))}
        </ul>
      )}
    </form>
  );
}

/** Enter sends, as in a field of one line; with Shift it begins another. */
function sendOnEnter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  (event.currentTarget as HTMLTextAreaElement).form?.requestSubmit();
}
