// Filters as chips with live counts; what has too many values for chips is chosen from a list.
import "./FilterChips.css";
import { signal } from "@preact/signals";
import type { Filters } from "../api/types";
import { cssColour } from "../shared/roles";
import { countOf, type Subject, values } from "./counting";
import { focusFilters } from "./heading";
import { filters, setFilter } from "./question";

/** Roles that are always seen: with more, the rows begin below the fold. */
const ALWAYS_SEEN = 8;
const MOST_BPM = 999;
const opened = signal(false);

export function FilterChips() {
  return (
    <fieldset class="filters" aria-label="Filters">
      <Roles />
      <div class="filters-more">
        <div class="chips">
          {all("kind").map((kind) => (
            <Chip key={kind} name="kind" value={kind} />
          ))}
        </div>
        <Choice name="key" label="Key" />
        <Choice name="genre" label="Genre" />
        <Choice name="folder" label="Folder" />
        <Tempo />
        {Object.keys(filters.value).length > 0 && (
          <button
            type="button"
            class="plain"
            onClick={() => {
              filters.value = {};
              focusFilters();
            }}
          >
            Clear filters
          </button>
        )}
      </div>
    </fieldset>
  );
}

function Roles() {
  const roles = all("role");
  const seen = opened.value ? roles : roles.filter((role, at) => at < ALWAYS_SEEN || role === filters.value.role);
  return (
    <div class={`chips ${opened.value ? "opened" : ""}`}>
      {seen.map((role) => (
        <Chip key={role} name="role" value={role} />
      ))}
      {roles.length > ALWAYS_SEEN && (
        <button
          type="button"
          class="plain"
          aria-expanded={opened.value}
          onClick={() => {
            opened.value = !opened.value;
          }}
        >
          {opened.value ? "Less" : "More"}
        </button>
      )}
    </div>
  );
}

function Chip({ name, value }: { name: Subject; value: string }) {
  const pressed = filters.value[name] === value;
  const count = countOf(name, value);
  return (
    <button
      type="button"
      class={`chip ${count === 0 ? "none" : ""}`}
      aria-pressed={pressed}
      onClick={() => setFilter(name, pressed ? undefined : (value as Filters["kind"]))}
    >
      {name === "role" && <span class="dot" style={{ background: cssColour(value) }} />}
      {value} <span class="count">{count.toLocaleString("en")}</span>
    </button>
  );
}

/** A list with counts; the key is always there, others where there is something to choose. */
function Choice({ name, label }: { name: Subject; label: string }) {
  const known = all(name);
  if (known.length === 0 && name !== "key") return null;
  return (
    <label class="choice">
      <span>{label}</span>
      <select
        value={filters.value[name] ?? ""}
        onChange={(event) => setFilter(name, event.currentTarget.value as Filters["kind"])}
      >
        <option value="">any</option>
        {known.map((value) => (
          <option key={value} value={value}>
            {value} ({countOf(name, value).toLocaleString("en")})
          </option>
        ))}
      </select>
    </label>
  );
}

function Tempo() {
  return (
    <div class="tempo">
      <Bpm name="min_bpm" label="Slowest BPM" shown="from" />
      <span aria-hidden="true">–</span>
      <Bpm name="max_bpm" label="Fastest BPM" shown="to" />
      <span aria-hidden="true">BPM</span>
    </div>
  );
}

function Bpm({ name, label, shown }: { name: "min_bpm" | "max_bpm"; label: string; shown: string }) {
  return (
    <input
      type="number"
      min="0"
      max={MOST_BPM}
      step="1"
      inputMode="decimal"
      aria-label={label}
      placeholder={shown}
      value={String(filters.value[name] ?? "")} // a number would be written anew into "120." while it is typed
      onInput={(event) => setFilter(name, event.currentTarget.valueAsNumber || undefined)}
    />
  );
}

/** The values there are, and the one that is chosen. */
function all(name: Subject): readonly string[] {
  const known = values.value[name];
  const chosen = filters.value[name];
  return chosen && chosen !== "any" && !known.includes(chosen) ? [...known, chosen] : known;
}
