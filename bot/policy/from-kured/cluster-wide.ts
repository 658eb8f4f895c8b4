import type { WrittenGate } from "./gates.ts";
import type { Kured } from "./kured.ts";
import { sourceOf, textOf, wholeOf, zoneOf } from "./kured-flags.ts";

/** What a policy says once for all its pools. */
export interface ClusterWide {
  readonly timeZone: string;
  readonly timeZoneNote: string;
  readonly maxRebooting: number;
  readonly maxRebootingNote: string;
  readonly gates: readonly WrittenGate[];
  /** Several kureds that disagree: what can't be one policy. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export function clusterWide(kureds: readonly [Kured, ...Kured[]]): ClusterWide {
  // A window that is always open has no times that a zone would move.
  const zoned = kureds.find(({ times }) => times.kind === "window") ?? kureds[0];
  const timeZone = zoneOf(textOf(zoned.flags, "time-zone"));
  const others = kureds.filter(
    ({ times, flags }) => times.kind === "window" && zoneOf(textOf(flags, "time-zone")) !== timeZone,
  );
  const gates = uniqueGates(kureds);
  const hasSameGates = kureds.every((kured) => kured.gates.gates.length === gates.length);
  return {
    timeZone,
    timeZoneNote: sourceOf(zoned.flags, "time-zone"),
    ...concurrency(kureds),
    gates,
    problems: others.map(
      ({ source }) =>
        `${zoned.source.title} and ${source.title} have different time zones, and a policy has one; convert them one at a time, or give them one time zone`,
    ),
    warnings: hasSameGates
      ? []
      : ["the DaemonSets wait for different things, and gates count for all pools: each pool waits for all of them"],
  };
}

/** Each DaemonSet's lock counts for itself, save where they share one. */
function concurrency(kureds: readonly [Kured, ...Kured[]]): Pick<ClusterWide, "maxRebooting" | "maxRebootingNote"> {
  const [{ flags: first }] = kureds;
  const locks = new Map<string, number>();
  for (const { flags } of kureds) {
    const lock = [textOf(flags, "ds-namespace"), textOf(flags, "ds-name"), textOf(flags, "lock-annotation")].join("/");
    locks.set(lock, Math.max(locks.get(lock) ?? 1, wholeOf(flags, "concurrency")));
  }
  const maxRebooting = [...locks.values()].reduce((sum, one) => sum + one, 0);
  const note =
    locks.size > 1
      ? "--concurrency of all DaemonSets together: each had a lock of its own"
      : sourceOf(first, "concurrency");
  return { maxRebooting, maxRebootingNote: note };
}

function uniqueGates(kureds: readonly Kured[]): readonly WrittenGate[] {
  const gates = new Map<string, WrittenGate>();
  for (const { gates: its } of kureds) {
    for (const gate of its.gates) {
      const key = JSON.stringify({ ...gate, note: "" });
      const isNamed = [...gates.values()].filter(({ name }) => name === gate.name).length;
      if (!gates.has(key)) gates.set(key, isNamed === 0 ? gate : { ...gate, name: `${gate.name} (${isNamed + 1})` });
    }
  }
  return [...gates.values()];
}
