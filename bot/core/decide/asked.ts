import type { Decision } from "../fleet/decision.ts";
import type { Member } from "../fleet/member.ts";
import { HISTORY_KEPT, type NodeReboot } from "../fleet/reboot.ts";
import type { Instant } from "../instant.ts";
import { type Counted, newest, type Said, saidIn } from "./counted.ts";

/** What outlasts the order that is given for it. */
export interface AskedStanding {
  /** Who wants it rebooted though its host does not ask for it; until it has booted. */
  readonly rebootAsked: (Said & { readonly name: string; readonly reason: string | null }) | null;
  /** Who let us take the cordon over that stands there now. */
  readonly adopted: Said | null;
  /** Who wants the node to stay cordoned after this attempt. */
  readonly keep: Said | null;
}

/** It is bound to the boot, the cordon or the attempt alone. */
export function askedOf({ node, reboot }: Member, mine: readonly Counted[], digest: string): AskedStanding {
  const ofBoot = mine.filter(({ judgement }) =>
    judgement.bound.some((bound) => bound.node === node.name && bootOf(bound.digest) === bootOf(digest)),
  );
  const asked = newest(ofBoot.filter(({ verb }) => verb === "reboot"));
  const said = saidIn(asked);
  const since = (at: Instant | null | undefined, verb: Decision["verb"], decisions: readonly Counted[]): Said | null =>
    saidIn(newest(decisions.filter((one) => one.verb === verb && one.judgement.at >= (at ?? 0))));
  return {
    rebootAsked: asked === null || said === null ? null : { ...said, name: asked.name, reason: asked.reason },
    adopted: since(node.cordonedSince, "adopt", ofBoot),
    keep: since(endOfLast(reboot), "keep", mine),
  };
}

/**
 * When the attempt before the one under way ended: what was said since then is about this one. A node that yields has the
 * outcome of this very attempt on record from the first moment on, so there its history tells.
 */
function endOfLast(reboot: NodeReboot | null): Instant {
  if (reboot?.phase.kind !== "yielding") return reboot?.outcome?.at ?? 0;
  const { history } = reboot;
  const ended = history.findLast(({ phase, order }) => phase === "waiting" && order !== null);
  return ended?.at ?? (history.length < HISTORY_KEPT ? 0 : (history[0]?.at ?? 0));
}

/** The node's uid and its boot. */
export const bootOf = (digest: string): string => digest.split(".").slice(0, 2).join(".");
