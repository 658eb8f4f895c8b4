import { type Duration, HOUR, MINUTE } from "../../core/instant.ts";
import type { SeededRandom } from "../random.ts";

export type ObstacleKind =
  | "late budget"
  | "tightened budget"
  | "two budgets"
  | "impossible budget"
  | "unready pod"
  | "surge"
  | "database"
  | "data"
  | "stubborn pods"
  | "kept pods"
  | "long job"
  | "failing job"
  | "failing hook"
  | "naked pod"
  | "scratch pods"
  | "stuck volumes";

/** Pods that a drain may not move, or not at once: something that appears, and mostly clears again. */
export interface Obstacle {
  readonly kind: ObstacleKind;
  readonly from: Duration;
  /** When people clear it; null is never. */
  readonly until: Duration | null;
  readonly node: string;
  /** How long it takes what does so by itself. */
  readonly seconds: number;
}

/** Those that end by themselves, or are in nobody's way for good. */
const HARMLESS: readonly ObstacleKind[] = ["data", "stubborn pods", "kept pods", "long job"];
const CLEARED: readonly ObstacleKind[] = [
  "late budget",
  "tightened budget",
  "two budgets",
  "unready pod",
  "surge",
  "database",
  "failing job",
  "failing hook",
  "naked pod",
  "scratch pods",
  "stuck volumes",
];

export function anyObstacles(nodes: readonly string[], random: SeededRandom): readonly Obstacle[] {
  const obstacle = (kind: ObstacleKind, isCleared: boolean): Obstacle => {
    const from = random.chance(0.4) ? 0 : random.between(1, 180) * MINUTE;
    const until = isCleared ? Math.min(5 * HOUR, from + random.between(10, 180) * MINUTE) : null;
    return { kind, from, until, node: random.pick(nodes) ?? "", seconds: random.between(10, 20 * 60) };
  };
  return [
    ...HARMLESS.filter(() => random.chance(0.25)).map((kind) => obstacle(kind, false)),
    ...CLEARED.filter(() => random.chance(0.2)).map((kind) => obstacle(kind, true)),
    ...(random.chance(0.2) ? [obstacle("impossible budget", random.chance(0.5))] : []),
  ];
}
