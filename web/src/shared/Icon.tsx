// The few signs on buttons, drawn on 24 by 24; each button says in words what it does.
const PATHS = {
  play: "M8 5.5v13l11-6.5z",
  stop: "M7 7h10v10H7z",
  like: "M3 12h2l2-5 3 11 3-14 3 12 2-4h3",
  add: "M12 5v14M5 12h14",
  added: "M5 12.5l4.5 4.5L19 7.5",
  copy: "M9 9h10v11H9zM5 15V4h10",
  close: "M6 6l12 12M18 6L6 18",
  less: "M5 12h14",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  replace: "M4 9h13l-3.5-3.5M20 15H7l3.5 3.5",
  lasso: "M12 5c5 0 8 2 8 5s-3 5-8 5-8-2-8-5 3-5 8-5zM8 15c-2 1-1 3 0 3s1 2 0 3",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
} as const;
const FILLED: readonly IconName[] = ["play", "stop"];
export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  const filled = FILLED.includes(name);
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width="18"
      height="18"
      aria-hidden="true"
      fill={filled ? "currentColor" : "none"}
      stroke={filled ? "none" : "currentColor"}
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
