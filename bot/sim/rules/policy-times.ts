import { Openings } from "./openings.ts";
import { type PolicyData, poolFor, safetyKeys } from "./policy-data.ts";

/** From when on the bots were told a policy. */
export interface ToldPolicy {
  readonly from: number;
  readonly policy: PolicyData;
}

/** A policy with its windows laid out. */
export interface PolicyView {
  readonly policy: PolicyData;
  readonly openings: Openings;
}

/** The policies of one run: which of them a bot may go by, as news reaches each at another time. */
export class PolicyTimes {
  readonly #told: readonly (PolicyView & { readonly from: number })[];

  constructor(told: readonly ToldPolicy[]) {
    this.#told = told.map(({ from, policy }) => ({ from, policy, openings: new Openings(policy) }));
  }

  latest(now: number): PolicyView | null {
    return this.#told.findLast(({ from }) => from <= now) ?? null;
  }

  /** Each policy that was in force at some time between. */
  between(from: number, to: number): readonly PolicyView[] {
    return this.#told.filter(
      (one, index) => one.from <= to && (this.#told[index + 1]?.from ?? Number.POSITIVE_INFINITY) > from,
    );
  }

  /** Whether the keys that decisions are bound to were others for this node at some time between. */
  hasChanged(labels: Readonly<Record<string, string>>, from: number, to: number): boolean {
    const keys = this.between(from, to).map(({ policy }) => {
      const pool = poolFor(policy, labels);
      return pool === null ? "" : safetyKeys(pool);
    });
    return new Set(keys).size > 1;
  }
}
