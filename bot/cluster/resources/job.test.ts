import { describe, expect, test } from "vitest";
import type { Json } from "../../coordinator/ports.ts";
import type { JobPlace } from "../../core/fleet/wanted-job.ts";
import { MINUTE } from "../../core/instant.ts";
import { jobOf, type NewJob, parseJob } from "./job.ts";

interface Template {
  readonly pod?: object;
  readonly container?: object;
  readonly job?: object;
  readonly suspend?: boolean;
}

const cronJob = ({ pod = {}, container = {}, job = {}, suspend = true }: Template = {}): Json => ({
  metadata: { name: "snapshot", namespace: "ops" },
  spec: {
    suspend,
    schedule: "@yearly",
    jobTemplate: {
      metadata: { labels: { team: "dba" }, annotations: { note: "x" } },
      spec: {
        backoffLimit: 0,
        ...job,
        template: {
          spec: { restartPolicy: "Never", containers: [{ name: "main", image: "x", ...container }], ...pod },
        },
      },
    },
  },
});

const wanted = (changes: Partial<NewJob> = {}): NewJob => ({
  name: "snapshot-1",
  node: "db-1",
  order: "o1",
  pool: "databases",
  pods: [],
  timeout: 10 * MINUTE,
  place: "anywhere",
  ...changes,
});

/** The Job's pod, which is all that its place and variables are about. */
function podOf(template: Template, changes: Partial<NewJob> = {}): unknown {
  const job = jobOf(cronJob(template), wanted(changes));
  return at(job, "spec", "template", "spec");
}

function at(object: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => Object.entries(Object(value)).find(([name]) => name === String(key))?.[1],
    object,
  );
}

const named = (operator: "In" | "NotIn") => ({ key: "metadata.name", operator, values: ["db-1"] });
const required = (...nodeSelectorTerms: readonly object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
});
const onSsd = { matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] };
const inZone = { matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }] };
const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: onSsd }] };
const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [] };

describe("where a Job's pod may run", () => {
  test.each<[string, object | undefined, JobPlace, object | undefined]>([
    ["anywhere, without a word of its own", undefined, "anywhere", undefined],
    ["anywhere, as its template says", required(onSsd), "anywhere", required(onSsd)],
    ["on the node alone", undefined, "on the node", required({ matchFields: [named("In")] })],
    ["on any other node", undefined, "elsewhere", required({ matchFields: [named("NotIn")] })],
    [
      "on the node, if that is what each of its template's terms allows: any of them is enough",
      required(onSsd, inZone),
      "on the node",
      required({ ...onSsd, matchFields: [named("In")] }, { ...inZone, matchFields: [named("In")] }),
    ],
    [
      "elsewhere, where its template's terms allow it",
      required({ ...onSsd, matchFields: [{ key: "metadata.name", operator: "NotIn", values: ["db-2"] }] }),
      "elsewhere",
      required({
        ...onSsd,
        matchFields: [{ key: "metadata.name", operator: "NotIn", values: ["db-2"] }, named("NotIn")],
      }),
    ],
    [
      "on the node, with what its template prefers and has besides",
      { podAffinity, nodeAffinity: preferred },
      "on the node",
      { podAffinity, nodeAffinity: { ...preferred, ...required({ matchFields: [named("In")] }).nodeAffinity } },
    ],
  ])("%s", (_, affinity, place, expected) => {
    const pod = podOf({ pod: affinity === undefined ? {} : { affinity } }, { place });
    expect(at(pod, "affinity")).toEqual(expected);
  });

  const cordon = { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" };
  const ofDatabases = { key: "db", operator: "Exists" };
  test.each<[string, JobPlace, readonly object[] | undefined, readonly object[] | undefined]>([
    ["on the node it passes the cordon", "on the node", undefined, [cordon]],
    ["beside what its template tolerates", "on the node", [ofDatabases], [ofDatabases, cordon]],
    ["elsewhere it passes no cordon", "elsewhere", [ofDatabases], [ofDatabases]],
    ["nor anywhere", "anywhere", undefined, undefined],
  ])("%s", (_, place, tolerations, expected) => {
    const pod = podOf({ pod: tolerations === undefined ? {} : { tolerations } }, { place });
    expect(at(pod, "tolerations")).toEqual(expected);
  });
});

describe("what its containers are told", () => {
  const env = (template: Template, changes: Partial<NewJob> = {}) =>
    at(podOf(template, changes), "containers", 0, "env");
  const told = [
    { name: "NODE_NAME", value: "db-1" },
    { name: "ORDER_ID", value: "o1" },
    { name: "POOL", value: "databases" },
  ];

  test.each<[string, Template, Partial<NewJob>, readonly object[]]>([
    ["a hook: node, order and pool, and of no pods", {}, {}, told],
    [
      "the Job of a pod rule: the pods, too",
      {},
      { pods: ["db/pg-0", "db/pg-1"] },
      [...told, { name: "POD_NAMES", value: "db/pg-0 db/pg-1" }],
    ],
    [
      "beside what the template says",
      { container: { env: [{ name: "LEVEL", value: "info" }] } },
      {},
      [{ name: "LEVEL", value: "info" }, ...told],
    ],
    [
      "in place of what the template says of the same name",
      { container: { env: [{ name: "NODE_NAME", value: "none" }] } },
      {},
      told,
    ],
    [
      "a hook's own POD_NAMES is left alone",
      { container: { env: [{ name: "POD_NAMES", value: "mine" }] } },
      {},
      [{ name: "POD_NAMES", value: "mine" }, ...told],
    ],
  ])("%s", (_, template, changes, expected) => {
    expect(env(template, changes)).toEqual(expected);
  });
});

test("it ends within its timeout, whatever the template says, and is kept for a day unless that says otherwise", () => {
  const spec = (job: object, timeout = 10 * MINUTE) => at(jobOf(cronJob({ job }), wanted({ timeout })), "spec");
  expect(spec({ activeDeadlineSeconds: 9_999 })).toMatchObject({
    activeDeadlineSeconds: 600,
    ttlSecondsAfterFinished: 86_400,
    backoffLimit: 0,
  });
  expect(spec({ ttlSecondsAfterFinished: 60 })).toMatchObject({ ttlSecondsAfterFinished: 60 });
  expect(spec({}, 1)).toMatchObject({ activeDeadlineSeconds: 1 });
});

test("it can be told as ours, with its order and node, beside the template's own marks", () => {
  expect(at(jobOf(cronJob(), wanted()), "metadata")).toEqual({
    name: "snapshot-1",
    namespace: "ops",
    labels: { team: "dba", "app.kubernetes.io/managed-by": "bootswain" },
    annotations: { note: "x", "bootswain.dev/order": "o1", "bootswain.dev/node": "db-1" },
  });
});

test.each<[string, Json, string]>([
  [
    "runs by itself as well",
    cronJob({ suspend: false }),
    "it is not suspended (spec.suspend: true), so it also runs by itself",
  ],
  ["can't be read", { metadata: { name: "snapshot" }, spec: {} }, "it can't be read"],
  ["is none", "nonsense", "it can't be read"],
])("none is made of a CronJob that %s", (_, object, why) => {
  expect(jobOf(object, wanted())).toBe(why);
});

describe("a Job that is read back", () => {
  const made = jobOf(cronJob(), wanted());
  const shown = (status: object): Json => ({
    ...Object(made),
    metadata: { ...Object(at(made, "metadata")), creationTimestamp: "2026-12-05T04:00:00Z" },
    status,
  });
  const condition = (type: string, status = "True", message?: string) => ({
    conditions: [{ type, status, ...(message === undefined ? {} : { message }) }],
  });

  test.each<[string, object, object]>([
    ["runs before it has any condition", {}, { state: "running", message: "" }],
    ["runs while a condition is not true", condition("Complete", "False"), { state: "running", message: "" }],
    ["has succeeded", condition("Complete"), { state: "succeeded", message: "" }],
    ["has failed, and why", condition("Failed", "True", "deadline"), { state: "failed", message: "deadline" }],
    ["has failed without a word", condition("Failed"), { state: "failed", message: "the Job failed" }],
  ])("%s", (_, status, expected) => {
    expect(parseJob(shown(status))).toEqual({
      namespace: "ops",
      name: "snapshot-1",
      order: "o1",
      startedAt: Date.UTC(2026, 11, 5, 4),
      ...expected,
    });
  });

  test("without the mark of its order is of no order", () => {
    expect(parseJob({ metadata: { name: "x", namespace: "ops" } })).toMatchObject({ order: null, state: "running" });
  });
});
