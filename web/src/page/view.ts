// Which way of looking is shown.
import { signal } from "@preact/signals";

export type View = "list" | "map";
export const view = signal<View>("list");
