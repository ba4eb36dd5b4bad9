// Where the focus goes when what held it is gone.
export const PALETTE_HEADING = "palette-heading";

export function focusPalette(): void {
  document.getElementById(PALETTE_HEADING)?.focus();
}

export function focusSearch(): void {
  focusFirst('[type="search"]');
}

export function focusFilters(): void {
  focusFirst(".filters .chip");
}

export function focusReference(): void {
  focusFirst("[data-drop=reference]");
}

export function focusMap(): void {
  focusFirst(".map-frame canvas");
}

function focusFirst(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
