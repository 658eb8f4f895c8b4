import { z } from "zod";
import type { DecisionRequest, Json } from "../../coordinator/ports.ts";
import { type Decision, type Judgement, VERBS } from "../../core/fleet/decision.ts";
import { formatInstant } from "../../core/instant.ts";
import type { Definition } from "./crd.ts";
import { orAbsent, time, timeOr, timeText } from "./fields.ts";
import { API_VERSION, parseMetadata } from "./metadata.ts";
import { readUnder, storedUnder, underSchema } from "./stored-under.ts";

const specSchema = z.object({
  verb: z.enum(VERBS),
  targets: z.array(z.object({ node: z.string(), digest: z.string().optional() })),
  by: z.object({ system: z.enum(["slack", "kubernetes"]), id: z.string() }),
  groups: z.array(z.string()).optional(),
  reason: z.string().optional(),
  until: time().optional(),
});

const statusSchema = z.object({
  outcome: z.enum(["counted", "refused"]),
  says: z.string(),
  at: time(),
  person: z.string().optional(),
  validUntil: time().optional(),
  bound: z.array(z.object({ node: z.string(), digest: z.string() })).optional(),
  blockers: z.array(z.string()).optional(),
  ...underSchema,
});

const decisionSchema = z.object({ spec: specSchema, status: z.unknown().optional() });

export const REBOOT_DECISION: Definition = {
  kind: "RebootDecision",
  plural: "rebootdecisions",
  shortNames: ["rd"],
  describes: "What a person asked for, which never changes, and the judgement of it, which is written once.",
  spec: specSchema,
  isSpecImmutable: true,
  status: statusSchema,
  columns: [
    { name: "Verb", type: "string", path: ".spec.verb" },
    { name: "Nodes", type: "string", path: ".spec.targets[*].node" },
    { name: "By", type: "string", path: ".spec.by.id" },
    { name: "Outcome", type: "string", path: ".status.outcome" },
    { name: "Says", type: "string", path: ".status.says" },
    { name: "Policy", type: "string", path: ".status.policyCommit", isWideOnly: true },
    { name: "Age", type: "date", path: ".metadata.creationTimestamp" },
  ],
};

export const newDecision = ({ name, verb, targets, by, groups, reason, until }: DecisionRequest): Json => ({
  apiVersion: API_VERSION,
  kind: "RebootDecision",
  metadata: { name },
  spec: {
    verb,
    targets: targets.map(({ node, digest }) => ({ node, digest: orAbsent(digest) })),
    by,
    groups: groups.length === 0 ? undefined : [...groups],
    reason: orAbsent(reason),
    until: timeText(until),
  },
});

export function parseDecision(object: Json): Decision | null {
  const metadata = parseMetadata(object);
  const parsed = decisionSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { spec, status } = parsed.data;
  const judged = statusSchema.safeParse(status);
  return {
    name: metadata.name,
    uid: metadata.uid,
    version: metadata.version,
    createdAt: metadata.createdAt,
    verb: spec.verb,
    targets: spec.targets.map(({ node, digest }) => ({ node, digest: digest ?? null })),
    by: spec.by,
    groups: spec.groups ?? [],
    reason: spec.reason ?? null,
    until: timeOr(spec.until, null),
    judgement: judged.success ? judgementOf(judged.data) : null,
  };
}

function judgementOf(status: z.infer<typeof statusSchema>): Judgement {
  return {
    outcome: status.outcome,
    says: status.says,
    at: timeOr(status.at, 0),
    person: status.person ?? null,
    validUntil: timeOr(status.validUntil, null),
    bound: status.bound ?? [],
    blockers: status.blockers ?? [],
    ...readUnder(status),
  };
}

export const formatDecisionStatus = (name: string, version: string, judgement: Judgement): Json => ({
  apiVersion: API_VERSION,
  kind: "RebootDecision",
  metadata: { name, resourceVersion: version },
  status: {
    ...judgement,
    at: formatInstant(judgement.at),
    person: orAbsent(judgement.person),
    validUntil: timeText(judgement.validUntil),
    ...storedUnder(judgement),
  },
});
