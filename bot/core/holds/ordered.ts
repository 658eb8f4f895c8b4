import type { Situation } from "../situation.ts";
import { after } from "./after.ts";
import { agentSilent } from "./agent-silent.ts";
import { anotherCoordinator } from "./another-coordinator.ts";
import { approval } from "./approval.ts";
import { backOff } from "./back-off.ts";
import { beingAsked } from "./being-asked.ts";
import { beingRemoved } from "./being-removed.ts";
import { cordonedBySomeone } from "./cordoned-by-someone.ts";
import { freeze } from "./freeze.ts";
import { gate } from "./gate.ts";
import type { Hold } from "./hold.ts";
import { noPolicy } from "./no-policy.ts";
import { noPool } from "./no-pool.ts";
import { nodeNotReady } from "./node-not-ready.ts";
import { observe } from "./observe.ts";
import { paused } from "./paused.ts";
import { rebootDidNotHappen } from "./reboot-did-not-happen.ts";
import { rebootDidNotHelp } from "./reboot-did-not-help.ts";
import { released } from "./released.ts";
import { skipped } from "./skipped.ts";
import { unchecked } from "./unchecked.ts";
import { window } from "./window.ts";
import { wouldBeBlocked } from "./would-be-blocked.ts";

const CHECKS: readonly ((situation: Situation) => Hold | null)[] = [
  noPolicy,
  noPool,
  observe,
  beingRemoved,
  anotherCoordinator,
  agentSilent,
  nodeNotReady,
  cordonedBySomeone,
  paused,
  skipped,
  freeze,
  released,
  rebootDidNotHelp,
  rebootDidNotHappen,
  backOff,
  wouldBeBlocked,
  unchecked,
  beingAsked,
  gate,
  after,
  window,
  approval,
];

/**
 * Every reason why a waiting node may not take a slot, by itself and whatever the others do, in the order in which people
 * are told. What it has to share with others (quorum, budgets, spread) is Room's. Empty: it may.
 */
export function holdsOf(situation: Situation): readonly Hold[] {
  return CHECKS.flatMap((check) => check(situation) ?? []);
}
