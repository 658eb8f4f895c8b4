import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../../bot/core/instant.ts";
import { at, text } from "../../../bot/sim/rules/world.ts";
import { ANA, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { aPolicy } from "../a-policy.ts";
import { Night } from "../office-night.ts";
import { CONTROL_PLANES } from "../starting-cluster.ts";

const ASKED = /^🔐 control-plane: \d nodes? wants? to reboot/;

/** Ana replies on the card that asks for approval; what she is told. */
async function reply(night: Night, words: string): Promise<string> {
  const { ts } = await night.card(ASKED);
  const ana = night.office.person(ANA);
  await night.office.done(() => ana.reply({ channel: OPS, threadTs: ts, text: words }));
  return ana.ephemerals().at(-1)?.text ?? "";
}

const skippedUntil = (night: Night): string => {
  const [decision] = night.office.cluster.store.all("rebootdecisions");
  return text(at(decision, "status", "validUntil"));
};

test.each([
  ["fast", 10 * MINUTE],
  ["slow", -10 * MINUTE],
])("clock off by 10 min: a bot whose clock is %s counts hours from the server's time", async (_, skew) => {
  const night = await Night.begin({ policy: aPolicy(), cluster: { botSkews: [skew] } });
  await night.card(ASKED);
  const asked = night.office.now;
  await reply(night, "skip for 2h");
  expect(Math.abs(Date.parse(skippedUntil(night)) - (asked + 2 * HOUR))).toBeLessThan(10_000);
});

const jumps: readonly (readonly [string, number])[] = [
  ["an hour ahead", HOUR],
  ["an hour back", -HOUR],
  ["two days ahead", 48 * HOUR],
];
test.each(jumps)("wall clock jumps %s: hours count from the server's time, and a yes holds", async (_, by) => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  await night.card(ASKED);
  office.jump("a", by);
  const asked = office.now;
  expect(await reply(night, "skip 01 for 2h")).toContain("abal-kuber01");
  expect(Math.abs(Date.parse(skippedUntil(night)) - (asked + 2 * HOUR))).toBeLessThan(10_000);
  await reply(night, "approve 02 03");
  expect(await office.until(() => night.isRebooted("abal-kuber02") && night.isRebooted("abal-kuber03"))).toBe(true);
  expect(night.isRebooted("abal-kuber01")).toBe(false);
});

const times: readonly (readonly [string, number, string, string])[] = [
  ['"until Monday" in the pool\'s zone', Date.UTC(2026, 10, 28, 2), "skip until monday", "2026-11-30T15:00:00.000Z"],
  [
    "DST: a time that the clocks skip is the first one after",
    Date.UTC(2026, 2, 8, 7),
    "skip until 02:30",
    "2026-03-08T08:00:00.000Z",
  ],
  [
    "DST: a time that occurs twice is its first",
    Date.UTC(2026, 10, 1, 4),
    "skip until 01:30",
    "2026-11-01T06:30:00.000Z",
  ],
  ["DST: days are calendar days", Date.UTC(2026, 9, 31, 20), "skip for 2 days", "2026-11-02T21:"],
];
test.each(times)("%s", async (_, start, words, until) => {
  const night = await Night.begin({ policy: aPolicy(), start });
  await reply(night, words);
  expect(skippedUntil(night)).toContain(until);
});

test("a freeze that ends in mid-wave: nothing goes until its end, and then all under the same yes", async () => {
  const night = await Night.begin({
    policy: aPolicy({
      windows: '[{ from: "21:00", to: "03:00" }]',
      more: "freezes: [{ name: audit, from: 2026-11-30T22:00, to: 2026-11-30T23:30 }]",
    }),
  });
  expect(await reply(night, "approve")).toContain("is approved by ana");
  await night.office.pass(45 * MINUTE);
  expect(CONTROL_PLANES.map((node) => night.isRebooted(node))).toEqual([false, false, false]);
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect(night.decisions()).toEqual(["approve counted"]);
});
