import { describe, expect, test } from "vitest";
import { card, chicago, fleet, MON } from "../testing/places.ts";
import { mayBeCommand, parseReply } from "./reply.ts";

// It is Friday 2026-12-04, 22:30 in Chicago.
const NOW = chicago("2026-12-04T22:30:00");
const FRI = chicago("2026-12-11T18:00:00");

test.each([
  ["freeze until mon 09:00 etcd upgrade", { pools: null, from: NOW, until: MON, reason: "etcd upgrade" }],
  ["freeze until mon 09:00: etcd upgrade", { until: MON, reason: "etcd upgrade" }],
  ["freeze until mon 09:00 - etcd upgrade", { until: MON, reason: "etcd upgrade" }],
  ["freeze until mon 09:00 maintenance", { until: MON, reason: "maintenance" }],
  ["Freeze all pools until monday", { pools: null, until: MON, reason: null }],
  ["please freeze everything till mon, thanks", { pools: null, until: MON, reason: null }],
  ["*freeze* `workers` until mon 09:00", { pools: ["workers"], until: MON }],
  ["freeze workers and control-plane until mon 09:00", { pools: ["workers", "control-plane"], until: MON }],
  ["freeze pool workers: until mon 09:00: audit", { pools: ["workers"], until: MON, reason: "audit" }],
  ["freeze: until mon 09:00", { until: MON, reason: null }],
  ["freeze until mon 09:00\nthe etcd upgrade\ngoes on", { until: MON, reason: "the etcd upgrade goes on" }],
  ["freeze until mon 09:00 for the etcd upgrade", { until: MON, reason: "for the etcd upgrade" }],
  ["freeze until 2026-12-24 18:00", { until: chicago("2026-12-24T18:00:00") }],
  ["freeze until mon 09:00 utc: x y", { until: Date.UTC(2026, 11, 7, 9), reason: "x y" }],
  ["freeze until mon 09:00 cst audit", { until: MON, reason: "audit" }],
  ["freeze for 2 days", { from: NOW, until: chicago("2026-12-06T22:30:00"), reason: null }],
  ["freeze 2 days", { until: chicago("2026-12-06T22:30:00") }],
  ["freeze workers for 12h: audit", { pools: ["workers"], until: chicago("2026-12-05T10:30:00"), reason: "audit" }],
  ["freeze for 2 days etcd upgrade", { until: chicago("2026-12-06T22:30:00"), reason: "etcd upgrade" }],
  ["freeze from fri 18:00 until mon 09:00", { from: FRI, until: chicago("2026-12-14T09:00:00") }],
  ["freeze from fri 18:00 to mon 09:00 audit", { from: FRI, until: chicago("2026-12-14T09:00:00"), reason: "audit" }],
  [
    "freeze workers from fri 18:00 for 2 days",
    { pools: ["workers"], from: FRI, until: chicago("2026-12-13T18:00:00") },
  ],
  ["freeze from now until mon 09:00", { from: NOW, until: MON }],
  ["freeze from tomorrow 18:00 until tomorrow 20:00", { until: chicago("2026-12-05T20:00:00") }],
  ["freeze until mon 09:00: asked by <@U02CD|ben>", { reason: "asked by @ben" }],
])("%j asks for a freeze", (text, wish) => {
  for (const place of [card, fleet, { ...card, isAddressed: true }])
    expect(parseReply(text, place)).toMatchObject({ kind: "freeze", ...wish });
  expect(mayBeCommand(text)).toBe(true);
});

test("times are whole minutes: it begins with this one, and ends with the last", () => {
  const place = { ...card, now: NOW + 40_500 };
  expect(parseReply("freeze for 2 hours", place)).toMatchObject({ from: NOW, until: NOW + 2 * 3_600_000 + 60_000 });
});

test("in the second of two equal hours it begins with the first, which is what a policy can say", () => {
  const place = { ...card, now: Date.parse("2026-11-01T01:30:00-06:00") };
  expect(parseReply("freeze until mon 09:00", place)).toMatchObject({ from: Date.parse("2026-11-01T01:30:00-05:00") });
});

describe("what can't be meant is said", () => {
  test.each([
    ["freeze", "Say until when."],
    ["freeze workers", "Say until when."],
    ["freeze: etcd upgrade", "Say until when."],
    ["freeze until the end of time", "I can't read that time."],
    ["freeze until 2026-12-01 09:00 etcd", "That time is over."],
    ["freeze until yesterday", "That time is over."],
    ["freeze until mon 09:00 est audit", "I don't know that zone."],
    ["freeze from 2026-12-10 until 2026-12-09", "That would end before it begins."],
    ["freeze from dec 24 until dec 20", "That would end before it begins."],
    ["freeze until 2027-12-24", "A freeze that is asked for here lasts a year at most."],
    ["freeze abal-kuber01 until mon 09:00", "A freeze is of pools. To leave a node out, say skip abal-kuber01 until"],
    ["freeze 01 until mon 09:00", "A freeze is of pools."],
    ["freeze until mon 09:00 or tue", "I can't tell whether"],
    ["freeze until mon 09:00 but workers", "I can't tell whether"],
    ["freeze until mon 09:00 only workers", "I can't tell whether"],
    ["freeze until mon 09:00 I don't think so", "I can't tell whether"],
    ["freeze until mon 09:00: wait", "I can't tell whether"],
    [`freeze until mon 09:00: ${"x".repeat(501)}`, "500 characters at most"],
  ])("%j: %s", (text, says) => {
    expect(parseReply(text, card)).toMatchObject({ kind: "unclear", says: expect.stringContaining(says) });
  });

  test("with what to say", () => {
    expect(parseReply("freeze workers", card)).toEqual({
      kind: "unclear",
      says: "Nothing was decided. Say until when.",
      choices: ["freeze workers until mon 09:00", "freeze workers for 2 days"],
    });
  });
});

test.each([
  ["freeze the deploys until monday", "The policy has no pool deploys; it has control-plane, workers."],
  ["freeze the deploys", "The policy has no pool deploys"],
  ["freeze until monday?", "Say until when."],
  ["freeze to death", "I can't read that time."],
  ["freeze for a while", "Say for how long"],
  ["freeze from the start", "I can't read that time."],
])("%j is plain talk, but for one who says it to the bot", (text, says) => {
  expect(parseReply(text, card)).toBeNull();
  expect(parseReply(text, { ...card, isAddressed: true })).toMatchObject({
    kind: "unclear",
    says: expect.stringContaining(says),
  });
});

test("a freeze that somebody does not want is none", () => {
  for (const text of [
    "don't freeze until mon",
    "we should freeze until mon",
    "&gt; freeze until mon",
    "not freeze until mon",
  ])
    expect(parseReply(text, { ...card, isAddressed: true })?.kind).not.toBe("freeze");
});
