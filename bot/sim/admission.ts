import { isDeepStrictEqual } from "node:util";
import { failure, type ServerAnswer } from "./answers.ts";
import { asObject, type Stored } from "./objects.ts";
import { at, list, text } from "./rules/world.ts";
import type { Store } from "./store.ts";

/** A write that the server is about to make. */
export interface Asked {
  readonly actor: string;
  /** That the actor is in. */
  readonly groups: readonly string[];
  readonly resource: string;
  readonly name: string;
  readonly subresource: string | undefined;
  readonly before: Stored | null;
  readonly after: object;
}

const BOT = "system:serviceaccount:bootswain:bootswain-bot";
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/** The user that a process of the simulation acts as, with the node that its token is bound to. */
function userOf(actor: string): { readonly name: string; readonly node: string | null } {
  if (actor === "bot" || actor.startsWith("bot ")) return { name: BOT, node: null };
  if (!actor.startsWith("agent ")) return { name: actor, node: null };
  return { name: "system:serviceaccount:bootswain:bootswain-agent", node: actor.slice("agent ".length) };
}

/** What each policy of deploy/admission.yaml says against a write; null where it has nothing against it. */
const POLICIES: Readonly<Record<string, (asked: Asked) => string | null>> = {
  "bootswain-host-report": ({ actor, resource, name, subresource }) => {
    if (resource !== "hostreports" || subresource !== "status" || userOf(actor).node === name) return null;
    return `the status of HostReport ${name} is written by the agent on that node alone`;
  },
  "bootswain-decision": ({ actor, groups, resource, name, before, after }) => {
    if (resource !== "rebootdecisions" || before !== null) return null;
    const user = userOf(actor).name;
    const [system, id] = [text(at(after, "spec", "by", "system")), text(at(after, "spec", "by", "id"))];
    if (user === BOT && name !== "admission-probe")
      return system === "slack" ? null : "the bot decides for people in Slack alone";
    if (system !== "kubernetes" || id !== user) return "a decision is made in one's own name";
    return list(at(after, "spec", "groups")).every((group) => groups.includes(text(group)))
      ? null
      : `spec.groups may name only groups that ${user} is in`;
  },
  "bootswain-bot-deployments": ({ actor, resource, before, after }) => {
    if (resource !== "deployments" || before === null || userOf(actor).name !== BOT) return null;
    return isDeepStrictEqual(unrestarted(before), unrestarted(after))
      ? null
      : "the bot may change nothing of a Deployment but its restart";
  },
};

/** Refuses what a policy refuses that is there with its binding. */
export function admit(store: Store, asked: Asked): ServerAnswer | null {
  for (const [policy, judge] of Object.entries(POLICIES)) {
    const isInForce = KINDS.every(({ resource }) => store.get(resource, policy) !== undefined);
    const why = isInForce ? judge(asked) : null;
    if (why !== null) {
      const denied = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${why}`;
      return failure(403, "Forbidden", `${asked.resource} "${asked.name}" is forbidden: ${denied}`);
    }
  }
  return null;
}

const KINDS = [
  { resource: "validatingadmissionpolicies", kind: "ValidatingAdmissionPolicy" },
  { resource: "validatingadmissionpolicybindings", kind: "ValidatingAdmissionPolicyBinding" },
] as const;

/** A server older than 1.30 serves none of them. */
export const isOfAdmission = (resource: string): boolean => KINDS.some((one) => one.resource === resource);

/** As `kubectl apply -f deploy/admission.yaml`. */
export function installAdmission(store: Store): void {
  for (const name of Object.keys(POLICIES)) {
    const metadata = { name, labels: { "app.kubernetes.io/name": "bootswain" } };
    for (const { resource, kind } of KINDS) {
      const object = { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata };
      if (store.get(resource, name) === undefined) store.put("people", resource, object);
    }
  }
}

/** Somebody deletes the bindings. */
export function loseAdmission(store: Store): void {
  for (const name of Object.keys(POLICIES)) store.remove("people", "validatingadmissionpolicybindings", name);
}

/** Without its restart, its status, and what the server itself counts. */
function unrestarted(deployment: object): unknown {
  const { status: _, metadata, spec, ...rest } = { status: null, metadata: {}, spec: {}, ...deployment };
  const {
    resourceVersion: __,
    generation: ___,
    ...kept
  } = { resourceVersion: "", generation: 0, ...asObject(metadata) };
  const { template, ...others } = { template: {}, ...asObject(spec) };
  const { metadata: meta, ...pods } = { metadata: {}, ...asObject(template) };
  const { annotations, ...labels } = { annotations: {}, ...asObject(meta) };
  const { [RESTARTED_AT]: ____, ...notes } = { [RESTARTED_AT]: "", ...asObject(annotations) };
  return {
    ...rest,
    metadata: kept,
    spec: { ...others, template: { ...pods, metadata: { ...labels, annotations: notes } } },
  };
}
