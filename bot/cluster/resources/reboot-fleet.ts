import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import { CONDITION_TYPES, type Condition } from "../../core/fleet/condition.ts";
import type { Fleet, KeptPolicy, PolicyStatus } from "../../core/fleet/fleet.ts";
import { formatInstant } from "../../core/instant.ts";
import type { Definition } from "./crd.ts";
import { count, orAbsent, time, timeOr } from "./fields.ts";
import { API_VERSION, parseMetadata } from "./metadata.ts";

/** Set by whoever knows that the policy changed: a replica that GitHub told of it, or a person by kubectl. */
export const LOOK_AGAIN = "bootswain.dev/look-again";

const pausedSchema = z.object({ by: z.string().optional(), reason: z.string().optional() });

/** Beside its commit and text. */
const keptSchema = {
  inForceSince: time().optional(),
  signedBy: z.string().optional(),
  keysDigest: z.string().optional(),
  note: z.string().optional(),
  subject: z.string().optional(),
  author: z.string().optional(),
  when: time().optional(),
  commitUrl: z.string().optional(),
  pull: z.object({ number: count(), url: z.string() }).optional(),
};

const policySchema = z.object({
  source: z.string(),
  commit: z.string().optional(),
  valid: z.boolean(),
  problems: z.array(z.string()),
  since: time(),
  text: z.string().optional(),
  ...keptSchema,
  putAside: z.object({ commit: z.string().optional(), text: z.string().optional(), ...keptSchema }).optional(),
});

/** As Kubernetes writes conditions, so that `kubectl wait --for=condition=…` works. */
const conditionSchema = z.object({
  type: z.enum(CONDITION_TYPES),
  status: z.enum(["True", "False"]),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: time(),
});

const statusSchema = z.object({
  policy: policySchema.optional(),
  gates: z
    .array(
      z.object({ name: z.string(), state: z.enum(["green", "red", "unreachable"]), says: z.string(), since: time() }),
    )
    .optional(),
  conditions: z.array(conditionSchema).optional(),
  slots: z.array(z.object({ node: z.string(), uid: z.string(), order: z.string() })).optional(),
});

const fleetSchema = z.object({
  spec: z.object({ paused: pausedSchema.nullish() }).nullish(),
  status: statusSchema.nullish(),
});

export const REBOOT_FLEET: Definition = {
  kind: "RebootFleet",
  plural: "rebootfleets",
  shortNames: [],
  describes:
    "The one object named cluster: who holds the slots, which policy is in force, how its gates stand, and whether people paused all reboots.",
  spec: z.object({ paused: pausedSchema.optional() }),
  status: statusSchema,
  columns: [
    { name: "Policy", type: "string", path: ".status.policy.commit" },
    { name: "Valid", type: "boolean", path: ".status.policy.valid" },
    { name: "Rebooting", type: "string", path: ".status.slots[*].node" },
  ],
};

export const newFleet = (name: string): Json => ({ apiVersion: API_VERSION, kind: "RebootFleet", metadata: { name } });

export function parseFleet(object: Json): Fleet | null {
  const metadata = parseMetadata(object);
  const parsed = fleetSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { spec, status } = parsed.data;
  const paused = spec?.paused ?? null;
  const policy = status?.policy;
  return {
    version: metadata.version,
    paused: paused === null ? null : { by: paused.by ?? "", reason: paused.reason ?? "" },
    slots: status?.slots ?? [],
    gates: (status?.gates ?? []).map((gate) => ({ ...gate, since: timeOr(gate.since, 0) })),
    conditions: (status?.conditions ?? []).map(conditionOf),
    policy: policy === undefined ? null : policyOf(policy),
    lookAgain: metadata.annotations[LOOK_AGAIN] ?? null,
  };
}

function policyOf(stored: z.infer<typeof policySchema>): PolicyStatus {
  const { source, valid, problems, since, putAside } = stored;
  return {
    ...{ source, valid, problems, since: timeOr(since, 0) },
    ...keptOf(stored),
    ...(putAside === undefined ? {} : { putAside: keptOf(putAside) }),
  };
}

function keptOf(stored: Omit<z.infer<typeof policySchema>, "source" | "valid" | "problems" | "since">): KeptPolicy {
  const { commit, text, inForceSince, signedBy, keysDigest, note, subject, author, when, commitUrl, pull } = stored;
  return {
    ...{ commit: commit ?? null, text: text ?? null },
    ...(inForceSince === undefined ? {} : { inForceSince: timeOr(inForceSince, 0) }),
    ...(signedBy === undefined ? {} : { signedBy }),
    ...(keysDigest === undefined ? {} : { keysDigest }),
    ...(note === undefined ? {} : { note }),
    ...(subject === undefined ? {} : { subject }),
    ...(author === undefined ? {} : { author }),
    ...(when === undefined ? {} : { when: timeOr(when, 0) }),
    ...(commitUrl === undefined ? {} : { commitUrl }),
    ...(pull === undefined ? {} : { pull }),
  };
}

const formatPolicy = ({ putAside, ...policy }: PolicyStatus): Json => ({
  ...policy,
  ...formatKept(policy),
  since: formatInstant(policy.since),
  putAside: putAside === undefined ? undefined : formatKept(putAside),
});

const formatKept = (kept: KeptPolicy) => ({
  ...kept,
  commit: orAbsent(kept.commit),
  text: orAbsent(kept.text),
  inForceSince: kept.inForceSince === undefined ? undefined : formatInstant(kept.inForceSince),
  when: kept.when === undefined ? undefined : formatInstant(kept.when),
});

function conditionOf(stored: z.infer<typeof conditionSchema>): Condition {
  const { type, status, message, lastTransitionTime } = stored;
  return { type, isTrue: status === "True", says: message, since: timeOr(lastTransitionTime, 0) };
}

/** Kubernetes wants a reason of one word. */
const formatCondition = ({ type, isTrue, says, since }: Condition): Json => ({
  type,
  status: isTrue ? "True" : "False",
  reason: "Observed",
  message: says,
  lastTransitionTime: formatInstant(since),
});

/** The whole status, against the version that it was read at. */
export function formatFleet({ version, slots, policy, gates, conditions }: Fleet): Json {
  return {
    apiVersion: API_VERSION,
    kind: "RebootFleet",
    metadata: { name: "cluster", resourceVersion: version },
    status: {
      slots,
      conditions: conditions.length === 0 ? undefined : conditions.map(formatCondition),
      gates: gates.length === 0 ? undefined : gates.map((gate) => ({ ...gate, since: formatInstant(gate.since) })),
      policy: policy === null ? undefined : formatPolicy(policy),
    },
  };
}
