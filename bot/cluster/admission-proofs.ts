import type { Answer, Api, Call, Json } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import { isRecord, messageOf } from "./json.ts";
import { ownDeployment } from "./own-deployment.ts";
import { parseMetadata } from "./resources/metadata.ts";
import { newDecision } from "./resources/reboot-decision.ts";

/** The policies of deploy/admission.yaml, by their names there. */
export const ADMISSION_POLICIES = ["bootswain-decision", "bootswain-host-report", "bootswain-bot-deployments"] as const;
export type AdmissionPolicy = (typeof ADMISSION_POLICIES)[number];

/** `untried`: it could not be tried now. `untouched`: there is nothing that the policy would keep the bot from. */
export type Proof =
  | { readonly kind: "in force" }
  | { readonly kind: "missing"; readonly why: string }
  | { readonly kind: "untried"; readonly why: string }
  | { readonly kind: "untouched" };

export interface ProofParts {
  readonly api: Api;
  readonly callDeadline: Duration;
  readonly namespace: string;
  /** The bot's own; null where it runs in none. */
  readonly pod: string | null;
}

/** The bot is not exempt from the policy for a decision of this name. */
const PROBE = "admission-probe";
/** An agent writes its report now and then, so that the version that was read is not the newest any more. */
const TRIES = 3;

/** Tries by a dry run what the policy must refuse. */
export async function prove(parts: ProofParts, policy: AdmissionPolicy, tries = TRIES): Promise<Proof> {
  const tried = await callOf(parts, policy);
  if ("kind" in tried) return tried;
  const answer = await parts.api.call(tried, parts.callDeadline);
  const isStale = tried.verb === "update" && answer.kind === "answered" && answer.code === 409;
  return isStale && tries > 1 ? prove(parts, policy, tries - 1) : proofBy(policy, answer, isStale);
}

function callOf(parts: ProofParts, policy: AdmissionPolicy): Promise<Call | Proof> | Call {
  switch (policy) {
    case "bootswain-decision":
      return { verb: "create", resource: "rebootdecisions", object: decisionOfAnother(), dryRun: true };
    case "bootswain-host-report":
      return writeOfReport(parts);
    case "bootswain-bot-deployments":
      return scaleOfDeployment(parts);
    default:
      return policy satisfies never;
  }
}

const decisionOfAnother = (): Json =>
  newDecision({
    name: PROBE,
    verb: "retry",
    targets: [],
    by: { system: "kubernetes", id: "somebody else" },
    groups: [],
    reason: "the bot looks whether the API server refuses this",
    until: null,
  });

async function writeOfReport({ api, callDeadline }: ProofParts): Promise<Call | Proof> {
  const listed = await api.call({ verb: "list", resource: "hostreports", limit: 1 }, callDeadline);
  if (listed.kind === "unanswered" || listed.code !== 200) return { kind: "untried", why: textOf(listed) };
  const items = isRecord(listed.body) ? listed.body["items"] : undefined;
  const object: Json = Array.isArray(items) ? items[0] : undefined;
  const name = parseMetadata(object)?.name;
  if (name === undefined) return { kind: "untried", why: "there is no HostReport yet" };
  return { verb: "update", resource: "hostreports", name, subresource: "status", object, dryRun: true };
}

/** Of the bot's own alone: on a stranger's, the audit log would have it that the bot tried to scale it. */
async function scaleOfDeployment(parts: ProofParts): Promise<Call | Proof> {
  const found = await ownDeployment(parts);
  if (found.kind === "none") return { kind: "untouched" };
  if (found.kind === "unread") return { kind: "untried", why: found.why };
  const { name } = found;
  const deployment = isRecord(found.object) ? found.object : {};
  const spec = isRecord(deployment["spec"]) ? deployment["spec"] : {};
  const object = { ...deployment, spec: { ...spec, replicas: Number(spec["replicas"] ?? 1) + 1 } };
  return { verb: "update", resource: "deployments", namespace: parts.namespace, name, object, dryRun: true };
}

/** Only a refusal that names the policy proves it: what the bot has no right to is refused, too. */
function proofBy(policy: AdmissionPolicy, answer: Answer, isStale: boolean): Proof {
  const why = textOf(answer);
  if (answer.kind === "unanswered" || isStale || isTrouble(answer.code)) return { kind: "untried", why };
  const isRefused = answer.code === 403 || answer.code === 422;
  if (isRefused && messageOf(answer.body).includes(`ValidatingAdmissionPolicy '${policy}'`))
    return { kind: "in force" };
  return { kind: "missing", why };
}

/** Then the answer says nothing of the policy; 404 is of an object, or a kind, that is not there. */
const isTrouble = (code: number): boolean => code >= 500 || code === 429 || code === 401 || code === 404;

function textOf(answer: Answer): string {
  if (answer.kind === "unanswered") return answer.why;
  return answer.code < 300 ? "the API server takes what it should refuse" : `${answer.code} ${messageOf(answer.body)}`;
}
