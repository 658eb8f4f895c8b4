import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../instant.ts";
import type { PodRule, Policy, Pool } from "../../policy/policy.ts";
import { asCase, closedPool, onePool, type Row, warningsOf } from "../../testing/effects.ts";
import { ALERTS, ERRORS } from "../../testing/gates.ts";
import { aFreeze, aGroup, aPolicy } from "../../testing/policies.ts";

const drain = (changes: Partial<Pool["drain"]>): Policy => onePool({ drain: { ...closedPool().drain, ...changes } });

const groups = new Map([
  ["operators", aGroup("operators", ["ana", "ben"])],
  ["leads", aGroup("leads", ["ana"])],
  ["all", aGroup("all", ["ana", "ben"], { slackGroups: ["S01OPS"], kubernetesGroups: ["platform"] })],
  ["unlinked", aGroup("unlinked", ["slack:U07ZZ"])],
]);
const force = (by: string, people = 1, top: Partial<Policy> = {}): Policy =>
  onePool({ may: { ...closedPool().may, force: { by, people, validFor: HOUR } } }, { groups, ...top });
const nobody = onePool({ may: { ...closedPool().may, force: null } }, { groups });
const otherAna = new Map([...aPolicy().people, ["ana", { name: "ana", slack: "U66", kubernetes: "ana@example.com" }]]);

const hook = { name: "smoke test", cronJob: "ops/smoke", timeout: MINUTE, onNode: true, onFailure: "fail" } as const;
const hooks = (afterReboot: Pool["hooks"]["afterReboot"]): Policy =>
  onePool({ hooks: { ...closedPool().hooks, afterReboot } });
const rule: PodRule = {
  ...{ match: { namespace: "db", matchLabels: { app: "postgres" } }, action: "leave", order: 0 },
  ...{ before: null, atMost: null },
};
const asked: Partial<Pool> = { mode: "approval" };
const overdue = (pastDeadline: "remind" | "automatic", after = 14 * DAY): Policy =>
  onePool({ ...asked, overdue: { after, remindEvery: DAY, pastDeadline } });

describe.each<[string, readonly Row[]]>([
  [
    "overdue",
    [
      [
        "stands in for a yes",
        overdue("remind"),
        overdue("automatic"),
        ["In workers: a node would need no approval any more once it is pending for 14 d (overdue)."],
      ],
      [
        "sooner than now",
        overdue("automatic"),
        overdue("automatic", 7 * DAY),
        ["In workers: a node would need no approval any more once it is pending for 7 d, until now 14 d (overdue)."],
      ],
      ["not later", overdue("automatic"), overdue("automatic", 21 * DAY), []],
    ],
  ],
  [
    "rights",
    [
      [
        "one more person",
        force("leads"),
        force("operators"),
        ["In workers: ben (Slack U02CD) could force (may.force)."],
      ],
      [
        "whole groups of Slack and Kubernetes",
        force("operators"),
        force("all"),
        ["In workers: everyone in Slack group S01OPS, everyone in Kubernetes group platform could force (may.force)."],
      ],
      [
        "somebody where nobody might",
        nobody,
        force("unlinked"),
        ["In workers: Slack user U07ZZ could force, until now nobody (may.force)."],
      ],
      [
        "another identity under a name",
        force("leads"),
        force("leads", 1, { people: otherAna }),
        [
          "In workers: ana (Slack U66) could let nodes go now (may.now).",
          "In workers: ana (Slack U66) could force (may.force).",
          "In workers: ana (Slack U66) could retry, move, adopt, release and reboot (may.other).",
        ],
      ],
      [
        "fewer people",
        force("operators", 2),
        force("operators"),
        ["In workers: 1 person could force, until now it takes 2 (may.force.people)."],
      ],
      ["not more people, nor a smaller group", force("operators"), force("leads", 2), []],
      [
        "to approve, where that is asked for",
        onePool(
          { ...asked, may: { ...closedPool().may, approve: { by: "leads", people: 2, validFor: HOUR } } },
          { groups },
        ),
        onePool(
          { ...asked, may: { ...closedPool().may, approve: { by: "operators", people: 1, validFor: HOUR } } },
          { groups },
        ),
        [
          "In workers: ben (Slack U02CD) could approve (may.approve).",
          "In workers: 1 person could approve, until now it takes 2 (may.approve.people).",
        ],
      ],
    ],
  ],
  [
    "forceAfter",
    [
      [
        "newly set",
        onePool(),
        drain({ forceAfter: 6 * HOUR }),
        [
          "In workers: pods would be deleted past their disruption budgets once a node is blocked for 6 h (forceAfter).",
        ],
      ],
      [
        "shorter",
        drain({ forceAfter: 6 * HOUR }),
        drain({ forceAfter: HOUR }),
        [
          "In workers: pods would be deleted past their disruption budgets once a node is blocked for 1 h, until now 6 h (forceAfter).",
        ],
      ],
      ["not longer", drain({ forceAfter: HOUR }), drain({ forceAfter: 6 * HOUR }), []],
    ],
  ],
  [
    "budgets",
    [
      [
        "maxRebooting",
        onePool(),
        onePool({}, { maxRebooting: 3 }),
        ["3 nodes could be rebooted at a time, until now 1 (maxRebooting)."],
      ],
      ["lowered", onePool({}, { maxRebooting: 3 }), onePool(), []],
      [
        "maxUnavailable",
        onePool({ maxUnavailable: { kind: "count", count: 1 } }),
        onePool({ maxUnavailable: { kind: "percent", percent: 100 } }),
        ["In workers: 2 nodes could be unavailable, until now 1 (maxUnavailable 1 → 100%)."],
      ],
      [
        "of a pool that is small now",
        onePool({ maxUnavailable: { kind: "percent", percent: 10 } }),
        onePool({ maxUnavailable: { kind: "percent", percent: 30 } }),
        ["In workers: 1 node could be unavailable, until now 1 (maxUnavailable 10% → 30%)."],
      ],
      [
        "spreadOver",
        onePool({ spreadOver: "zone" }),
        onePool(),
        ["In workers: nodes would not be spread over zone any more (spreadOver)."],
      ],
    ],
  ],
  [
    "quorum",
    [
      [
        "none",
        onePool(),
        onePool({ quorum: "none" }),
        ["In workers: nodes would be rebooted even where the control plane loses its quorum by it (quorum: none)."],
      ],
      ["that was none", onePool({ quorum: "none" }), onePool({ quorum: "none" }), []],
    ],
  ],
  [
    "gates",
    [
      [
        "that are gone",
        onePool({}, { gates: [ERRORS] }),
        onePool(),
        [`No node would wait for gate ${ERRORS.name} any more.`],
      ],
      [
        "that ask for something else",
        onePool({}, { gates: [ERRORS] }),
        onePool({}, { gates: [{ ...ALERTS, name: ERRORS.name }] }),
        [`What ${ERRORS.name} asks for changes: that it is open now says nothing about then.`],
      ],
      ["that are new", onePool(), onePool({}, { gates: [ERRORS] }), []],
    ],
  ],
  [
    "freezes",
    [
      [
        "that are lifted",
        onePool({}, { freezes: [aFreeze()] }),
        onePool(),
        ["In workers: reboots would not be frozen any more for all of year end (now to Fri Dec 11, 06:00 CST)."],
      ],
      ["that are over", onePool({}, { freezes: [aFreeze({ to: aFreeze().from })] }), onePool(), []],
      [
        "that are longer",
        onePool({}, { freezes: [aFreeze()] }),
        onePool({}, { freezes: [aFreeze({ to: { ...aFreeze().to, time: { hour: 9, minute: 0 } } })] }),
        [],
      ],
    ],
  ],
  [
    "drain",
    [
      [
        "pods that were protected",
        drain({ emptyDir: "protect", unmanaged: "protect" }),
        drain({}),
        [
          "In workers: pods with data in an emptyDir would be deleted by a drain (emptyDir: delete).",
          "In workers: pods that nothing makes again would be deleted by a drain (unmanaged: delete).",
        ],
      ],
      [
        "rules that are gone",
        drain({ pods: [rule, { ...rule, action: "evict", before: { cronJob: "db/switch", timeout: MINUTE } }] }),
        drain({}),
        [
          "In workers: rules for pods are gone or others: leave for namespace db app=postgres, evict after db/switch for namespace db app=postgres (drain.pods).",
        ],
      ],
      ["not those that only tell an order", drain({ pods: [{ ...rule, action: "evict" }] }), drain({}), []],
      [
        "that goes on",
        drain({}),
        drain({ whenWindowCloses: "finish", moveByRollout: true }),
        [
          "In workers: a drain under way would go on when the window closes (whenWindowCloses: finish).",
          "In workers: blocked Deployments would be restarted, so that their pods move (moveByRollout).",
        ],
      ],
    ],
  ],
  [
    "hooks",
    [
      [
        "that are gone",
        hooks([hook]),
        hooks([]),
        ["In workers: hooks would not run any more: smoke test (afterReboot)."],
      ],
    ],
  ],
])("%s", (_, rows) => {
  test.each(rows.map(asCase))("$says", ({ inForce, proposed, warnings, parts }) => {
    expect(warningsOf(inForce, proposed, parts)).toEqual(warnings);
  });
});
