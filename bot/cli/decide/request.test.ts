import { expect, test } from "vitest";
import type { Decision } from "../../core/fleet/decision.ts";
import { MINUTE, SECOND } from "../../core/instant.ts";
import { aDecision } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { requestOf } from "./request.ts";

const ana = { id: "ana", groups: ["system:authenticated", "ops"] };
const asked = {
  verb: "force" as const,
  targets: [{ node: "kuber04", digest: "a.b.0.c.d" }],
  reason: "urgent",
  until: null,
};
const nameOf = (changes: Partial<typeof asked>, who = ana, now = NOW, decisions: readonly Decision[] = []): string =>
  requestOf({ ...asked, ...changes }, who, { now, decisions }).name;

test("it says who asks, by the API server's word", () => {
  expect(requestOf(asked, ana, { now: NOW, decisions: [] })).toEqual({
    ...asked,
    name: expect.stringMatching(/^cli-[0-9a-f]{16}$/),
    by: { system: "kubernetes", id: "ana" },
    groups: ["ops", "system:authenticated"],
  });
});

test("the same within a minute is the same decision", () => {
  const itself = aDecision({ ...asked, by: { system: "kubernetes", id: "ana" } });
  const ofAnother = aDecision({ verb: "withdraw", targets: [{ node: "kuber05", digest: null }] });
  expect(nameOf({}, ana, NOW + 59 * SECOND, [itself, ofAnother])).toBe(nameOf({}));
});

test.each<[string, string]>([
  ["a minute later", nameOf({}, ana, NOW + MINUTE)],
  ["by someone else", nameOf({}, { ...ana, id: "ben" })],
  ["in other groups", nameOf({}, { ...ana, groups: [] })],
  ["about something that changed", nameOf({ targets: [{ node: "kuber04", digest: "a.b.1.c.d" }] })],
  ["after it was withdrawn", nameOf({}, ana, NOW, [aDecision({ verb: "withdraw", targets: asked.targets })])],
  ["for another reason", nameOf({ reason: "very urgent" })],
])("another decision: %s", (_, name) => {
  expect(name).not.toBe(nameOf({}));
});
