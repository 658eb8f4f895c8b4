import { expect, test } from "vitest";
import { reviewOf } from "./review-of.ts";
import { approved, check, inForce, policyWith, proposing, standing } from "./testing/starting-cluster.ts";

const WINDOW = 'windows: [{ from: "22:00", to: "01:00" }]';

test("a policy that can't be used: each problem with its place, on its line and in the text", () => {
  const text = policyWith(["mode: approval", "mode: aproval"], ["timeZone: America", "timeZone: Amerika"]);
  const review = reviewOf(proposing(text), check, standing());
  expect(review).toMatchObject({ isGood: false, title: "2 problems" });
  expect(review.text).toBe(
    [
      "**2 problems.** The bot would not use this policy, and would go on with the one in force.",
      "",
      '- `policy.yaml:5:1` `timeZone`: must be an IANA time zone, such as `America/Chicago`; found "`Amerika/Chicago`"; did you mean `America/Chicago`?',
      '- `policy.yaml:22:5` `pools[0].mode`: must be automatic, approval or observe; found "aproval"; did you mean approval?',
    ].join("\n"),
  );
  expect(review.annotations).toEqual([
    expect.objectContaining({ line: 5, column: 1, level: "failure", title: "timeZone" }),
    {
      line: 22,
      column: 5,
      level: "failure",
      title: "pools[0].mode",
      message: 'must be automatic, approval or observe; found "aproval"; did you mean approval?',
    },
  ]);
});

test("what is no policy at all", () => {
  const review = reviewOf({ kind: "unfit", file: "policy.yaml", problem: "It is a link." }, check, standing());
  expect(review).toMatchObject({ isGood: false, title: "1 problem" });
  expect(review.annotations).toEqual([
    { line: 1, column: 1, level: "failure", title: "policy", message: "It is a link." },
  ]);
});

test("the policy of another cluster is told at its key", () => {
  const review = reviewOf(proposing(policyWith(["cluster: abal-kuber", "cluster: lab"])), check, standing());
  expect(review).toMatchObject({ isGood: false, title: "1 problem" });
  expect(review.annotations).toEqual([
    {
      line: 4,
      column: 1,
      level: "failure",
      title: "cluster",
      message: "this policy is for cluster lab, and this bot reboots the nodes of abal-kuber",
    },
  ]);
});

test("the same policy changes nothing", () => {
  const review = reviewOf(proposing(policyWith()), check, standing());
  expect(review).toMatchObject({ isGood: true, annotations: [] });
  expect(review.title).toBe("Changes nothing for the nodes of abal-kuber as they are now");
  expect(review.text).toBe(
    ["**Changes nothing for the nodes of abal-kuber as they are now.**", "", "All nodes as before."].join("\n"),
  );
});

test("widened windows, and force opened to others: all that a reviewer sees", () => {
  const now = standing();
  const snapshot = approved(now.snapshot, inForce(), ["abal-kuber01", "abal-kuber02"]);
  const text = policyWith(
    [WINDOW, 'windows: [{ from: "20:00", to: "06:00" }]'],
    ["force: { by: operators, people: 1 }", "force: { by: leads, people: 1 }"],
  );
  const review = reviewOf(proposing(text), check, { ...now, snapshot });
  expect(review.title).toBe("2 warnings; 1 would start earlier; voids 2 approvals; other windows for 2 pools");
  expect(review.text).toMatchInlineSnapshot(`
    "**1 would start earlier; voids 2 approvals; other windows for 2 pools.**

    **Warnings**

    - abal-kuber04 would start at once.
    - In workers: cem (Slack U03EF) could force (may.force).

    | Node | In force | With this policy |
    | --- | --- | --- |
    | abal-kuber01 | control-plane, approval: would reboot now, done by about 22:38 CST | control-plane, approval: would reboot now, if approved, done by about 22:38 CST |
    | abal-kuber02 | control-plane, approval: would reboot 22:38 CST, done by about 22:47 CST | control-plane, approval: would reboot 22:38 CST, if approved, done by about 22:47 CST |
    | abal-kuber04 | workers, automatic: would reboot 22:47 CST, done by about 22:55 CST | workers, automatic: would reboot now, done by about 22:38 CST |

    1 node as before.

    **The first openings that differ**

    | Pool | In force | With this policy |
    | --- | --- | --- |
    | control-plane | open now: Fri 2026-12-04 22:00 CST to Sat 2026-12-05 01:00 CST, 3 h | open now: Fri 2026-12-04 20:00 CST to Sat 2026-12-05 06:00 CST, 10 h |
    | workers | open now: Fri 2026-12-04 22:00 CST to Sat 2026-12-05 01:00 CST, 3 h | open now: Fri 2026-12-04 20:00 CST to Sat 2026-12-05 06:00 CST, 10 h |

    **Decisions that would be void**

    - The approval of ana for abal-kuber01, abal-kuber02: windows of control-plane change."
  `);
});
