// The hits as rows. (Owner: engineer D.)
export function Results() {
  return <section />;
}
