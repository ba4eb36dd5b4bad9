// Words and filters stand in the page's address, so that reload and back keep them. Nothing else is kept.
import { batch, effect } from "@preact/signals";
import type { Filters } from "../api/types";
import { avoid, filters, query } from "./question";

const WORDS = ["role", "kind", "key", "genre", "folder"] as const;
const FIGURES = ["min_bpm", "max_bpm"] as const;

/** Takes words and filters from the address, and keeps them there. Returns what ends that. */
export function keepAddress(): () => void {
  const back = () => {
    if (addressOf(query.value, avoid.value, filters.value) !== location.search) take();
  };
  take();
  addEventListener("popstate", back); // the link to the palette leaves an address behind
  const end = effect(() => {
    const search = addressOf(query.value, avoid.value, filters.value);
    if (search !== location.search) history.replaceState(null, "", `${location.pathname}${search}`);
  });
  return () => {
    removeEventListener("popstate", back);
    end();
  };
}

function take(): void {
  const asked = new URLSearchParams(location.search);
  batch(() => {
    query.value = asked.get("q") ?? "";
    avoid.value = asked.get("avoid") ?? "";
    filters.value = filtersOf(asked);
  });
}

function addressOf(words: string, avoided: string, chosen: Filters): string {
  const told = new URLSearchParams();
  if (words.trim()) told.set("q", words.trim());
  if (avoided.trim()) told.set("avoid", avoided.trim());
  for (const name of [...WORDS, ...FIGURES]) if (chosen[name]) told.set(name, String(chosen[name]));
  return told.size > 0 ? `?${told}` : "";
}

/** What stands in an address may come from a stranger; the server checks it as it checks all filters. */
function filtersOf(asked: URLSearchParams): Filters {
  const words = WORDS.map((name) => [name, asked.get(name) ?? ""] as const);
  const figures = FIGURES.map((name) => [name, Number(asked.get(name)) || 0] as const);
  return Object.fromEntries([...words, ...figures].filter(([, value]) => value)) as Filters;
}
