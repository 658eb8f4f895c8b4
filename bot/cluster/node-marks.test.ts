import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../coordinator/ports.ts";
import { BEFORE, discouraged, unmarked } from "./node-marks.ts";

const DISRUPT = "karpenter.sh/do-not-disrupt";
const GUARDED = "node-restriction.kubernetes.io/zone";

const LABELS = new Map([
  ["a", "1"],
  [GUARDED, "a"],
]);
const ANNOTATIONS = new Map([
  [DISRUPT, "true"],
  ["mine", "yes"],
]);

const left = (before: string) => unmarked({ labels: LABELS, annotations: new Map([...ANNOTATIONS, [BEFORE, before]]) });

const written = (annotations: unknown, labels: unknown, ours: unknown): string =>
  JSON.stringify({ annotations, labels, ours });

describe("a note of what stood before is ignored", () => {
  test.each([
    ["when it is no JSON", "{"],
    ["when it is empty", ""],
    ["when it is a list", "[]"],
    ["when it is null", "null"],
    ["when it lacks what we wrote", written({ [DISRUPT]: "false" }, { a: "old" }, undefined)],
    [
      "when a value is no text",
      written({ [DISRUPT]: 5 }, { a: {} }, { annotations: { [DISRUPT]: "true" }, labels: { a: "1" } }),
    ],
    ["when what we wrote is no text", written({}, { a: "old" }, { annotations: {}, labels: { a: ["1"] } })],
    ["where we wrote nothing of that name", written({}, { a: "old" }, { annotations: {}, labels: {} })],
    [
      "where it names an annotation that we never write",
      written({ mine: "no" }, {}, { annotations: { mine: "yes" }, labels: {} }),
    ],
    [
      "where the server would refuse the value",
      written({}, { a: "not a label!" }, { annotations: {}, labels: { a: "1" } }),
    ],
    ["where the value is too long", written({}, { a: "x".repeat(64) }, { annotations: {}, labels: { a: "1" } })],
    [
      "where it would change a label that a kubelet may not",
      written({}, { [GUARDED]: "b" }, { annotations: {}, labels: { [GUARDED]: "a" } }),
    ],
    [
      "where it reaches for the prototype",
      '{"annotations":{"__proto__":"x"},"labels":{"__proto__":"x","constructor":"x"},"ours":{"annotations":{"__proto__":"x"},"labels":{"__proto__":{"a":"1"}}},"__proto__":{"a":"b"}}',
    ],
  ])("%s", (_, before) => {
    expect(left(before)).toEqual({ labels: LABELS, annotations: ANNOTATIONS });
    expect(Object.hasOwn(Object.prototype, "a")).toBe(false);
  });

  test("whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (before) => {
        expect(left(before)).toEqual({ labels: LABELS, annotations: ANNOTATIONS });
      }),
    );
  });
});

test("the rest of a note counts where one entry of it doesn't", () => {
  const before = written(
    { [DISRUPT]: null },
    { a: "x".repeat(63), [GUARDED]: "b" },
    {
      annotations: { [DISRUPT]: "true" },
      labels: { a: "1", [GUARDED]: "a" },
    },
  );
  expect(left(before)).toEqual({
    labels: new Map([
      ["a", "x".repeat(63)],
      [GUARDED, "a"],
    ]),
    annotations: new Map([["mine", "yes"]]),
  });
});

const PENDING = { key: "bootswain.dev/reboot-pending", value: "", effect: "PreferNoSchedule" };
const DB = { key: "db", value: "yes", effect: "NoSchedule" };

const node = (taints?: readonly Json[]): Json => ({
  metadata: { name: "n", uid: "u", resourceVersion: "7" },
  spec: { podCIDR: "10.0.0.0/24", ...(taints === undefined ? {} : { taints }) },
});

describe("discouraged", () => {
  test.each([
    ["the taint is put", node(), true, node([PENDING])],
    ["the taint is put behind others", node([DB]), true, node([DB, PENDING])],
    [
      "someone's taint of that key and another effect is theirs",
      node([{ ...PENDING, effect: "NoSchedule" }]),
      true,
      node([{ ...PENDING, effect: "NoSchedule" }, PENDING]),
    ],
    ["the taint is taken, and nothing is left of it", node([PENDING]), false, node()],
    ["the taint is taken from among others", node([DB, PENDING]), false, node([DB])],
    [
      "a taint that the server gives back without its value is ours",
      node([{ key: PENDING.key, effect: PENDING.effect }]),
      false,
      node(),
    ],
  ])("%s", (_, before, wanted, after) => {
    expect(discouraged(before, "u", wanted)).toEqual(after);
  });

  test.each([
    ["it is there already", node([DB, PENDING]), "u", true],
    ["it was not there", node([DB]), "u", false],
    ["it is another node of that name", node(), "other", true],
    ["it is no node at all", [], "u", true],
  ])("nothing is written when %s", (_, object, uid, wanted) => {
    expect(discouraged(object, uid, wanted)).toBeNull();
  });
});
