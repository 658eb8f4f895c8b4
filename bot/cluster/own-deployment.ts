import type { Answer, Api, Json } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import { messageOf } from "./json.ts";
import { ownerOf, parseMetadata } from "./resources/metadata.ts";

/** `none`: the bot runs in no pod, or in one that no Deployment made. */
export type OwnDeployment =
  | { readonly kind: "found"; readonly name: string; readonly object: Json }
  | { readonly kind: "none" }
  | { readonly kind: "unread"; readonly why: string };

interface OwnPod {
  readonly api: Api;
  readonly callDeadline: Duration;
  readonly namespace: string;
  readonly pod: string | null;
}

const CHAIN = [
  { resource: "pods", madeBy: "ReplicaSet" },
  { resource: "replicasets", madeBy: "Deployment" },
  { resource: "deployments", madeBy: null },
] as const;

/** The Deployment that the bot's own pod is of. */
export async function ownDeployment({ api, callDeadline, namespace, pod }: OwnPod): Promise<OwnDeployment> {
  let name = pod;
  for (const { resource, madeBy } of CHAIN) {
    if (name === null) return { kind: "none" };
    const answer: Answer = await api.call({ verb: "get", resource, namespace, name }, callDeadline);
    if (answer.kind === "unanswered") return { kind: "unread", why: answer.why };
    if (answer.code === 404) return { kind: "none" };
    if (answer.code !== 200) return { kind: "unread", why: `${answer.code} ${messageOf(answer.body)}` };
    if (madeBy === null) return { kind: "found", name, object: answer.body };
    const metadata = parseMetadata(answer.body);
    const owner = metadata === null ? null : ownerOf(metadata);
    name = owner?.kind === madeBy ? owner.name : null;
  }
  return { kind: "none" };
}
