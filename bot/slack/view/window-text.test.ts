import { expect, test } from "vitest";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { NOW } from "../../core/testing/now.ts";
import { aFreeze, aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import { APPROVAL, allText, only } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import { cardsOf } from "./cards.ts";
import { whenText, windowText } from "./window-text.ts";

const night = [aWindow("22:00", "01:00")];
const evening = [aWindow("18:00", "20:00")];
const allDay = [aWindow("00:00", "00:00")];
const frozen = [aFreeze()];
const soon = [aFreeze({ from: { date: { year: 2026, month: 12, day: 4 }, time: { hour: 23, minute: 0 } } })];

interface Row {
  readonly windows: Pool["windows"];
  readonly freezes?: Policy["freezes"];
  readonly window: string;
  readonly when: string;
}

/** It is Fri Dec 4, 22:30 CST. */
const rows: readonly (readonly [string, Row])[] = [
  ["always", { windows: "always", window: "window always open", when: "at once; window always open" }],
  [
    "that touch each other without end",
    { windows: allDay, window: "window always open", when: "at once; window always open" },
  ],
  ["open now", { windows: night, window: "window open until 01:00 CST", when: "at once, until 01:00 CST" }],
  [
    "open later",
    {
      windows: evening,
      window: "window opens Sat Dec 5, 18:00 CST",
      when: "Sat Dec 5, 18:00-20:00 CST",
    },
  ],
  ["none", { windows: [], window: "window never opens", when: "never: the window does not open" }],
  [
    "in a freeze",
    {
      windows: night,
      freezes: frozen,
      window: "frozen (year end) until Fri Dec 11, 06:00 CST",
      when: "Fri Dec 11, 22:00-01:00 CST; frozen (year end) until Fri Dec 11, 06:00 CST",
    },
  ],
  [
    "always, in a freeze",
    {
      windows: "always",
      freezes: frozen,
      window: "frozen (year end) until Fri Dec 11, 06:00 CST",
      when: "from Fri Dec 11, 06:00 CST on; frozen (year end) until Fri Dec 11, 06:00 CST",
    },
  ],
  [
    "open now, cut short by a freeze",
    { windows: night, freezes: soon, window: "window open until 23:00 CST", when: "at once, until 23:00 CST" },
  ],
];

test.each(rows)("windows %s", (_, { windows, freezes = [], window, when }) => {
  const pool = aPool({ windows });
  const policy = aPolicy({ freezes, pools: [pool] });
  expect([windowText(pool, policy, NOW), whenText(pool, policy, NOW)]).toEqual([window, when]);
});

test("a freeze stands on the board's line of its pool, and on no other's", () => {
  const pools = [aPool({ name: "cold", matchLabels: { cold: "" } }), aPool({ name: "warm", windows: night })];
  const policy = aPolicy({ pools, freezes: [aFreeze({ name: "<!here>", pools: ["cold"] })] });
  const text = allText(only(cardsOf(aTurn({}, { policy }), []), "board"));
  expect(text).toContain("*cold* · automatic · frozen (&lt;!here&gt;) until Fri Dec 11, 06:00 CST");
  expect(text).toContain("*warm* · automatic · window open until 01:00 CST");
});

test("while nothing may go, the card offers to approve but not at once", () => {
  const hint = (policy: Policy): string => allText(only(cardsOf(aTurn({}, { policy }), []), "approval"));
  expect(hint(APPROVAL)).toContain("Or reply: approve · approve 01 · approve now · skip until mon 09:00");
  expect(hint({ ...APPROVAL, freezes: frozen })).toContain("Or reply: approve · approve 01 · skip until mon 09:00");
});

test("the card offers no reply that the policy lets nobody make", () => {
  const hint = (may: Partial<Pool["may"]>): string => {
    const pool = aPool({ mode: "approval", may: { ...aPool().may, ...may } });
    return allText(only(cardsOf(aTurn({}, { policy: aPolicy({ pools: [pool] }) }), []), "approval"));
  };
  expect(hint({ now: null })).toContain("Or reply: approve · approve 01 · skip until mon 09:00");
  expect(hint({ approve: null })).toContain("Or reply: skip until mon 09:00");
  expect(hint({ approve: null, skip: null })).not.toContain("Or reply");
});
