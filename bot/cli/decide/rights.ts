import { messageOf } from "../../cluster/json.ts";
import { newDecision } from "../../cluster/resources/reboot-decision.ts";
import type { Api, DecisionRequest } from "../../coordinator/ports.ts";
import { type Duration, SECOND } from "../../core/instant.ts";
import { EXIT, UserError } from "../../process/exit.ts";

const DEADLINE: Duration = 10 * SECOND;

/** A dry run: who may not make the decision is told so before being asked anything. Throws UserError then. */
export async function mustBeAllowed(api: Api, request: DecisionRequest): Promise<void> {
  const object = newDecision(request);
  const answer = await api.call({ verb: "create", resource: "rebootdecisions", object, dryRun: true }, DEADLINE);
  if (answer.kind === "unanswered")
    throw new UserError(`The API server does not answer: ${answer.why}. Nothing was decided.`, EXIT.unreachable);
  const { code, body } = answer;
  // 409: it was made before, and what came of it is read. What the server says while it is troubled passes.
  if (code < 400 || code === 409 || code === 429 || code >= 500) return;
  const lacking =
    code === 403
      ? " It takes the right to create rebootdecisions.bootswain.dev, as ClusterRole bootswain-operator of deploy/rbac.yaml gives it."
      : "";
  throw new UserError(
    `The API server refused the decision (${code}): ${messageOf(body)}.${lacking} Nothing was decided.`,
    EXIT.problems,
  );
}
