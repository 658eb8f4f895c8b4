import { at, text } from "../rules/world.ts";

/** How far a Deployment may go above and below its replicas while it rolls out. */
export interface Leeway {
  readonly wanted: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

export interface SetSize {
  readonly replicas: number;
  readonly available: number;
}

/** A surge is rounded up, what may be unavailable down; where both are 0 one may be unavailable. */
export function leewayOf(spec: unknown): Leeway {
  const wanted = Number(at(spec, "replicas") ?? 1);
  const rolling = at(spec, "strategy", "rollingUpdate");
  const maxSurge = amount(at(rolling, "maxSurge") ?? "25%", wanted, Math.ceil);
  const maxUnavailable = amount(at(rolling, "maxUnavailable") ?? "25%", wanted, Math.floor);
  if (maxSurge === 0 && maxUnavailable === 0) return { wanted, maxSurge, maxUnavailable: 1 };
  return { wanted, maxSurge, maxUnavailable: Math.min(maxUnavailable, wanted) };
}

function amount(value: unknown, of: number, round: (exact: number) => number): number {
  return typeof value === "number" ? value : round((Number.parseFloat(text(value)) * of) / 100);
}

/** How large the newest set may be now (deployment/util, NewRSNewReplicas). */
export function newestSize({ wanted, maxSurge }: Leeway, newest: number, old: readonly SetSize[]): number {
  if (newest >= wanted) return wanted;
  const room = wanted + maxSurge - newest - sum(old, ({ replicas }) => replicas);
  return newest + Math.max(0, Math.min(room, wanted - newest));
}

/** How large the old sets, oldest first, must still be (deployment/rolling.go, reconcileOldReplicaSets). */
export function oldSizes(
  { wanted, maxUnavailable }: Leeway,
  newest: SetSize,
  old: readonly SetSize[],
): readonly number[] {
  const least = wanted - maxUnavailable;
  const all = newest.replicas + sum(old, ({ replicas }) => replicas);
  let unhealthy = all - least - (newest.replicas - newest.available);
  if (unhealthy <= 0) return old.map(({ replicas }) => replicas);
  // First those that serve nobody, then as many of the others as may be missed.
  const cleaned = old.map(({ replicas, available }) => {
    const gone = Math.min(unhealthy, Math.max(0, replicas - available));
    unhealthy -= gone;
    return replicas - gone;
  });
  let spare = newest.available + sum(old, ({ available }) => available) - least;
  return cleaned.map((replicas) => {
    const gone = Math.max(0, Math.min(replicas, spare));
    spare -= gone;
    return replicas - gone;
  });
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);
