import { blockersText } from "../drain/blockers-text.ts";
import type { YieldReason } from "../fleet/phase.ts";

/** Why a node gave its slot up, as the end of a sentence. */
export function describeYield(why: YieldReason): string {
  switch (why.kind) {
    case "blocked":
      return `blocked by ${blockersText(why.refused)}`;
    case "agent silent":
      return "its agent did not answer";
    case "agent dropped":
      return `its agent dropped the order (${why.message})`;
    case "order ran out":
      return "the order ran out before the agent took it";
    case "no policy":
      return "there is no good policy";
    case "paused":
    case "skipped":
      return `it was ${why.kind}`;
    case "freeze":
      return "reboots are frozen";
    case "window closed":
      return "the window closed";
    case "quorum":
      return "the cluster would lose its quorum without it";
    case "gate":
      return `gate ${why.gate} closed: ${why.says}`;
    case "hook failed":
      return `hook ${why.hook} failed: ${why.says}`;
    case "withdrawn":
      return `${why.by} withdrew it`;
    case "released":
      return `${why.by} released it`;
    case "tried again":
      return `${why.by} wants it tried again`;
    case "uncordoned by someone":
    case "cordoned by someone":
      return `it was ${why.kind}`;
    case "pool changed":
      return "its pool or the pool's mode changed";
    case "no longer pending":
      return "it needs no reboot any more";
    case "rebooted by itself":
      return "it was rebooted without an order";
    case "slot lost":
      return "its slot went to another node before anything was touched";
    case "reboot did not happen":
      return "the reboot was called and did not happen";
    default:
      return why satisfies never;
  }
}
