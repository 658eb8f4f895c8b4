import { covers } from "../fleet/daemon-set.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** Two that reboot the same nodes know nothing of each other's budgets: the node waits until only one is left. */
export function anotherCoordinator({ node, snapshot }: Situation): Hold | null {
  const names = [...snapshot.daemonSets.values()]
    .filter((daemonSet) => daemonSet.isKured && covers(daemonSet, node))
    .map(({ namespace, name }) => `${namespace}/${name}`)
    .sort();
  if (names.length === 0) return null;
  const shown = `kured (${names.length === 1 ? "DaemonSet" : "DaemonSets"} ${names.join(", ")})`;
  const says = `${shown} reboots ${node.name}, too. Remove it, or keep it off this node.`;
  return { kind: "another coordinator", says, until: null };
}
