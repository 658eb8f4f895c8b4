import { expect, test } from "vitest";
import { MINUTE, SECOND } from "../../core/instant.ts";
import { NOW } from "../../core/testing/builders.ts";
import { requestOf } from "./request.ts";

const ana = { id: "ana", groups: ["system:authenticated", "ops"] };
const asked = {
  verb: "force" as const,
  targets: [{ node: "kuber04", digest: "a.b.0.c.d" }],
  reason: "urgent",
  until: null,
};
const nameOf = (changes: Partial<typeof asked>, who = ana, now = NOW): string =>
  requestOf({ ...asked, ...changes }, who, now).name;

test("it says who asks, by the API server's word", () => {
  expect(requestOf(asked, ana, NOW)).toEqual({
    ...asked,
    name: expect.stringMatching(/^cli-[0-9a-f]{16}$/),
    by: { system: "kubernetes", id: "ana" },
    groups: ["ops", "system:authenticated"],
  });
});

test("the same within a minute is the same decision", () => {
  expect(nameOf({}, ana, NOW + 59 * SECOND)).toBe(nameOf({}));
});

test.each<[string, string]>([
  ["a minute later", nameOf({}, ana, NOW + MINUTE)],
  ["by someone else", nameOf({}, { ...ana, id: "ben" })],
  ["in other groups", nameOf({}, { ...ana, groups: [] })],
  ["about something that changed", nameOf({ targets: [{ node: "kuber04", digest: "a.b.1.c.d" }] })],
  ["for another reason", nameOf({ reason: "very urgent" })],
])("another decision: %s", (_, name) => {
  expect(name).not.toBe(nameOf({}));
});
