import { expect, test } from "vitest";
import { EXIT, UserError } from "../process/exit.ts";
import { gatesOf } from "./gates-options.ts";

test("endpoints are needed only by a policy that asks them", async () => {
  const answer = await gatesOf({}).read({ kind: "query", name: "errors", mustHold: "sum(errors) < 1" });
  expect(answer).toEqual({
    kind: "unreachable",
    why: "the policy has a gate on Prometheus, and the bot was started without --prometheus",
  });
});

test.each([
  ["Prometheus' URL", { prometheus: "ftp://x" }, /^--prometheus starts with ftp:/],
  ["Prometheus' token", { prometheus: "http://x", prometheusTokenFile: "/none" }, /Check --prometheus-token-file\.$/],
  ["Prometheus' CA", { prometheus: "https://x", prometheusCaFile: "/none" }, /Check --prometheus-ca-file\.$/],
  ["Alertmanager's URL", { alertmanager: "http://me:pw@x" }, /^--alertmanager must not carry a user/],
  [
    "Alertmanager's token",
    { alertmanager: "http://x", alertmanagerTokenFile: "/none" },
    /Check --alertmanager-token-f/,
  ],
  ["Alertmanager's CA", { alertmanager: "https://x", alertmanagerCaFile: "/none" }, /Check --alertmanager-ca-file\.$/],
])("what is wrong with %s is wrong usage", (_, options, message) => {
  const caught = caughtFrom(() => gatesOf(options));
  expect(caught).toBeInstanceOf(UserError);
  expect(caught).toMatchObject({ exitCode: EXIT.usage, message: expect.stringMatching(message) });
});

function caughtFrom(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
