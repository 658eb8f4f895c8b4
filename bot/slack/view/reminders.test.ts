import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../core/instant.ts";
import { aReport } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import { allText, only, referenceOf } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import type { Card, Reference } from "./card.ts";
import { cardsOf } from "./cards.ts";

const pool = aPool({ name: "control-plane", mode: "approval", windows: [aWindow("22:00", "01:00")] });
const policy = aPolicy({ pools: [pool] });
/** Fri Dec 4, 22:00, when the window opens. */
const OPENS = NOW - 30 * MINUTE;
const BEFORE = OPENS - 4 * HOUR;

const drawnAt = (now: number, shown?: Reference, since = OPENS - 10 * HOUR): Card => {
  const reports = [aReport({ pending: { since, reasons: [] }, heartbeat: now })];
  const card = cardsOf(aTurn({ reports }, { policy, now }), shown === undefined ? [] : [shown]);
  return only(card, "approval");
};
const postedAt = (at: number, alerted = "asked"): Reference => ({
  ...referenceOf(drawnAt(at)),
  ts: `${at / 1_000}.000000`,
  alerted,
});

const AGAIN = `asked again-${OPENS}`;
const early = postedAt(BEFORE - HOUR);

const rows: readonly (readonly [string, number, Reference, string])[] = [
  ["nobody is called again before that", BEFORE - 1, early, "asked"],
  ["who was asked before is called once more", BEFORE, early, AGAIN],
  ["also late, when the bot was down", OPENS - 1, early, AGAIN],
  ["not once the window is open", OPENS, early, "asked"],
  ["who was asked within these hours is not", OPENS - MINUTE, postedAt(BEFORE + 1), "asked"],
  ["the call stays said while the window is open", OPENS, { ...early, alerted: AGAIN }, AGAIN],
  ["and when it has closed", OPENS + 5 * HOUR, { ...early, alerted: AGAIN }, AGAIN],
  ["before the next window there is another", BEFORE + DAY, { ...early, alerted: AGAIN }, `asked again-${OPENS + DAY}`],
];
test.each(rows)("an approval that is missing four hours before the window: %s", (_, now, shown, key) => {
  expect(drawnAt(now, shown).alert?.key).toBe(key);
});

test("the call says when the window opens, and the card when it was", () => {
  const card = drawnAt(BEFORE, early);
  expect(card.alert?.says).toBe(
    "🔐 control-plane: 1 node wants to reboot. Approve? The window opens 22:00 CST. <@U01AB> <@U02CD>",
  );
  expect(allText(card)).toContain("*Needs*  1 of operators · asked again 18:00 CST · pending since");
});

test("past the deadline the reminders of both kinds are told apart", () => {
  const card = drawnAt(BEFORE, early, BEFORE - 15 * DAY);
  expect(card.alert?.key).toBe(`overdue-0 again-${OPENS}`);
});
