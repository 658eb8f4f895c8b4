import type { ForceRight, Policy } from "../policy/policy.ts";
import { addUp } from "./adding-up.ts";
import { type Counted, newest, votesOf } from "./counted.ts";
import type { Vote } from "./standing.ts";

export interface ForceStanding {
  /** Valid forces of what blocks the node now, else of the newest set of blockers: as many as are surely of different people. */
  readonly forces: readonly Vote[];
  /** Valid ones of that set that do not add up with those. */
  readonly forcesApart: readonly Vote[];
  /** That set, as namespace/name, sorted. */
  readonly forcedBudgets: readonly string[];
  /** The budgets that may be broken now; null while too few people said so. */
  readonly force: { readonly budgets: ReadonlySet<string>; readonly by: string } | null;
}

interface Terms {
  readonly policy: Pick<Policy, "people">;
  readonly right: ForceRight | null;
  /** What blocks the node now. */
  readonly blockers: readonly string[];
}

/** Two people force together only if they were shown the same blockers; a force of others takes none away that is complete. */
export function forcesOf(inForce: readonly Counted[], { policy, right, blockers }: Terms): ForceStanding {
  const bySet = Map.groupBy(
    inForce.filter(({ verb }) => verb === "force"),
    ({ judgement }) => judgement.blockers.join(" "),
  );
  const counted = [...bySet.values()].map((forces) => ({
    latest: newest(forces)?.judgement.at ?? 0,
    budgets: forces[0]?.judgement.blockers ?? [],
    ...addUp(votesOf(forces, policy), policy),
  }));
  const shown =
    counted.find(({ budgets }) => budgets.join(" ") === blockers.join(" ")) ??
    counted.toSorted((a, b) => a.latest - b.latest).at(-1);
  const complete = counted.filter(({ together }) => right !== null && together.length >= right.people);
  const by = new Set(complete.flatMap(({ together }) => together.map(({ person }) => person)));
  return {
    forces: shown?.together ?? [],
    forcesApart: shown?.apart ?? [],
    forcedBudgets: shown?.budgets ?? [],
    force:
      complete.length === 0
        ? null
        : { budgets: new Set(complete.flatMap(({ budgets }) => budgets)), by: [...by].join(" and ") },
  };
}
