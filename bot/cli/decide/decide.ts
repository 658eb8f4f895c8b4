import { DecisionDesk } from "../../cluster/decision-desk.ts";
import { wallClock } from "../../core/instant.ts";
import { systemClock } from "../../process/clock.ts";
import { type ViewOptions, viewCluster } from "../cluster-view.ts";
import type { Io } from "../io.ts";
import type { Terminal } from "../terminal.ts";
import { confirm, isConfirmed, mustBeAskable, questionOf } from "./confirm.ts";
import { asJson, exitCodeOf, type Outcome, outcomeOf } from "./outcome.ts";
import { requestOf } from "./request.ts";
import { requesterOf } from "./requester.ts";
import { mustBeAllowed } from "./rights.ts";
import { targetsOf } from "./targets.ts";
import { untilOf } from "./until.ts";
import type { Wish } from "./wish.ts";

export interface DecideOptions extends ViewOptions {
  /** Nothing is asked. */
  readonly yes?: boolean;
  readonly format: "text" | "json";
}

/** Makes a RebootDecision of a wish, waits for the leader's judgement, and says it. */
export async function decideCommand(
  wish: Wish,
  { yes = false, format, ...options }: DecideOptions,
  io: Io,
  terminal: Terminal,
): Promise<void> {
  mustBeAskable(wish.verb, yes, terminal);
  const outcome = await viewCluster(options, async ({ snapshot, inForce, cluster, parts }): Promise<Outcome> => {
    const now = systemClock.now();
    const zone = inForce?.timeZone ?? "utc";
    const until = wish.until === null ? null : untilOf(wish.until, zone, now);
    const targets = targetsOf(wish, { snapshot, inForce, now });
    const nodes = targets.map(({ node }) => node);
    const requester = await requesterOf(parts.api);
    const request = requestOf({ ...wish, targets, until }, requester, { now, decisions: snapshot.decisions.values() });
    await mustBeAllowed(parts.api, request);
    if (wish.about !== null && "pool" in wish.about) terminal.note(`Pool ${wish.about.pool}: ${nodes.join(", ")}.`);
    if (until !== null) terminal.note(`Until ${wallClock(until, zone, now)}.`);
    if (!yes && isConfirmed(wish.verb)) await confirm(questionOf(wish.verb, nodes, snapshot), terminal);
    return outcomeOf(request, await new DecisionDesk(parts, cluster.mirrors).ask(request));
  });
  io.print(format === "json" ? JSON.stringify(asJson(outcome), null, 2) : outcome.says);
  io.done(exitCodeOf(outcome));
}
