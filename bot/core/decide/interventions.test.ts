import { describe, expect, test } from "vitest";
import type { Decision, Verb } from "../fleet/decision.ts";
import type { Node } from "../fleet/node.ts";
import type { Phase } from "../fleet/phase.ts";
import { HOUR, MINUTE } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { aNode, aReboot, aReport, currentDigest, type Parts } from "../testing/builders.ts";
import { ana, ben, earlier, eve, judged, policy, policyOf, poolIn } from "../testing/decisions.ts";
import { NOW } from "../testing/now.ts";
import { draining, failed, ORDER, preparing, rebooting, verifying, yielding } from "../testing/phases.ts";
import { aGroup } from "../testing/policies.ts";

const idle: Parts = { reports: [aReport({ pending: null })] };
const inPhase = (phase: Phase): Parts => ({ reboots: [aReboot({ phase, orders: 1 })] });
const foreign: Node = aNode({ cordon: { kind: "foreign", liftedFor: null }, cordonedSince: NOW - HOUR });
const cordoned: Parts = { nodes: [foreign] };
const called = rebooting({ agent: { accepted: NOW - MINUTE, rebooting: NOW - MINUTE } });
const automatic = policyOf({ mode: "automatic" });

describe("counts, with no end", () => {
  test.each<[string, Verb, Parts, Policy, string]>([
    ["a reboot that the host does not ask for", "reboot", idle, automatic, "worker-1 is rebooted when it is its turn."],
    [
      "one where people approve",
      "reboot",
      idle,
      policy,
      "worker-1 is rebooted when it is its turn. It needs the usual approval.",
    ],
    [
      "adopting someone else's cordon",
      "adopt",
      cordoned,
      policy,
      "The cordon of worker-1 is taken over: it is rebooted when it is its turn, and uncordoned then.",
    ],
    [
      "keeping a node that waits",
      "keep",
      {},
      policy,
      "worker-1 stays cordoned when this is over, as a cordon of yours: uncordon it yourself.",
    ],
    [
      "keeping a node that is verified, and asks for nothing any more",
      "keep",
      { ...idle, ...inPhase(verifying()) },
      policy,
      "worker-1 stays cordoned when this is over, as a cordon of yours: uncordon it yourself.",
    ],
    [
      "releasing what failed",
      "release",
      inPhase(failed()),
      policy,
      "worker-1 is uncordoned, its slot is freed, and it is left alone until its reasons to reboot change.",
    ],
    ...[preparing(), draining(), rebooting()].map((phase): [string, Verb, Parts, Policy, string] => [
      `withdrawing what is ${phase.kind}`,
      "withdraw",
      inPhase(phase),
      policy,
      "The order of worker-1 is taken back, and all that was decided about it.",
    ]),
    ...(["approve", "now", "force", "skip", "adopt", "keep", "move"] as const).map(
      (verb): [string, Verb, Parts, Policy, string] => [
        `withdrawing a decision to ${verb}`,
        "withdraw",
        { ...cordoned, decisions: [earlier(verb)] },
        policy,
        "All that was decided about worker-1 is taken back.",
      ],
    ),
    [
      "withdrawing a wish to have it rebooted",
      "withdraw",
      { ...idle, decisions: [earlier("reboot")] },
      policy,
      "All that was decided about worker-1 is taken back.",
    ],
    [
      "withdrawing an approval that the policy has made void",
      "withdraw",
      { decisions: [earlier("approve", {}, policyOf({ quorum: "none", verify: { soak: HOUR, atMost: HOUR } }))] },
      policy,
      "All that was decided about worker-1 is taken back.",
    ],
  ])("%s", (_, verb, parts, inForce, says) => {
    expect(judged({ verb, by: ana }, parts, { policy: inForce })).toMatchObject({
      outcome: "counted",
      says,
      person: "ana",
      validUntil: null,
      bound: [{ node: "worker-1" }],
      blockers: [],
    });
  });
});

describe("is refused", () => {
  test.each<[string, Verb, Parts, Policy, string]>([
    [
      "a reboot in a pool that is only observed",
      "reboot",
      idle,
      policyOf({ mode: "observe" }),
      "workers is in mode observe: its nodes are never rebooted.",
    ],
    [
      "a reboot of a node without an agent",
      "reboot",
      { reports: [] },
      policy,
      "The agent of worker-1 has never reported, so nobody there could reboot it.",
    ],
    [
      "a reboot of what is under way",
      "reboot",
      { ...idle, ...inPhase(verifying()) },
      policy,
      "worker-1 is already under way (verifying).",
    ],
    [
      "a reboot of what is pending",
      "reboot",
      {},
      policy,
      "worker-1 already wants to be rebooted. See what it waits for.",
    ],
    [
      "a reboot that someone wants already",
      "reboot",
      { ...idle, decisions: [earlier("reboot")] },
      policy,
      "ana already wants worker-1 rebooted (22:29 CST).",
    ],
    [
      "adopting no cordon",
      "adopt",
      {},
      policy,
      "worker-1 is not cordoned by anyone else, so there is nothing to adopt.",
    ],
    [
      "adopting our own cordon",
      "adopt",
      { nodes: [aNode({ cordon: { kind: "ours", order: ORDER } })] },
      policy,
      "worker-1 is not cordoned by anyone else, so there is nothing to adopt.",
    ],
    ["adopting for no reboot", "adopt", { ...idle, ...cordoned }, policy, "worker-1 wants no reboot now."],
    [
      "adopting twice",
      "adopt",
      { ...cordoned, decisions: [earlier("adopt")] },
      policy,
      "ana already had the cordon of worker-1 taken over (22:29 CST).",
    ],
    ["keeping what waits for nothing", "keep", idle, policy, "worker-1 wants no reboot now."],
    [
      "keeping twice",
      "keep",
      { decisions: [earlier("keep")] },
      policy,
      "ana already wants worker-1 kept cordoned (22:29 CST).",
    ],
    ...[{ kind: "waiting" } as const, draining(), verifying(), yielding()].map(
      (phase): [string, Verb, Parts, Policy, string] => [
        `releasing what is ${phase.kind}`,
        "release",
        inPhase(phase),
        policy,
        "worker-1 has not failed, so there is nothing to release.",
      ],
    ),
    [
      "releasing a record that can't be read",
      "release",
      inPhase(failed({ cause: { kind: "unreadable record", what: "phase" } })),
      policy,
      "The record of worker-1 can't be read, so nobody knows what is under way. Mend its NodeReboot first.",
    ],
    [
      "withdrawing a reboot that was called",
      "withdraw",
      inPhase(called),
      policy,
      "The reboot of worker-1 was called already, so it can't be taken back.",
    ],
    ...[verifying(), failed()].map((phase): [string, Verb, Parts, Policy, string] => [
      `withdrawing what is ${phase.kind}`,
      "withdraw",
      inPhase(phase),
      policy,
      `worker-1 is ${phase.kind}: there is no order left to take back.`,
    ]),
    ["withdrawing nothing", "withdraw", {}, policy, "Nothing was decided about worker-1 that could be taken back."],
    [
      "withdrawing what was withdrawn",
      "withdraw",
      { decisions: [earlier("approve", { at: NOW - HOUR, validUntil: null }), earlier("withdraw")] },
      policy,
      "Nothing was decided about worker-1 that could be taken back.",
    ],
    [
      "retrying a failed node that is looked at all the time",
      "retry",
      inPhase(failed()),
      policy,
      "worker-1 has failed, and is looked at all the time: it goes on by itself once it is well. Or release it.",
    ],
    [
      "retrying after a hook that followed the reboot",
      "retry",
      inPhase(failed({ cause: { kind: "hook failed", stage: "afterReboot", hook: "smoke test", what: "exit 1" } })),
      policy,
      "worker-1 was rebooted, and hook smoke test runs once an order. Look at it, then release the node.",
    ],
  ])("%s", (_, verb, parts, inForce, says) => {
    expect(judged({ verb }, parts, { policy: inForce })).toMatchObject({ outcome: "refused", says, bound: [] });
  });
});

test.each(["beforeDrain", "beforeReboot"] as const)("a retry counts after a hook that failed %s", (stage) => {
  const phase = failed({ cause: { kind: "hook failed", stage, hook: "snapshot", what: "exit 1" } });
  expect(judged({ verb: "retry" }, inPhase(phase))).toMatchObject({
    outcome: "counted",
    says: "worker-1 is tried again, with its hooks, as soon as it is its turn.",
  });
});

describe("who may is said by may.other", () => {
  const WHAT: readonly (readonly [Exclude<Verb, "approve" | "now" | "force" | "skip">, string])[] = [
    ["retry", "retry workers"],
    ["move", "move pods of workers"],
    ["reboot", "have workers rebooted"],
    ["adopt", "let cordons in workers be taken over"],
    ["keep", "keep workers cordoned"],
    ["release", "release workers"],
    ["withdraw", "take decisions about workers back"],
  ];
  const leads = { ...policyOf({}, { other: { by: "leads" } }) };
  const inForce: Policy = { ...leads, groups: new Map([...leads.groups, ["leads", aGroup("leads", ["ben"])]]) };
  const parts: Parts = { ...inPhase(draining()), ...cordoned };

  test.each(WHAT)("%s", (verb, what) => {
    const by = (who: Decision["by"]) => judged({ verb, by: who }, parts, { policy: inForce });
    expect(by(eve)).toMatchObject({ outcome: "refused", says: `Only leads may ${what}. Ask ben.` });
    expect(by(ana)).toMatchObject({ outcome: "refused", says: `Only leads may ${what}. Ask ben.` });
    expect(by(ben).says).not.toContain("Only leads");
    const nobody = policyOf({}, { other: null });
    expect(judged({ verb }, parts, { policy: nobody }).says).toBe(`The policy lets nobody ${what}.`);
  });
});

test("what is asked on an old card is refused, as ever", () => {
  const digest = currentDigest({ pool: poolIn(policy), node: aNode({ bootId: "boot-0" }) });
  const targets = [{ node: "worker-1", digest }];
  expect(judged({ verb: "reboot", targets }, idle).says).toBe(
    "This changed since the card was drawn: worker-1: the node was rebooted. Look again, then decide.",
  );
});
