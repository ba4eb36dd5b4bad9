// The search field, what to avoid, the sound to be like, the blend of both.
import "./SearchPanel.css";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../shared/Icon";
import { stop } from "../shared/player";
import { ask } from "./asking";
import { alpha, avoid, query, reference } from "./question";
import { ReferenceZone } from "./ReferenceZone";

export function SearchPanel() {
  const submit = (event: Event) => {
    event.preventDefault();
    void ask();
  };
  return (
    <search>
      <form class="search" onSubmit={submit}>
        <SearchField />
        {/* Without one a form of two fields does not hear Enter. */}
        <button type="submit" class="unseen" tabIndex={-1}>
          Search
        </button>
        <div class="search-more">
          <ReferenceZone />
          {reference.value && query.value.trim() && <Blend />}
          <label class="avoid">
            <span>Avoid</span>
            <input
              type="text"
              value={avoid.value}
              maxLength={1000}
              placeholder="reverb, vocals…"
              autocomplete="off"
              onInput={(event) => {
                avoid.value = event.currentTarget.value;
              }}
            />
          </label>
        </div>
      </form>
    </search>
  );
}

function SearchField() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape") stop();
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <div class="search-field">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label="Describe a sound"
        aria-keyshortcuts="/"
        placeholder="Describe a sound: warm analogue bass, crisp closed hi-hat…"
        value={query.value}
        maxLength={1000}
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
        onKeyDown={toResults}
      />
      <span class="hint" aria-hidden="true">
        /
      </span>
    </div>
  );
}

function toResults(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown") return;
  const row = document.querySelector<HTMLElement>('[role="grid"] [role="row"][tabindex="0"]');
  if (row === null) return;
  event.preventDefault();
  row.focus();
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("input:not([type=range], [type=checkbox]), textarea, select") !== null
  );
}

function Blend() {
  const words = Math.round(100 * alpha.value);
  return (
    <div class="blend">
      <span aria-hidden="true">sound</span>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        aria-label="Blend of words and sound"
        aria-valuetext={`${words} % words, ${100 - words} % sound`}
        title={`${words} % words, ${100 - words} % sound`}
        value={words}
        onInput={(event) => {
          alpha.value = event.currentTarget.valueAsNumber / 100;
        }}
      />
      <span aria-hidden="true">words</span>
    </div>
  );
}
