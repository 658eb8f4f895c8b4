import { blockedSince } from "../drain/force-after.ts";
import { abandoned, settledMoves } from "../drain/move.ts";
import type { PhaseOf, YieldReason } from "../fleet/phase.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import { closedGates } from "../gates/closed.ts";
import { agentSilent } from "../holds/agent-silent.ts";
import { needsNoneNow } from "../overdue.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import { RETRY_AFTER_MOST } from "../timings.ts";
import { triesIn } from "../tries.ts";
import { type Advance, act, type Changes, entering, startedAt } from "./advance.ts";
import { describeYield } from "./yield-text.ts";

type Active = PhaseOf<"preparing"> | PhaseOf<"draining"> | PhaseOf<"rebooting"> | PhaseOf<"failed">;

/** What makes a node that holds a slot give it up: only these count after the slot (design, section 5). */
export function reasonToYield(situation: Recorded): YieldReason | null {
  const { policy, pool, node, standing, opening, report, freeze, quorumLack, reboot } = situation;
  if (policy === undefined) return { kind: "no policy" };
  if (situation.pause !== null) return { kind: "paused" };
  if (standing.skip !== null) return { kind: "skipped" };
  // At the same time is judged in the turn that began it: a yes that came later would have come before the slot.
  if (standing.withdrawn !== null && standing.withdrawn.at >= startedAt(reboot))
    return { kind: "withdrawn", by: standing.withdrawn.by };
  if (isOtherPool(situation)) return { kind: "pool changed" };
  if (freeze !== null) return { kind: "freeze" };
  if (opening === null && pool !== null && pool.drain.whenWindowCloses !== "finish") return { kind: "window closed" };
  // One that can't be read any more was green when the slot was taken: that is left to the next node.
  const red = closedGates(situation).find(({ isRed }) => isRed);
  if (red !== undefined) return { kind: "gate", gate: red.name, says: red.says };
  if (quorumLack !== null) return { kind: "quorum" };
  if (agentSilent(situation) !== null) return { kind: "agent silent" };
  if (node.cordon.kind === "foreign" && standing.adopted === null) return { kind: "cordoned by someone" };
  if (node.cordon.kind === "undone") return { kind: "uncordoned by someone" };
  if (report !== null && report.bootId === node.bootId && report.pending === null) return { kind: "no longer pending" };
  return null;
}

/** A node whose order is out is left alone: the order was made under the pool as it was then. */
function isOtherPool({ pool, reboot }: Recorded): boolean {
  if (reboot.phase.kind === "rebooting") return false;
  if (pool === null || pool.name !== reboot.pool || pool.mode === "observe") return true;
  return reboot.mode !== null && pool.mode !== reboot.mode;
}

/** Takes the order back, with the back-off recorded in the same write, so that nothing is left to write before the slot passes on. */
export function yieldNode(situation: Recorded, from: Active, why: YieldReason): Advance {
  const { now, reboot } = situation;
  const notAfter = from.kind === "rebooting" || from.kind === "failed" ? from.notAfter : null;
  const phase: PhaseOf<"yielding"> = {
    kind: "yielding",
    order: from.order,
    fromBootId: from.fromBootId,
    since: now,
    notAfter,
    mayBeCordoned: from.kind !== "preparing" && !(from.kind === "failed" && from.freed),
    why,
  };
  const says = `gives up: ${describeYield(why)}`;
  const changes: Changes = {
    ...backOffAfter(situation, why),
    outcome: { kind: "yielded", at: now, order: from.order, why },
  };
  const missed = why.kind === "reboot did not happen" ? { missed: reboot.missed + 1 } : {};
  const released =
    why.kind === "released"
      ? { released: { by: why.by, reasons: reasonsOf(situation) }, bootId: situation.node.bootId }
      : {};
  const blocked = why.kind === "blocked" ? { blockers: why.refused, blockedSince: blockedSince(situation) } : {};
  const moves = { moves: movesLeft(situation, from) };
  const next = entering(situation, phase, says, { ...changes, ...missed, ...blocked, ...moves, ...released });
  return act({ kind: "WithdrawOrder", version: reboot.version, next, says });
}

const reasonsOf = ({ report }: Recorded): readonly string[] =>
  report?.pending?.reasons.map(({ identity }) => identity) ?? [];

/** What did not come up elsewhere in time is put back as it was. */
function movesLeft(situation: Recorded, from: Active): NodeReboot["moves"] {
  const pods = situation.snapshot.pods.get(situation.node.name);
  const isKnown = from.kind === "draining" && pods?.order === from.order;
  const moves = isKnown ? settledMoves({ situation, phase: from }, [...pods.pods.values()]) : situation.reboot.moves;
  return abandoned(moves);
}

/**
 * drain.retryAfter, doubled for each try in this opening, 6 h at most. What people or the window end is no try. Who takes our
 * cordon away in mid-drain, or says withdraw, says no: the node is left alone for the rest of the opening, or for those 6 h.
 */
function backOffAfter(situation: Recorded, why: YieldReason): Changes {
  const { reboot, opening, now, pool } = situation;
  if (!isTry(why, situation)) return { retryAt: null };
  const tries = triesIn(reboot, opening?.opens ?? null) + 1;
  const pause = Math.min((pool ?? POOL_DEFAULTS).drain.retryAfter * 2 ** (tries - 1), RETRY_AFTER_MOST);
  const veto = Math.min(RETRY_AFTER_MOST, (opening?.closes ?? now) - now);
  return {
    tries,
    triesSince: now,
    retryAt: now + (isVeto(why) ? Math.max(pause, veto) : pause),
  };
}

const isVeto = ({ kind }: YieldReason): boolean => kind === "uncordoned by someone" || kind === "withdrawn";

function isTry(why: YieldReason, situation: Recorded): boolean {
  switch (why.kind) {
    case "gate":
    case "hook failed":
    case "blocked":
    case "agent silent":
    case "agent dropped":
    case "order ran out":
    case "uncordoned by someone":
    case "reboot did not happen":
      return true;
    case "withdrawn":
      // Where people have to approve it waits for them in any case.
      return situation.pool?.mode !== "approval" || needsNoneNow(situation);
    default:
      return false;
  }
}
