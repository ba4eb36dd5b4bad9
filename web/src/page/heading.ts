// Where the focus goes when what held it is gone.
export const PALETTE_HEADING = "palette-heading";

export function focusPalette(): void {
  document.getElementById(PALETTE_HEADING)?.focus();
}
