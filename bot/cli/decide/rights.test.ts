import { expect, test } from "vitest";
import { answered, scripted, status, unanswered } from "../../cluster/testing/scripted.ts";
import type { Answer } from "../../coordinator/ports.ts";
import { NOW } from "../../core/testing/now.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import { requestOf } from "./request.ts";
import { requesterOf } from "./requester.ts";
import { mustBeAllowed } from "./rights.ts";

const over = (answer: Answer) => scripted(NOW, () => answer);
const review = (userInfo: unknown) => over(answered(201, { status: { userInfo } })).parts.api;

test("who asks is what the API server says of it", async () => {
  const groups = ["ops", "system:authenticated"];
  expect(await requesterOf(review({ username: "ana", groups }))).toEqual({ id: "ana", groups });
  expect(await requesterOf(review({ username: "ana" }))).toEqual({ id: "ana", groups: [] });
});

test.each<[string, Answer, RegExp]>([
  ["is too old", answered(404), /is older than Kubernetes 1\.28\. Decide in Slack, or upgrade it\./],
  ["refuses to say", answered(403, status("no")), /\(403\): no\. It takes the right to create selfsubjectreviews/],
  ["names nobody", answered(201, { status: { userInfo: {} } }), /does not say who you are \(201\)/],
  ["does not answer", unanswered, /^The API server does not answer: no answer within 10 s\./],
])("who asks stays unknown where the API server %s", async (_, answer, says) => {
  const asked = requesterOf(over(answer).parts.api);
  await expect(asked).rejects.toThrow(says);
  await expect(asked).rejects.toMatchObject({ exitCode: EXIT.unreachable });
});

const request = requestOf(
  { verb: "retry", targets: [{ node: "kuber04", digest: null }], reason: null, until: null },
  { id: "ana", groups: [] },
  { now: NOW, decisions: [] },
);

test.each([201, 409, 429, 503])("whether it may be decided is left to the decision itself after %d", async (code) => {
  const { parts, calls } = over(answered(code));
  await mustBeAllowed(parts.api, request);
  expect(calls).toEqual([
    {
      verb: "create",
      resource: "rebootdecisions",
      dryRun: true,
      object: expect.objectContaining({ metadata: { name: request.name } }),
    },
  ]);
});

test.each<[string, Answer, UserError]>([
  [
    "without the right",
    answered(403, status("mo may not")),
    new UserError(
      "The API server refused the decision (403): mo may not. It takes the right to create rebootdecisions.bootswain.dev, as ClusterRole bootswain-operator of deploy/rbac.yaml gives it. Nothing was decided.",
      EXIT.problems,
    ),
  ],
  [
    "against a rule of admission",
    answered(422, status("by is not you")),
    new UserError("The API server refused the decision (422): by is not you. Nothing was decided.", EXIT.problems),
  ],
  [
    "without an API server",
    unanswered,
    new UserError("The API server does not answer: no answer within 10 s. Nothing was decided.", EXIT.unreachable),
  ],
])("nothing is decided %s", async (_, answer, error) => {
  const asked = mustBeAllowed(over(answer).parts.api, request);
  await expect(asked).rejects.toThrow(error);
  await expect(asked).rejects.toMatchObject({ exitCode: error.exitCode });
});
