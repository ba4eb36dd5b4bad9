// Asks for the token once. (Owner: engineer F.)
export function TokenForm() {
  return <section />;
}
