// The state of the library, asked again while the page is seen.
import { signal } from "@preact/signals";
import type { LibraryState } from "../api/types";

export const library = signal<LibraryState | null>(null);
