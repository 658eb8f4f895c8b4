import { expect, test } from "vitest";
import { parseDaemonSet } from "./daemon-set.ts";

const object = (image: string, labels: object = {}, spec: object = {}) => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { namespace: "kube-system", name: "d", uid: "u" },
  spec: { template: { metadata: { labels }, spec: { containers: [{ name: "c", image }], ...spec } } },
});

test.each([
  ["its own image", object("ghcr.io/kubereboot/kured:1.15.1"), true],
  ["an image by digest", object("ghcr.io/kubereboot/kured@sha256:ab12"), true],
  ["an image by tag and digest", object("kured:1.15.1@sha256:ab12"), true],
  ["an image of a registry with a port, without a tag", object("registry:5000/mirror/kured"), true],
  [
    "the chart's label, with an image of another name",
    object("corp/rebooter", { "app.kubernetes.io/name": "kured" }),
    true,
  ],
  ["the manifest's label", object("corp/rebooter", { name: "kured" }), true],
])("%s shows that it is kured", (_, daemonSet, isKured) => {
  expect(parseDaemonSet(daemonSet)).toMatchObject({ isKured });
});

test.each([
  ["an image whose name only begins so", object("corp/kured-exporter:1")],
  ["an image whose name only ends so", object("corp/not-kured:1")],
  ["a folder of that name", object("kured/exporter:1")],
  ["a registry of that name", object("kured:5000/exporter:1")],
  ["a tag of that name", object("corp/exporter:kured")],
  ["another label's value", object("corp/exporter", { "app.kubernetes.io/part-of": "kured" })],
])("%s does not make it kured", (_, daemonSet) => {
  expect(parseDaemonSet(daemonSet)).toMatchObject({ isKured: false });
});

test("it has a name, a uid and a place", () => {
  const daemonSet = object(
    "kured",
    {},
    {
      nodeSelector: { role: "worker" },
      tolerations: [{ key: "db", operator: "Exists", effect: "NoSchedule" }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "arch", operator: "In", values: ["amd64"] }] }],
          },
        },
      },
    },
  );
  expect(parseDaemonSet(daemonSet)).toEqual({
    namespace: "kube-system",
    name: "d",
    uid: "u",
    isKured: true,
    placement: {
      nodeSelector: { role: "worker" },
      terms: [[{ key: "arch", operator: "In", values: ["amd64"] }]],
      tolerations: [{ key: "db", operator: "Exists", value: "", effect: "NoSchedule" }],
    },
  });
});

test("one without a template is known all the same, since the drain asks for its uid", () => {
  const bare = { metadata: { namespace: "a", name: "d", uid: "u" } };
  expect(parseDaemonSet(bare)).toMatchObject({ namespace: "a", name: "d", uid: "u", isKured: false });
});

test.each([
  ["no object", "nonsense"],
  ["no name", { metadata: {} }],
  ["a template that is a text", { ...object("kured"), spec: { template: "x" } }],
])("%s is no DaemonSet", (_, daemonSet) => {
  expect(parseDaemonSet(daemonSet)).toBeNull();
});
