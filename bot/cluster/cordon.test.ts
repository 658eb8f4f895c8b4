import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../coordinator/ports.ts";
import { CORDONED_FOR, cordoned, LIFTED_FOR, uncordoned } from "./cordon.ts";
import { isRecord } from "./json.ts";
import { BEFORE } from "./node-marks.ts";

type Texts = Readonly<Record<string, string>>;

interface Shown {
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly unschedulable?: true;
  readonly taints?: readonly object[];
}

const node = ({ labels = {}, annotations = {}, ...spec }: Shown = {}): Json => ({
  metadata: { name: "n", uid: "u", resourceVersion: "7", labels: { os: "linux", ...labels }, annotations },
  spec: { podCIDR: "10.0.0.0/24", ...spec },
});

const SCALE_DOWN = "cluster-autoscaler.kubernetes.io/scale-down-disabled";
const DISRUPT = "karpenter.sh/do-not-disrupt";
const KEPT = { [SCALE_DOWN]: "true", [DISRUPT]: "true" };
const REBOOTING = { "example.com/rebooting": "true" };
const PENDING = { key: "bootswain.dev/reboot-pending", value: "", effect: "PreferNoSchedule" };

type Old = Readonly<Record<string, string | null>>;

/** The note of what stood before our marks. */
const note = (annotations: Old, labels: Old = {}, during: Texts = {}): Texts => ({
  [BEFORE]: JSON.stringify({
    annotations,
    labels,
    ours: { annotations: Object.fromEntries(Object.keys(annotations).map((name) => [name, "true"])), labels: during },
  }),
});

const NOTHING_BEFORE = note({ [SCALE_DOWN]: null, [DISRUPT]: null });
const O1 = { [CORDONED_FOR]: "o1" };
const LIFTED = { [LIFTED_FOR]: "o1" };

const ours = ({ annotations = {}, ...rest }: Shown = {}): Json =>
  node({ annotations: { ...KEPT, ...NOTHING_BEFORE, ...O1, ...annotations }, unschedulable: true, ...rest });

describe("cordoned", () => {
  test.each<[string, Json, Texts, Json]>([
    ["our cordon carries its order, and keeps autoscalers away", node(), {}, ours()],
    [
      "what stood there is remembered",
      node({ annotations: { mine: "yes", [SCALE_DOWN]: "false" }, labels: { "example.com/rebooting": "no" } }),
      REBOOTING,
      ours({
        annotations: {
          mine: "yes",
          ...note({ [SCALE_DOWN]: "false", [DISRUPT]: null }, { "example.com/rebooting": "no" }, REBOOTING),
        },
        labels: REBOOTING,
      }),
    ],
    [
      "what stands already as we want it is someone's, and is no mark of ours",
      node({ annotations: KEPT, labels: REBOOTING }),
      REBOOTING,
      node({ annotations: { ...KEPT, ...O1 }, labels: REBOOTING, unschedulable: true }),
    ],
    [
      "marks of a cordon that someone undid are not taken for someone's",
      node({ annotations: { ...KEPT, ...NOTHING_BEFORE, [CORDONED_FOR]: "o0" } }),
      {},
      ours(),
    ],
    [
      "what someone changed since the last cordon is remembered instead",
      node({ annotations: { ...KEPT, ...NOTHING_BEFORE, [DISRUPT]: "false" } }),
      {},
      ours({ annotations: note({ [SCALE_DOWN]: null, [DISRUPT]: "false" }) }),
    ],
    [
      "a label of the last cordon that is wanted no more is given back",
      node({ annotations: note({}, { gone: "old" }, { gone: "ours" }), labels: { gone: "ours" } }),
      {},
      ours({ labels: { gone: "old" } }),
    ],
    ["a note that can't be read is written anew", node({ annotations: { [BEFORE]: "{" } }), {}, ours()],
    [
      "a cluster's own label is set where there is none",
      node(),
      { "node-role.kubernetes.io/rebooting": "" },
      ours({
        annotations: note(
          { [SCALE_DOWN]: null, [DISRUPT]: null },
          { "node-role.kubernetes.io/rebooting": null },
          { "node-role.kubernetes.io/rebooting": "" },
        ),
        labels: { "node-role.kubernetes.io/rebooting": "" },
      }),
    ],
    [
      "a cluster's own label keeps the value that it has",
      node({ labels: { "node-restriction.kubernetes.io/zone": "a" } }),
      { "node-restriction.kubernetes.io/zone": "b" },
      ours({ labels: { "node-restriction.kubernetes.io/zone": "a" } }),
    ],
  ])("%s", (_, before, labels, after) => {
    expect(cordoned(before, "u", "o1", { labels })).toEqual(after);
  });

  test("no labels are set without a word about them", () => {
    expect(cordoned(node(), "u", "o1")).toEqual(ours());
  });

  test.each([
    ["it is another node of that name", node(), "other"],
    ["someone cordoned it before", node({ unschedulable: true }), "u"],
    ["it has our cordon already", ours(), "u"],
    ["the order's cordon was lifted since", node({ annotations: LIFTED }), "u"],
    ["it is no node at all", "nonsense", "u"],
  ])("no cordon is made when %s", (_, object, uid) => {
    expect(cordoned(object, uid, "o1")).toBeNull();
  });
});

describe("uncordoned", () => {
  test.each([
    ["ours is lifted", node({ annotations: O1, unschedulable: true }), node({ annotations: LIFTED })],
    ["its marks go with it", ours(), node({ annotations: LIFTED })],
    ["one that someone lifted is only marked", node({ annotations: O1 }), node({ annotations: LIFTED })],
    ["where none was made the mark is written all the same", node(), node({ annotations: LIFTED })],
    ["someone else's stays", node({ unschedulable: true }), node({ annotations: LIFTED, unschedulable: true })],
    [
      "where someone took our mark of the cordon away, the cordon stays and the other marks go",
      node({ annotations: { ...KEPT, ...NOTHING_BEFORE }, unschedulable: true }),
      node({ annotations: LIFTED, unschedulable: true }),
    ],
    [
      "that of another order stays, with its marks",
      ours({ annotations: { [CORDONED_FOR]: "o2" } }),
      ours({ annotations: { [CORDONED_FOR]: "o2", ...LIFTED } }),
    ],
    [
      "old values come back, and what someone changed stays",
      ours({
        annotations: {
          [DISRUPT]: "false",
          ...note({ [SCALE_DOWN]: "false", [DISRUPT]: null }, { a: "old", b: "old" }, { a: "1", b: "1" }),
        },
        labels: { a: "1", b: "2" },
      }),
      node({ annotations: { ...LIFTED, [SCALE_DOWN]: "false", [DISRUPT]: "false" }, labels: { a: "old", b: "2" } }),
    ],
    [
      "what someone took away stays away",
      node({ annotations: { ...O1, ...note({ [DISRUPT]: "false" }, { a: "old" }, { a: "1" }) }, unschedulable: true }),
      node({ annotations: LIFTED }),
    ],
    [
      "a node that was not rebooted is still pending, and keeps its taint",
      ours({ taints: [PENDING] }),
      node({ annotations: LIFTED, taints: [PENDING] }),
    ],
  ])("%s", (_, before, after) => {
    expect(uncordoned(before, "u", "o1")).toEqual(after);
  });

  test.each<[string, Json, Texts, Json]>([
    ["the taint goes", ours({ taints: [PENDING] }), {}, node({ annotations: LIFTED })],
    [
      "others' taints stay",
      ours({ taints: [{ key: "db", effect: "NoSchedule" }, PENDING] }),
      {},
      node({ annotations: LIFTED, taints: [{ key: "db", effect: "NoSchedule" }] }),
    ],
    [
      "the labels for afterwards are set",
      ours(),
      { patched: "yes" },
      node({ annotations: LIFTED, labels: { patched: "yes" } }),
    ],
    [
      "a label for during and afterwards has the value for afterwards",
      ours({ annotations: note({}, { state: "old" }, { state: "rebooting" }), labels: { state: "rebooting" } }),
      { state: "done" },
      node({ annotations: { ...LIFTED, ...KEPT }, labels: { state: "done" } }),
    ],
    [
      "nothing is done for the cordon of another order",
      ours({ annotations: { [CORDONED_FOR]: "o2" }, taints: [PENDING] }),
      { patched: "yes" },
      ours({ annotations: { [CORDONED_FOR]: "o2", ...LIFTED }, taints: [PENDING] }),
    ],
  ])("of a rebooted node, %s", (_, before, labels, after) => {
    expect(uncordoned(before, "u", "o1", { labels })).toEqual(after);
  });

  test("another node of that name is left alone", () => {
    expect(uncordoned(ours(), "other", "o1")).toBeNull();
  });
});

const text = fc.string({ maxLength: 5 });
const labelName = fc.oneof(
  fc.constantFrom("a", "b", "constructor", "toString", "__proto__", "example.com/x", "node.kubernetes.io/y"),
  fc.stringMatching(/^[a-z]{1,3}$/),
);
const labels = fc.dictionary(labelName, fc.stringMatching(/^(?:[a-z0-9]|[a-z][-._a-z0-9]{0,5}[a-z0-9])?$/), {
  maxKeys: 5,
});
/** `__proto__` is no label that the server takes, and so none that a policy may ask for. */
const duringLabels = labels.map(({ __proto__: _, ...rest }) => rest);
const annotations = fc.dictionary(fc.oneof(fc.constantFrom(SCALE_DOWN, DISRUPT, "__proto__"), text), text, {
  maxKeys: 5,
});

const textsOf = (object: Json, key: "labels" | "annotations"): Readonly<Record<string, unknown>> => {
  const metadata = isRecord(object) && isRecord(object["metadata"]) ? object["metadata"] : {};
  return isRecord(metadata[key]) ? metadata[key] : {};
};

const withTexts = (object: Json, changed: { readonly labels: Texts; readonly annotations: Texts }): Json => {
  if (!isRecord(object) || !isRecord(object["metadata"])) return object;
  const { metadata } = object;
  const merged = (key: "labels" | "annotations") => ({ ...textsOf(object, key), ...changed[key] });
  return { ...object, metadata: { ...metadata, labels: merged("labels"), annotations: merged("annotations") } };
};

test("a node comes back exactly as it was", () => {
  fc.assert(
    fc.property(labels, annotations, duringLabels, (has, notes, during) => {
      const before = node({ labels: has, annotations: notes });
      const after = uncordoned(cordoned(before, "u", "o1", { labels: during }), "u", "o1");
      expect(after).toEqual(node({ labels: has, annotations: { ...notes, ...LIFTED } }));
    }),
  );
});

test("a node that was cordoned twice comes back exactly as it was", () => {
  fc.assert(
    fc.property(labels, annotations, duringLabels, duringLabels, (has, notes, during, later) => {
      const first = cordoned(node({ labels: has, annotations: notes }), "u", "o1", { labels: during });
      const undone = isRecord(first) ? { ...first, spec: { podCIDR: "10.0.0.0/24" } } : first;
      const after = uncordoned(cordoned(undone, "u", "o2", { labels: later }), "u", "o2");
      expect(after).toEqual(node({ labels: has, annotations: { ...notes, [LIFTED_FOR]: "o2" } }));
    }),
  );
});

test("what others change in between survives", () => {
  const changes = fc.record({ labels, annotations });
  fc.assert(
    fc.property(labels, annotations, duringLabels, changes, (has, notes, during, changed) => {
      const cordon = cordoned(node({ labels: has, annotations: notes }), "u", "o1", { labels: during });
      // A change to the very value that we wrote can't be told from ours.
      const told = (key: "labels" | "annotations") =>
        Object.fromEntries(
          Object.entries(changed[key]).filter(([name, value]) => textsOf(cordon, key)[name] !== value),
        );
      const others = { labels: told("labels"), annotations: told("annotations") };
      const after = uncordoned(withTexts(cordon, others), "u", "o1");
      expect(textsOf(after, "labels")).toEqual({ ...textsOf(node({ labels: has }), "labels"), ...others.labels });
      expect(textsOf(after, "annotations")).toEqual({ ...notes, ...others.annotations, ...LIFTED });
    }),
  );
});
