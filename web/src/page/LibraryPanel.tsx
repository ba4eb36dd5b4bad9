// The state of the index, its progress and its failures. (Owner: engineer F.)
export function LibraryPanel() {
  return <section />;
}
