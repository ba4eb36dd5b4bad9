// A line of words and the button that asks with them. No <form>: chats show apps in frames that may submit none.
import type { Signal } from "@preact/signals";

interface Line {
  /** Whether it is a field of a search. */
  readonly search?: boolean;
  readonly label: string;
  readonly words: Signal<string>;
  readonly button: string;
  readonly onAsk: () => void;
}

export function AskLine({ search = false, label, words, button, onAsk }: Line) {
  return (
    <div class="line">
      <input
        role={search ? "searchbox" : "textbox"}
        class="field"
        aria-label={label}
        placeholder={label}
        maxLength={1000}
        value={words.value}
        onInput={(event) => {
          words.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => event.key === "Enter" && !event.isComposing && onAsk()}
      />
      <button type="button" class="plain" onClick={onAsk}>
        {button}
      </button>
    </div>
  );
}
