// What the palette is together, and what it lacks.
import { adviceFor } from "../shared/advice";
import { fileName } from "../shared/words";
import { described, lookFor, missing, summary } from "./chosen";

export function Summary() {
  const told = described.value;
  const advice = (told?.samples ?? []).flatMap((sample) => {
    const words = told ? adviceFor(sample, told) : "";
    return words ? [`${fileName(sample.name)}: ${words}`] : [];
  });
  return (
    <section class="summary" aria-label="Description">
      <p>{summary.value}</p>
      <Listed title="Left empty" items={missing.value} />
      <Listed title="To make them fit" items={advice} />
      <Listed title="Fight for one band" items={told?.fights ?? []} />
      <Listed title="Nearly the same" items={told?.duplicates ?? []} />
      <Lacking lacking={told?.lacking ?? {}} />
    </section>
  );
}

function Listed({ title, items }: { title: string; items: readonly string[] }) {
  if (!items.length) return null;
  return (
    <>
      <h2>{title}</h2>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </>
  );
}

function Lacking({ lacking }: { lacking: Readonly<Record<string, string>> }) {
  const roles = Object.entries(lacking);
  if (!roles.length) return null;
  return (
    <>
      <h2>Lacking</h2>
      <div class="line">
        {roles.map(([role, query]) => (
          <button
            type="button"
            class="plain"
            key={role}
            title={`Ask the chat for: ${query}`}
            onClick={() => lookFor(role, query)}
          >
            Look for a {role}
          </button>
        ))}
      </div>
    </>
  );
}
