import type { Policy, Pool } from "./policy.ts";

/** The first pool that matches takes the node. */
export function poolOf(policy: Policy, labels: Readonly<Record<string, string>>): Pool | null {
  return policy.pools.find((pool) => wantedLabels(pool).every(([key, value]) => labels[key] === value)) ?? null;
}

const wanted = new WeakMap<Pool, readonly (readonly [string, string])[]>();

/** Asked for every node at every turn, so it is laid out once. */
function wantedLabels(pool: Pool): readonly (readonly [string, string])[] {
  const known = wanted.get(pool) ?? Object.entries(pool.matchLabels ?? {});
  wanted.set(pool, known);
  return known;
}

const digestInputs = new WeakMap<Pool, string>();

/** The keys that a decision about a node is bound to, as one text that is the same for the same meaning. */
export function safetyDigestInput(pool: Pool): string {
  const known = digestInputs.get(pool);
  if (known !== undefined) return known;
  const input = JSON.stringify(sorted(safetyKeys(pool)));
  digestInputs.set(pool, input);
  return input;
}

const safetyKeys = ({ name, mode, may, windows, drain, hooks, reboot, verify }: Pool) => ({
  ...{ name, mode, may, windows, drain, hooks, reboot, verify },
});

/** Which of those keys mean something else in another pool, by their names in a policy. */
export function safetyKeysChanged(before: Pool, after: Pool): readonly string[] {
  const old = new Map<string, unknown>(Object.entries(safetyKeys(before)));
  return Object.entries(safetyKeys(after))
    .filter(([key, value]) => JSON.stringify(sorted(value)) !== JSON.stringify(sorted(old.get(key))))
    .map(([key]) => key);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
