import type { NodeName } from "../core/fleet/node.ts";
import type { Snapshot } from "../core/fleet/snapshot.ts";
import { type Forecast, forecast, NEAR } from "../core/forecast/forecast.ts";
import { type Duration, type Instant, MINUTE } from "../core/instant.ts";
import type { Plan } from "../core/plan.ts";
import type { Policy } from "../core/policy/policy.ts";

/** What a forecast is made of. */
interface Known {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly policy: Policy | undefined;
  readonly now: Instant;
}

interface Made {
  readonly key: string;
  readonly at: Instant;
  readonly found: ReadonlyMap<NodeName, Forecast>;
}

/** However much changes, it is not made more often: a forecast costs dozens of plans, and the loop turns at each event. */
const YOUNG: Duration = 3 * MINUTE;
/** What is unchanged is foreseen as before, until it should have changed and did not. */
const OLD: Duration = 15 * MINUTE;

/** Keeps the last forecast for as long as it is worth something. */
export class Forecaster {
  #made: Made | null = null;

  /** Nothing is worked out before the forecast is asked for, and once a turn at most. */
  of(known: Known): () => ReadonlyMap<NodeName, Forecast> {
    let ofTurn: ReadonlyMap<NodeName, Forecast> | null = null;
    return () => {
      ofTurn ??= this.#fresh(known);
      return ofTurn;
    };
  }

  #fresh(known: Known): ReadonlyMap<NodeName, Forecast> {
    const { snapshot, policy, now } = known;
    const age = this.#made === null ? Number.POSITIVE_INFINITY : now - this.#made.at;
    // A wall clock that was set back makes no old forecast young.
    if (this.#made !== null && age >= 0 && age < YOUNG) return this.#made.found;
    const key = keyOf(known);
    if (this.#made?.key === key && age >= 0 && age < OLD) return this.#made.found;
    const found = forecast(snapshot, policy, now, NEAR);
    this.#made = { key, at: now, found };
    return found;
  }
}

/** Changes when something did that a forecast depends on, and not with the values that are read of gates or budgets. */
function keyOf({ snapshot, plan, policy }: Known): string {
  const nodes = [...plan.nodes].map(([name, { situation, phase, holds }]) => {
    const isPending = situation.report?.pending != null;
    return [name, situation.node.bootId, situation.pool?.name, phase.kind, isPending, ...holds.map(({ kind }) => kind)];
  });
  const judged = [...snapshot.decisions.values()].filter(({ judgement }) => judgement !== null).length;
  const slots = snapshot.fleet?.slots.map(({ order }) => order) ?? [];
  return JSON.stringify([policy?.commit, policy?.pools.length, slots, judged, nodes]);
}
