// Filters as chips with live counts; what has too many values for chips is chosen from a list.
import "./FilterChips.css";
import { signal } from "@preact/signals";
import type { Filters } from "../api/types";
import { cssColour } from "../shared/roles";
import { facets, filters, setFilter } from "./question";

/** Roles that are always seen: with more, the rows begin below the fold. */
const ALWAYS_SEEN = 8;
const MOST_BPM = 999;
type Worded = "role" | "kind" | "key" | "genre" | "folder";

const opened = signal(false);
/** Chips keep their places while their counts change. */
const places = new Map<Worded, string[]>();

export function FilterChips() {
  const counts = facets.value;
  return (
    <fieldset class="filters" aria-label="Filters">
      <Roles counts={counts?.roles ?? {}} />
      <div class="filters-more">
        <Chips name="kind" counts={counts?.kinds ?? {}} />
        <Choice name="key" label="Key" counts={counts?.keys ?? {}} />
        <Choice name="genre" label="Genre" counts={counts?.genres ?? {}} />
        <Choice name="folder" label="Folder" counts={counts?.folders ?? {}} />
        <Tempo />
        {Object.keys(filters.value).length > 0 && (
          <button
            type="button"
            class="plain"
            onClick={() => {
              filters.value = {};
            }}
          >
            Clear filters
          </button>
        )}
      </div>
    </fieldset>
  );
}

function Roles({ counts }: { counts: Record<string, number> }) {
  const all = placed("role", counts);
  const seen = opened.value ? all : all.filter((role, at) => at < ALWAYS_SEEN || role === filters.value.role);
  return (
    <div class={`chips ${opened.value ? "opened" : ""}`}>
      {seen.map((role) => (
        <Chip key={role} name="role" value={role} count={counts[role] ?? 0} />
      ))}
      {all.length > ALWAYS_SEEN && (
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

function Chips({ name, counts }: { name: Worded; counts: Record<string, number> }) {
  return (
    <div class="chips">
      {placed(name, counts).map((value) => (
        <Chip key={value} {...{ name, value }} count={counts[value] ?? 0} />
      ))}
    </div>
  );
}

function Chip({ name, value, count }: { name: Worded; value: string; count: number }) {
  const pressed = filters.value[name] === value;
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

/** A list with counts, absent where there is nothing to choose. */
function Choice({ name, label, counts }: { name: Worded; label: string; counts: Record<string, number> }) {
  const values = placed(name, counts);
  if (values.length === 0 && name !== "key") return null;
  return (
    <label class="choice">
      <span>{label}</span>
      <select
        value={filters.value[name] ?? ""}
        onChange={(event) => setFilter(name, event.currentTarget.value as Filters["kind"])}
      >
        <option value="">any</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value} ({(counts[value] ?? 0).toLocaleString("en")})
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
      value={filters.value[name] ?? ""}
      onInput={(event) => setFilter(name, event.currentTarget.valueAsNumber || undefined)}
    />
  );
}

/** The values that were ever counted, the most frequent of each counting first, and the one that is chosen. */
function placed(name: Worded, counts: Record<string, number>): string[] {
  const known = places.get(name) ?? [];
  const chosen = filters.value[name];
  const fresh = Object.keys(counts).filter((value) => !known.includes(value));
  fresh.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  const all = [...known, ...fresh];
  if (all.length > known.length) places.set(name, all);
  return chosen && chosen !== "any" && !all.includes(chosen) ? [...all, chosen] : all;
}
