// The chosen sounds: describe, build, replace, export. (Owner: engineer F.)
export function PalettePanel() {
  return <section />;
}
