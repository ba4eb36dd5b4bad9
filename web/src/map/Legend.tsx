// What the colours mean, and how many sounds have each; a role can be hidden.
import { cssColour } from "../shared/roles";
import { count } from "../shared/words";
import { counts, hiddenRoles } from "./atlas";
import type { Points } from "./points";

export function Legend({ points }: { points: Points }) {
  const roles = [...points.roles, ""].map((role, at) => ({ role, many: counts.value[at] ?? 0 }));
  const there = roles.filter(({ many }) => many > 0).sort((one, other) => other.many - one.many);
  return (
    <fieldset class="map-legend">
      <legend class="unseen">Roles on the map</legend>
      {there.map(({ role, many }) => (
        <RoleSwitch key={role} role={role} many={many} />
      ))}
      {hiddenRoles.value.size > 0 && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            hiddenRoles.value = new Set();
          }}
        >
          Show every role
        </button>
      )}
    </fieldset>
  );
}

function RoleSwitch({ role, many }: { role: string; many: number }) {
  const shown = !hiddenRoles.value.has(role);
  return (
    <button
      type="button"
      class="role-switch"
      aria-pressed={shown}
      title={`${shown ? "Hide" : "Show"} ${count(many, "sound")}`}
      onClick={() => turn(role)}
    >
      <span class="dot" style={{ background: shown ? cssColour(role) : "none" }} />
      {role || "role not known"} <span class="count">{many.toLocaleString("en")}</span>
    </button>
  );
}

function turn(role: string): void {
  const roles = new Set(hiddenRoles.value);
  if (!roles.delete(role)) roles.add(role);
  hiddenRoles.value = roles;
}
