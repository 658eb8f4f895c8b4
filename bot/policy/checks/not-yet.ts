import { at, isMapping } from "../draft.ts";
import type { Path, Say } from "../problem.ts";

/**
 * Keys of the format that this version checks but does not act on, below the policy or below a pool. `does` is what it
 * does anyway: saying so needs no warning. Whoever makes a key work takes it out here.
 */
const OF_POLICY: readonly NotYet[] = [{ path: ["gates"], does: [] }];
const OF_POOL: readonly NotYet[] = [{ path: ["hooks"], does: { beforeDrain: [], beforeReboot: [], afterReboot: [] } }];

interface NotYet {
  readonly path: Path;
  readonly does?: unknown;
}

const MESSAGE = "is checked, but this version does not act on it yet";

export function warnNotYet(tree: unknown, say: Say): void {
  const pools = at(tree, ["pools"]);
  const holders: Path[] = [["defaults"], ...(Array.isArray(pools) ? pools.map((_, index) => ["pools", index]) : [])];
  const places = [
    ...OF_POLICY,
    ...holders.flatMap((holder) => OF_POOL.map(({ path, ...rest }) => ({ path: [...holder, ...path], ...rest }))),
  ];
  for (const { path, does } of places) {
    const value = at(tree, path);
    if (value !== undefined && !isWithin(value, does)) say(path, MESSAGE, "warning");
  }
}

/** Whether it says nothing else than `usual`; a mapping may say less. */
function isWithin(value: unknown, usual: unknown): boolean {
  if (Array.isArray(value)) return Array.isArray(usual) && value.length === 0;
  if (!isMapping(value)) return value === usual;
  return isMapping(usual) && Object.entries(value).every(([key, inner]) => isWithin(inner, at(usual, [key])));
}
