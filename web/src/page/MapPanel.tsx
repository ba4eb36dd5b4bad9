// The map, loaded when it is first shown. (Owner: engineer E.)
export function MapPanel() {
  return <section />;
}
