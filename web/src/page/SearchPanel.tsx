// The search field, the drop zone, the blend, what to avoid. (Owner: engineer D.)
export function SearchPanel() {
  return <section />;
}
