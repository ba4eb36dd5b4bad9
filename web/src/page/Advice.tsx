// What the palette is together, what each sound needs to fit, and what is lacking.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PaletteDescription } from "../api/types";
import { adviceFor } from "../shared/advice";
import { isStale, telling } from "./description";
import { query } from "./question";
import { view } from "./view";

export function Advice() {
  const now = telling.value;
  const shown = useRef<HTMLElement>(null);
  // It stands below the sounds, where whoever pressed Describe may not see it.
  useLayoutEffect(() => shown.current?.scrollIntoView({ block: "nearest" }), [now]);
  if (now.state === "none") return null;
  return (
    <section ref={shown} class="description" aria-label="Description">
      {isStale.value && <p class="stale">The palette has changed since; press Describe again.</p>}
      <p aria-live="polite" class={isStale.value ? "was" : ""}>
        {now.state === "asking" && "Describing…"}
        {now.state === "told" && now.description.summary}
      </p>
      {now.state === "told" && <Told description={now.description} />}
    </section>
  );
}

function Told({ description }: { description: PaletteDescription }) {
  const { fights, duplicates, outlier, lacking, words } = description;
  return (
    <div class={isStale.value ? "was" : ""}>
      <Listed title="To make them fit" items={fitting(description)} />
      <Listed title="Fight for one band" items={fights} />
      <Listed title="Nearly the same" items={duplicates} />
      <Listed title="Least like the rest" items={outlier ? [outlier] : []} />
      <Lacking lacking={lacking} />
      {words.length > 0 && <p class="quiet">Sounds like: {words.join(", ")}.</p>}
    </div>
  );
}

/** What each sound needs to meet tempo and key; nothing of one that does. */
function fitting(description: PaletteDescription): string[] {
  const needs = description.samples.map((one) => ({ name: one.name, need: adviceFor(one, description) }));
  return needs.filter(({ need }) => need).map(({ name, need }) => `${name}: ${need}`);
}

function Listed({ title, items }: { title: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </>
  );
}

/** Each lacking role searches for itself. */
function Lacking({ lacking }: { lacking: Readonly<Record<string, string>> }) {
  const roles = Object.entries(lacking);
  if (roles.length === 0) return null;
  return (
    <>
      <h3>Lacking</h3>
      <div class="buttons">
        {roles.map(([role, wanted]) => (
          <button
            type="button"
            class="chip"
            key={role}
            title={`Search for ${wanted}`}
            onClick={() => searchFor(wanted)}
          >
            {role}
          </button>
        ))}
      </div>
    </>
  );
}

function searchFor(wanted: string): void {
  query.value = wanted;
  view.value = "list";
  document.querySelector('[type="search"]')?.scrollIntoView({ block: "nearest" });
}
