import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../core/instant.ts";
import { type Absence, isInDoubt, vouchedFor } from "./absences.ts";

const start = Date.UTC(2026, 8, 6, 18);
const cem = { system: "slack", id: "U0CEM", groups: ["S0OPS"] };
const away: Absence = { kind: "out of groups", user: "U0CEM", from: start, until: start + 10 * MINUTE };
const down: Absence = { kind: "slack down", user: "", from: start + 15 * MINUTE, until: start + HOUR };

test("whoever left a group is known without it once every bot has asked again", () => {
  expect(vouchedFor(cem, [away], start + 7 * MINUTE)).toEqual(cem);
  expect(vouchedFor(cem, [away], start + 8 * MINUTE)).toEqual({ ...cem, groups: [] });
  expect(vouchedFor(cem, [away], start + 10 * MINUTE)).toEqual(cem);
});

test.each([
  ["before they left", [away], -1, false],
  ["from the moment on", [away], 0, true],
  ["until a bot has asked again after they came back", [away], 18 * MINUTE - 1, true],
  ["no longer", [away], 18 * MINUTE, false],
  ["as long as Slack cannot be asked", [away, down], HOUR + 8 * MINUTE - 1, true],
  ["no longer than that", [away, down], HOUR + 8 * MINUTE, false],
  ["not of what nobody knows of Slack", [down], 20 * MINUTE, false],
] as const)("a bot may take them for someone who may not: %s", (_, absences, after, doubt) => {
  expect(isInDoubt(cem, absences, start + after)).toBe(doubt);
  expect(isInDoubt({ ...cem, id: "U0ANA" }, absences, start + after)).toBe(false);
  expect(isInDoubt({ ...cem, system: "kubernetes" }, absences, start + after)).toBe(false);
});
