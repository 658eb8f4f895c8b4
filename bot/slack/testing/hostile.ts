import type { Turn } from "../../coordinator/coordinator.ts";
import type { FailureCause, Refusal } from "../../core/fleet/phase.ts";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import { DAY, HOUR, MINUTE } from "../../core/instant.ts";
import type { May, Mode, Policy } from "../../core/policy/policy.ts";
import { aDecision, aJudgement, aLine, aNode, aReboot, aReport } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aBudget, aRefusal } from "../../core/testing/pods.ts";
import { aFreeze, aGroup, aPolicy, aPool } from "../../core/testing/policies.ts";
import { blockedReboot, failedPhase } from "./cards.ts";
import { aTurn } from "./turns.ts";

/** What the things of one cluster are called. */
export interface Names {
  readonly node: string;
  readonly pod: string;
  readonly budget: string;
  readonly pool: string;
  readonly gate: string;
  readonly reason: string;
  readonly person: string;
  readonly cluster: string;
  readonly address: string;
}

/** Whom the cards call, and where; the other one is a person of the policy who is in no group. */
export interface Place {
  readonly channel: string;
  readonly meant: string;
  readonly other: string;
}

function policyOf({ cluster, gate, person, pool, reason, address }: Names, place: Place, mode: Mode): Policy {
  const by = { by: reason };
  const may: May = {
    approve: { ...by, people: 2, validFor: HOUR },
    now: by,
    force: { ...by, people: 2, validFor: HOUR },
    skip: { ...by, upTo: DAY },
    other: by,
  };
  const people = [
    { name: "ana", slack: place.meant, kubernetes: null },
    { name: person, slack: place.other, kubernetes: null },
  ];
  return aPolicy({
    cluster,
    commit: address,
    subject: reason,
    author: person,
    url: `https://git.example/${address}`,
    pull: { number: 42, url: address },
    slackChannel: place.channel,
    people: new Map(people.map((one) => [one.name, one])),
    groups: new Map([[reason, aGroup(reason, ["ana"])]]),
    pools: [aPool({ name: pool, mode, may, slackChannel: place.channel })],
    gates: [{ kind: "query", name: gate, mustHold: "up" }],
  });
}

function refusalOf({ pod, budget, reason }: Names): Refusal {
  return aRefusal({
    pod,
    namespace: budget,
    message: reason,
    budgets: aRefusal().budgets.map((one) => ({ ...one, name: budget, namespace: pod })),
    diagnosis: {
      verdict: "can never be satisfied",
      cause: "unknown",
      says: reason,
      fixes: [{ says: reason, command: pod }],
      owner: pod,
      move: null,
    },
  });
}

/** The node of the first of the turns below, after it was rebooted under a policy of that name. */
export function rebootedTurn(called: Names, place: Place): Turn {
  const { node, address } = called;
  const own = { node, nodeUid: "u", bootId: "boot-2" };
  const lines = [
    aLine({ at: NOW - 2 * MINUTE, phase: "rebooting", order: "o", policyCommit: address, policyPull: 41 }),
    aLine({ order: "o" }),
  ];
  const outcome = { kind: "rebooted", at: NOW, took: 5 * MINUTE, bootId: "boot-2" } as const;
  const parts = {
    nodes: [aNode({ name: node, uid: "u", bootId: "boot-2" })],
    reports: [aReport({ ...own, pending: null })],
    reboots: [aReboot({ ...own, orders: 1, given: 1, outcome, history: lines })],
  };
  return aTurn(parts, { policy: policyOf(called, place, "approval") });
}

/** One node in each state that has a card, with every text on it by that name. */
export function hostileTurns(called: Names, place: Place): readonly Turn[] {
  const { node, pod, budget, gate, reason, person } = called;
  const own = { node, nodeUid: "u" };
  const since = NOW - 20 * DAY;
  const reasons = [{ kind: "k", identity: "i", text: reason, since }];
  const gates = [{ name: gate, state: "red" as const, says: reason, since: NOW }];
  const parts = {
    nodes: [aNode({ name: node, uid: "u", ready: false })],
    reports: [aReport({ ...own, pending: { since, reasons } })],
    budgets: [aBudget({ namespace: pod, name: budget })],
    fleet: { version: "1", paused: null, slots: [], policy: null, gates, conditions: [], lookAgain: null },
  };
  const policy = policyOf(called, place, "automatic");
  const pause = aDecision({ verb: "pause", targets: [], reason, judgement: aJudgement({ person, bound: [] }) });
  const turn = (reboot: NodeReboot, inForce = policy): Turn =>
    aTurn({ ...parts, reboots: [reboot] }, { policy: inForce });
  const failing = (cause: FailureCause): Turn => turn(aReboot({ ...own, phase: { ...failedPhase, cause }, orders: 1 }));
  const blocked = blockedReboot({ ...own, blockers: [refusalOf(called)] });
  return [
    turn(aReboot(own), policyOf(called, place, "approval")),
    aTurn({ ...parts, reboots: [blocked], decisions: [pause] }, { policy }),
    failing({ kind: "hook failed", stage: "beforeDrain", hook: gate, what: reason }),
    failing({ kind: "did not come back", calledAt: NOW - MINUTE }),
    turn(aReboot(own), { ...policy, freezes: [aFreeze({ name: gate })] }),
  ];
}
