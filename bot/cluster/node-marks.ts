import { z } from "zod";
import type { Json } from "../coordinator/ports.ts";
import type { NodeUid } from "../core/fleet/node.ts";
import { isRebootPending, REBOOT_PENDING } from "../core/node-marks.ts";
import { joined, type NodeParts, nodeParts, type Texts } from "./node-parts.ts";

/** What stood where our marks are, so that the uncordon can put it back. */
export const BEFORE = "bootswain.dev/before";

/** A cordoned node looks idle: without these the autoscalers would take it away in mid-reboot. */
const KEEP_NODE: Texts = new Map([
  ["cluster-autoscaler.kubernetes.io/scale-down-disabled", "true"],
  ["karpenter.sh/do-not-disrupt", "true"],
]);

type Labelled = Pick<NodeParts, "labels" | "annotations">;

/**
 * With our marks, and what stood there remembered. Marks from before are given back first, so our own values are never
 * taken for someone's.
 */
export function marked(parts: Labelled, during: Texts): Labelled {
  const { labels, annotations } = unmarked(parts);
  const before: Before = {
    annotations: marksFor(annotations, KEEP_NODE),
    labels: new Map([...marksFor(labels, during)].filter(([name, mark]) => mayRestore(name, mark.old))),
  };
  if (before.annotations.size + before.labels.size === 0) return { labels, annotations };
  const kept = new Map([...written(annotations, before.annotations), [BEFORE, formatBefore(before)] as const]);
  return { labels: written(labels, before.labels), annotations: kept };
}

/** Without our marks: what was remembered is put back where our value still stands; what others changed since stays. */
export function unmarked({ labels, annotations }: Labelled): Labelled {
  const before = parseBefore(annotations.get(BEFORE));
  const others = new Map(annotations);
  others.delete(BEFORE);
  return { labels: restored(labels, before.labels), annotations: restored(others, before.annotations) };
}

/** With or without the taint of a pending node; null where nothing has to change. */
export function discouraged(node: Json, uid: NodeUid, wanted: boolean): Json | null {
  const parts = nodeParts(node, uid);
  if (parts === null || taintsOf(parts.spec).some(isOurTaint) === wanted) return null;
  if (!wanted) return joined({ ...parts, spec: encouraged(parts.spec) });
  return joined({ ...parts, spec: { ...parts.spec, taints: [...taintsOf(parts.spec), REBOOT_PENDING] } });
}

/** The spec without our taint. */
export function encouraged(spec: NodeParts["spec"]): NodeParts["spec"] {
  const others = taintsOf(spec).filter((taint) => !isOurTaint(taint));
  if (others.length === taintsOf(spec).length) return spec;
  const { taints: _, ...rest } = spec;
  return others.length === 0 ? rest : { ...rest, taints: others };
}

const taintsOf = ({ taints }: NodeParts["spec"]): readonly unknown[] => (Array.isArray(taints) ? taints : []);

const taintSchema = z.object({ key: z.string(), effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]) });

function isOurTaint(taint: unknown): boolean {
  const parsed = taintSchema.safeParse(taint);
  return parsed.success && isRebootPending(parsed.data);
}

interface Mark {
  /** Null where nothing stood. */
  readonly old: string | null;
  readonly ours: string;
}

type Marks = ReadonlyMap<string, Mark>;

interface Before {
  readonly annotations: Marks;
  readonly labels: Marks;
}

/** A value that stands already is no mark: it is someone else's, and stays. */
function marksFor(present: Texts, wanted: Texts): Marks {
  const changes = [...wanted].filter(([name, ours]) => present.get(name) !== ours);
  return new Map(changes.map(([name, ours]) => [name, { old: present.get(name) ?? null, ours }]));
}

const written = (present: Texts, marks: Marks): Texts =>
  new Map([...present, ...[...marks].map(([name, { ours }]) => [name, ours] as const)]);

function restored(present: Texts, marks: Marks): Texts {
  const texts = new Map(present);
  for (const [name, { old, ours }] of marks) {
    if (texts.get(name) !== ours) continue;
    if (old === null) texts.delete(name);
    else texts.set(name, old);
  }
  return texts;
}

const oldSchema = z.record(z.string(), z.string().nullable());
const oursSchema = z.record(z.string(), z.string());
const beforeSchema = z.object({
  annotations: oldSchema,
  labels: oldSchema,
  ours: z.object({ annotations: oursSchema, labels: oursSchema }),
});

const NOTHING: Before = { annotations: new Map(), labels: new Map() };

/**
 * Whoever may write the node's annotations may write this one, its kubelet too. So it brings back no more than a mark could
 * have replaced, and nothing that the server would refuse: the uncordon must not fail by it.
 */
function parseBefore(text: string | undefined): Before {
  const parsed = beforeSchema.safeParse(text === undefined ? null : jsonOf(text));
  if (!parsed.success) return NOTHING;
  const { annotations, labels, ours } = parsed.data;
  const isKept = ([name]: readonly [string, Mark]): boolean => KEEP_NODE.has(name);
  const isSafe = ([name, { old }]: readonly [string, Mark]): boolean => mayRestore(name, old) && isLabelValue(old);
  return {
    annotations: new Map([...readMarks(annotations, ours.annotations)].filter(isKept)),
    labels: new Map([...readMarks(labels, ours.labels)].filter(isSafe)),
  };
}

function readMarks(old: Readonly<Record<string, string | null>>, ours: Readonly<Record<string, string>>): Marks {
  const values = new Map(Object.entries(ours));
  return new Map(
    Object.entries(old).flatMap(([name, value]) => {
      const mine = values.get(name);
      return mine === undefined ? [] : [[name, { old: value, ours: mine }] as const];
    }),
  );
}

function formatBefore({ annotations, labels }: Before): string {
  const each = (marks: Marks, key: keyof Mark): object =>
    Object.fromEntries([...marks].map(([name, mark]) => [name, mark[key]]));
  return JSON.stringify({
    annotations: each(annotations, "old"),
    labels: each(labels, "old"),
    ours: { annotations: each(annotations, "ours"), labels: each(labels, "ours") },
  });
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isLabelValue = (value: string | null): boolean =>
  value === null || /^(?:[a-z0-9](?:[-\w.]{0,61}[a-z0-9])?)?$/i.test(value);

/**
 * A kubelet may not give itself a label of these domains (admission plugin NodeRestriction), so none gets a value from an
 * annotation that the kubelet could have written: such a label is marked only where there is none, and taken away again.
 */
function mayRestore(name: string, old: string | null): boolean {
  if (old === null || !/^(?:[^/]+\.)?(?:kubernetes|k8s)\.io\//.test(name)) return true;
  return /^(?:[^/]+\.)?(?:node|kubelet)\.kubernetes\.io\//.test(name);
}
