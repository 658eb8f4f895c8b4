import { describe, expect, test } from "vitest";
import type { Policy, Pool } from "../../policy/policy.ts";
import type { Parts } from "../../testing/builders.ts";
import { asCase, closedPool, DB, LABELLED, onePool, type Row, warningsOf } from "../../testing/effects.ts";
import { aFleetWith, fleetOf, orderOf, slot } from "../../testing/fleets.ts";
import { draining, rebooting } from "../../testing/phases.ts";
import { aFreeze, aPolicy, aWindow } from "../../testing/policies.ts";

const asked: Partial<Pool> = { mode: "approval" };

describe.each<[string, readonly Row[]]>([
  [
    "other cluster",
    [
      [
        "is one that the bot does not take",
        onePool(),
        onePool({}, { cluster: "lab" }),
        ["This policy is for cluster lab, and the one in force for abal-kuber: the bot would not use it."],
      ],
    ],
  ],
  [
    "starts at once",
    [
      [
        "a node that may go now, and could not before",
        onePool(),
        onePool({ windows: "always" }),
        ["a would start at once."],
      ],
      [
        "not one that goes anyway",
        onePool({ windows: "always" }),
        onePool({ windows: [aWindow("22:00", "23:00")] }),
        [],
      ],
      ["nor one that waits for a yes", onePool(asked), onePool({ ...asked, windows: "always" }), []],
      [
        "with no policy in force all of them",
        undefined,
        onePool({ windows: "always" }, { maxRebooting: 2 }),
        ["a, b would start at once."],
      ],
    ],
  ],
  [
    "no pool",
    [
      [
        "a node that had one",
        onePool(),
        aPolicy({ pools: [DB] }),
        ["b would be in no pool any more, so Bootswain would leave it alone."],
        LABELLED,
      ],
      ["not one that had none", aPolicy({ pools: [DB] }), aPolicy({ pools: [DB] }), [], LABELLED],
      [
        "with no policy in force all that are in none",
        undefined,
        aPolicy({ pools: [DB] }),
        ["b would be in no pool, so Bootswain would leave it alone."],
        LABELLED,
      ],
    ],
  ],
  [
    "empty pool",
    [
      ["a pool that no node is in", onePool(), aPolicy({ pools: [DB, closedPool()] }), ["Pool db has no node."]],
      [
        "one that had none before is no news",
        aPolicy({ pools: [DB, closedPool()] }),
        aPolicy({ pools: [{ ...DB, mode: "observe" }, closedPool()] }),
        [],
      ],
      [
        "with those that it had",
        aPolicy({ pools: [DB, closedPool()] }),
        aPolicy({ pools: [{ ...DB, matchLabels: { role: "database" } }, closedPool()] }),
        ["Pool db has no node any more (until now a)."],
        LABELLED,
      ],
    ],
  ],
  [
    "never opens",
    [
      [
        "a window that is empty",
        onePool(),
        onePool({ windows: [aWindow("02:00", "03:00", { end: { kind: "for", length: 0 } })] }),
        ["The window of workers does not open within a year."],
      ],
      [
        "a freeze that covers all",
        onePool(),
        onePool(
          {},
          {
            freezes: [
              aFreeze({
                name: "for good",
                to: { date: { year: 2029, month: 1, day: 1 }, time: { hour: 0, minute: 0 } },
              }),
            ],
          },
        ),
        ["The window of workers does not open within a year, all of it is frozen (for good)."],
      ],
      ["of a pool that is only observed it does not matter", onePool(), onePool({ mode: "observe", windows: [] }), []],
    ],
  ],
  [
    "time zone",
    [
      [
        "is another",
        onePool(),
        onePool({}, { timeZone: "Europe/Berlin" }),
        ["Windows and freezes would be read in Europe/Berlin, until now in America/Chicago."],
      ],
    ],
  ],
  [
    "mode",
    [
      [
        "from approval to automatic",
        onePool(asked),
        onePool(),
        ["The mode of workers changes from approval to automatic: 2 nodes would reboot without anybody's yes."],
      ],
      [
        "from observe to approval",
        onePool({ mode: "observe" }),
        onePool(asked),
        ["The mode of workers changes from observe to approval: 2 nodes would reboot once someone approves."],
      ],
      ["not to a stricter one", onePool(), onePool(asked), []],
      [
        "by another pool, whatever its name",
        aPolicy({ pools: [{ ...DB, mode: "approval" }, closedPool()] }),
        onePool(),
        [
          "The mode of workers (a, until now in db) changes from approval to automatic: 1 node would reboot without anybody's yes.",
        ],
        LABELLED,
      ],
    ],
  ],
])("%s", (_, rows) => {
  test.each(rows.map(asCase))("$says", ({ inForce, proposed, warnings, parts }) => {
    expect(warningsOf(inForce, proposed, parts)).toEqual(warnings);
  });
});

describe("under way", () => {
  const going = (phase: "draining" | "rebooting"): Parts => {
    const order = orderOf("a");
    const made = phase === "draining" ? draining({ order }) : rebooting({ order });
    const reboots = { a: { phase: made, orders: 1, mode: "automatic" as const } };
    const cordon = { kind: "ours", order } as const;
    return { ...fleetOf(["a"], { reboots, nodes: { a: { cordon } } }), fleet: aFleetWith(slot("a")) };
  };
  const open = onePool({ windows: "always" });
  test.each<[string, Parts, Policy, readonly string[]]>([
    ["the same", going("draining"), open, []],
    [
      "in mid-drain it steps aside",
      going("draining"),
      onePool({ windows: "always", mode: "approval" }),
      ["a is draining and would step aside, uncordoned: its pool or the pool's mode changed."],
    ],
    [
      "when its window closes, too",
      going("draining"),
      onePool(),
      ["a is draining and would step aside, uncordoned: the window closed."],
    ],
    [
      "once its order is out it goes on",
      going("rebooting"),
      onePool({ windows: "always", mode: "observe" }),
      ["a (rebooting): pool or mode changes, and the reboot goes on, since its order is out."],
    ],
  ])("%s", (_, parts, proposed, says) => {
    expect(warningsOf(open, proposed, parts)).toEqual(says);
  });
});

test("what is the same in several pools is said once, and the same policy is worth no warning", () => {
  const pools = (quorum: Pool["quorum"]): Policy => aPolicy({ pools: [{ ...DB, quorum }, closedPool({ quorum })] });
  expect(warningsOf(pools(null), pools("none"), LABELLED)).toEqual([
    "In db, workers: nodes would be rebooted even where the control plane loses its quorum by it (quorum: none).",
  ]);
  expect(warningsOf(pools("none"), pools("none"), LABELLED)).toEqual([]);
});
