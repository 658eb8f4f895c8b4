import { expect, test } from "vitest";
import { recordConditions } from "./conditions.ts";
import type { Condition, Observation } from "./fleet/condition.ts";
import { HOUR } from "./instant.ts";
import { aFleetWith } from "./testing/fleets.ts";
import { NOW } from "./testing/now.ts";

const up: Observation = { type: "SlackConnected", isTrue: true, says: "Two sockets are up." };
const down: Observation = { type: "SlackConnected", isTrue: false, says: "The token was revoked." };
const before = (observation: Observation): Condition => ({ ...observation, since: NOW - HOUR });

const cases: readonly (readonly [string, readonly Condition[], readonly Observation[], readonly Condition[] | null])[] =
  [
    ["what is new is kept from now on", [], [up], [{ ...up, since: NOW }]],
    ["what is as it was is not written again", [before(up)], [up], null],
    ["what changed changed now", [before(up)], [down], [{ ...down, since: NOW }]],
    ["another sentence is no other time", [before(down)], [{ ...down, says: "!" }], [{ ...before(down), says: "!" }]],
    ["what is not observed stays", [before(up)], [], null],
  ];

test.each(cases)("%s", (_, conditions, observations, written) => {
  const fleet = { ...aFleetWith(), conditions };
  const steps = recordConditions({ fleet, observations }, NOW);
  expect(steps).toEqual(written === null ? [] : [{ kind: "RecordConditions", version: "1", conditions: written }]);
});
