import type { Refusal } from "../fleet/phase.ts";
import { listed } from "../listed.ts";
import { budgetsOf } from "./force.ts";

/** What blocks, why, and the first change that would help: for the record, Events and the log. */
export function blockersText(refusals: readonly Refusal[]): string {
  const budgets = budgetsOf(refusals);
  const pods = [...new Set(refusals.map(({ namespace, pod }) => `${namespace}/${pod}`))];
  const what = budgets.length === 0 ? listed(pods) : `PDB ${listed(budgets)}`;
  const told = refusals.find(({ diagnosis }) => diagnosis !== null)?.diagnosis ?? null;
  const [fix] = told?.fixes ?? [];
  return `${what}${told === null ? "" : `. ${told.says}`}${fix === undefined ? "" : ` Fix: ${fix.command}`}`;
}
