import { needsNoneNow } from "../../core/overdue.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Pool } from "../../core/policy/policy.ts";
import type { Drawn } from "./board-nodes.ts";
import { personText } from "./mentions.ts";
import { at } from "./times.ts";

const VOTES_MOST = 4;

/** Its mode, and for one that needs approval who gave it for how many of the nodes that wait. */
export function poolTitle({ mode, may }: Pool, nodes: readonly PlannedNode[], { reading }: Drawn): string {
  if (mode === "observe") return "only observed";
  if (mode === "automatic") return "automatic";
  const wanting = nodes.filter(
    ({ situation, phase }) =>
      situation.report?.pending != null &&
      phase.kind !== "failed" &&
      phase.kind !== "verifying" &&
      !needsNoneNow(situation),
  );
  const votes = wanting.flatMap(({ situation }) => situation.standing.approvals);
  const texts = [...new Set(votes.map((vote) => `${personText(vote.person)} ${at(vote.at, reading)}`))];
  if (texts.length === 0) return "needs approval";
  const more = texts.length - VOTES_MOST;
  const who = `${texts.slice(0, VOTES_MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const enough = wanting.filter(({ situation }) => situation.standing.approved).length;
  if (enough === wanting.length) return `needs approval (given by ${who})`;
  if (enough > 0) return `needs approval (given for ${enough} of ${wanting.length} by ${who})`;
  return `needs approval (asked of ${may.approve?.people ?? 1} people; given by ${who})`;
}
