import { expect, test } from "vitest";
import { VERBS, type Verb } from "../../core/fleet/decision.ts";
import { aReboot, aSnapshot } from "../../core/testing/builders.ts";
import { aRefusal } from "../../core/testing/pods.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import type { Terminal } from "../terminal.ts";
import { confirm, isConfirmed, mustBeAskable, questionOf } from "./confirm.ts";

const terminal = (answer: string | null) => {
  const asked: string[] = [];
  const ask = (question: string): Promise<string> => {
    asked.push(question);
    return Promise.resolve(answer ?? "");
  };
  return { asked, isInteractive: answer !== null, note: () => {}, ask } satisfies Terminal & { asked: string[] };
};

test("what may cost something is asked about", () => {
  expect(VERBS.filter(isConfirmed)).toEqual(["now", "force", "reboot", "release"]);
});

test.each<[string, Verb, boolean, string | null, boolean]>([
  ["at a terminal", "force", false, "y", true],
  ["without one, but with --yes", "force", true, null, true],
  ["without one", "force", false, null, false],
  ["without one, what costs nothing", "skip", false, null, true],
])("whether it goes on: %s", (_, verb, yes, answer, expected) => {
  const attempt = () => mustBeAskable(verb, yes, terminal(answer));
  if (expected) expect(attempt).not.toThrow();
  else expect(attempt).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
});

test.each([
  ["y", true],
  [" Yes ", true],
  ["n", false],
  ["", false],
  ["yesterday", false],
])("answered with %j", async (answer, expected) => {
  const one = terminal(answer);
  const done = confirm("This deletes pods.", one);
  if (expected) await done;
  else await expect(done).rejects.toThrow(new UserError("Nothing was decided.", EXIT.problems));
  expect(one.asked).toEqual(["This deletes pods. Go on? [y/N] "]);
});

test.each<[string, Parameters<typeof questionOf>[0], Parameters<typeof aReboot>[0], string]>([
  [
    "what a force breaks",
    "force",
    { blockers: [aRefusal()] },
    "This deletes pods on worker-1 that PDB web/web protects.",
  ],
  ["a force of nothing", "force", {}, "No disruption budget blocks worker-1 now, so there is nothing to force."],
  [
    "what now lifts",
    "now",
    {},
    "This lets worker-1 go now: outside its window, before its back-off ends, and without waiting for other pools.",
  ],
])("the question says %s", (_, verb, reboot, says) => {
  expect(questionOf(verb, ["worker-1"], aSnapshot({ reboots: [aReboot(reboot)] }))).toBe(says);
});
