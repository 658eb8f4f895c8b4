import { type KuredFlags, listOf } from "./kured-flags.ts";
import type { Labels } from "./label-selector.ts";

export interface NodeLabels {
  readonly during: Labels;
  readonly after: Labels;
}

/** kured takes what stands between the first two equals signs. */
export function nodeLabelsOf(flags: KuredFlags): NodeLabels {
  const read = (labels: readonly string[]): Labels =>
    Object.fromEntries(labels.map((label) => label.split("=")).map(([key = "", value = ""]) => [key, value]));
  return {
    during: read(listOf(flags, "pre-reboot-node-labels")),
    after: read(listOf(flags, "post-reboot-node-labels")),
  };
}

/** Labels that kured set before a reboot and never took away or set again. */
export function keptLabels(flags: KuredFlags): readonly string[] {
  const { during, after } = nodeLabelsOf(flags);
  return Object.keys(during).filter((key) => !Object.hasOwn(after, key));
}
