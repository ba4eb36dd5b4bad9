// Filters as chips with live counts. (Owner: engineer D.)
export function FilterChips() {
  return <section />;
}
