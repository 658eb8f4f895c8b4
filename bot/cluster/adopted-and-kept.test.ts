import { describe, expect, test } from "vitest";
import type { Json } from "../coordinator/ports.ts";
import { CORDONED_FOR, cordoned, LIFTED_FOR, uncordoned } from "./cordon.ts";
import { parseNode } from "./resources/node.ts";

type Texts = Readonly<Record<string, string>>;

const node = (annotations: Texts = {}, spec: object = {}): Json => ({
  metadata: { name: "n", uid: "u", resourceVersion: "7", labels: { os: "linux" }, annotations },
  spec: { podCIDR: "10.0.0.0/24", ...spec },
});
const theirs = node({}, { unschedulable: true });
const cordonOf = (object: Json | null) => parseNode(object)?.cordon;

describe("a cordon of someone else that a person let us take over", () => {
  test("is ours, with its order", () => {
    expect(cordonOf(theirs)).toMatchObject({ kind: "foreign" });
    expect(cordonOf(cordoned(theirs, "u", "o1", { adopts: true }))).toEqual({ kind: "ours", order: "o1" });
  });

  test("stays theirs without that", () => {
    expect(cordoned(theirs, "u", "o1")).toBeNull();
    expect(cordoned(theirs, "u", "o1", { adopts: false })).toBeNull();
  });

  test("is lifted as any other of ours, and leaves the node as it would be without it", () => {
    const after = uncordoned(cordoned(theirs, "u", "o1", { adopts: true }), "u", "o1");
    expect(after).toEqual(node({ [LIFTED_FOR]: "o1" }));
  });

  test.each<[string, Json, string]>([
    ["that was lifted for the order since", node({ [LIFTED_FOR]: "o1" }, { unschedulable: true }), "u"],
    ["of another node of that name", theirs, "other"],
  ])("not one %s", (_, object, uid) => {
    expect(cordoned(object, uid, "o1", { adopts: true })).toBeNull();
  });

  test("nothing changes for a node that nobody cordoned", () => {
    expect(cordoned(node(), "u", "o1", { adopts: true })).toEqual(cordoned(node(), "u", "o1"));
  });
});

describe("a node that is to stay cordoned", () => {
  const kept = (object: Json | null, labels: Texts | null = null) =>
    uncordoned(object, "u", "o1", { labels, keeps: true });

  test("stays so as a person's, with all marks of ours gone but that it was lifted", () => {
    const after = kept(cordoned(node({ mine: "yes" }), "u", "o1"));
    expect(after).toEqual(node({ mine: "yes", [LIFTED_FOR]: "o1" }, { unschedulable: true }));
    expect(cordonOf(after)).toEqual({ kind: "foreign", liftedFor: "o1" });
  });

  test("gets the labels of a node that was rebooted, and loses the taint", () => {
    const taints = [{ key: "bootswain.dev/reboot-pending", value: "", effect: "PreferNoSchedule" }];
    const before = cordoned(node({}, { taints }), "u", "o1");
    expect(kept(before, { patched: "yes" })).toEqual({
      ...Object(node({ [LIFTED_FOR]: "o1" }, { unschedulable: true })),
      metadata: {
        ...Object(node()).metadata,
        labels: { os: "linux", patched: "yes" },
        annotations: { [LIFTED_FOR]: "o1" },
      },
    });
  });

  test("is not cordoned anew where someone has made it schedulable", () => {
    expect(cordonOf(kept(node({ [CORDONED_FOR]: "o1" })))).toEqual({ kind: "none", liftedFor: "o1" });
  });

  test("a late cordon of the order is refused then, too", () => {
    expect(cordoned(kept(cordoned(node(), "u", "o1")), "u", "o1", { adopts: true })).toBeNull();
  });

  test("the cordon of another order is left alone", () => {
    expect(cordonOf(kept(cordoned(node(), "u", "o2")))).toEqual({ kind: "ours", order: "o2" });
  });
});
