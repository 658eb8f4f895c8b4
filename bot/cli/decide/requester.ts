import { isRecord, messageOf } from "../../cluster/json.ts";
import type { Api, Json } from "../../coordinator/ports.ts";
import { type Duration, SECOND } from "../../core/instant.ts";
import { EXIT, UserError } from "../../process/exit.ts";

/** Who asks, by the API server's own word: admission lets nobody decide in another's name. */
export interface Requester {
  readonly id: string;
  readonly groups: readonly string[];
}

const DEADLINE: Duration = 10 * SECOND;
const QUESTION = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };

/** Throws UserError when the server does not tell. */
export async function requesterOf(api: Api): Promise<Requester> {
  const answer = await api.call({ verb: "create", resource: "selfsubjectreviews", object: QUESTION }, DEADLINE);
  if (answer.kind === "unanswered")
    throw new UserError(`The API server does not answer: ${answer.why}. Nothing was decided.`, EXIT.unreachable);
  const { code, body } = answer;
  if (code === 404)
    throw new UserError(
      "This API server can't say who you are: it is older than Kubernetes 1.28. Decide in Slack, or upgrade it. Nothing was decided.",
      EXIT.unreachable,
    );
  const requester = code === 201 ? parseReview(body) : null;
  if (requester !== null) return requester;
  throw new UserError(
    `The API server does not say who you are (${code}): ${messageOf(body)}. It takes the right to create selfsubjectreviews.authentication.k8s.io, as ClusterRole system:basic-user gives it. Nothing was decided.`,
    EXIT.unreachable,
  );
}

function parseReview(body: Json): Requester | null {
  const status = isRecord(body) ? body["status"] : undefined;
  const user = isRecord(status) ? status["userInfo"] : undefined;
  if (!isRecord(user) || typeof user["username"] !== "string" || user["username"] === "") return null;
  const groups: readonly unknown[] = Array.isArray(user["groups"]) ? user["groups"] : [];
  return { id: user["username"], groups: groups.filter((group) => typeof group === "string") };
}
