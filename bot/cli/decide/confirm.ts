import { blockersOf } from "../../core/decide/digest.ts";
import type { Verb } from "../../core/fleet/decision.ts";
import type { NodeName } from "../../core/fleet/node.ts";
import type { Snapshot } from "../../core/fleet/snapshot.ts";
import { listed } from "../../core/listed.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import type { Terminal } from "../terminal.ts";

/** What may cost something, or can't be taken back: asked about before it is done. */
const CONFIRMED = ["force", "now", "release", "reboot"] as const satisfies readonly Verb[];
type Confirmed = (typeof CONFIRMED)[number];

export const isConfirmed = (verb: Verb): verb is Confirmed => CONFIRMED.some((one) => one === verb);

/** Throws UserError where a question would be asked and nobody is there to answer it. */
export function mustBeAskable(verb: Verb, yes: boolean, { isInteractive }: Terminal): void {
  if (yes || isInteractive || !isConfirmed(verb)) return;
  const what = verb === "now" ? "approve --now" : verb;
  throw new UserError(
    `${what} asks before it goes on, and this is no terminal to answer at. Give --yes to go on without being asked. Nothing was decided.`,
    EXIT.usage,
  );
}

/** Throws UserError unless the answer is a yes. */
export async function confirm(question: string, { ask }: Terminal): Promise<void> {
  const answer = (await ask(`${question} Go on? [y/N] `)).trim().toLowerCase();
  if (answer !== "y" && answer !== "yes") throw new UserError("Nothing was decided.", EXIT.problems);
}

export function questionOf(verb: Confirmed, nodes: readonly NodeName[], snapshot: Pick<Snapshot, "reboots">): string {
  const names = listed(nodes, 20);
  switch (verb) {
    case "force": {
      const budgets = nodes.flatMap((node) => blockersOf(snapshot.reboots.get(node) ?? null));
      if (budgets.length === 0) return `No disruption budget blocks ${names} now, so there is nothing to force.`;
      return `This deletes pods on ${names} that PDB ${listed([...new Set(budgets)], 20)} protects.`;
    }
    case "now":
      return `This lets ${names} go now: outside its window, before its back-off ends, and without waiting for other pools.`;
    case "release":
      return `This uncordons ${names}, frees its slot, and leaves it alone until its reasons to reboot change.`;
    case "reboot":
      return `This has ${names} rebooted though its host does not ask for it.`;
    default:
      return verb satisfies never;
  }
}
