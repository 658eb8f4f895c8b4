import { expect, test } from "vitest";
import { MOST_BYTES, readKured } from "./read-kured.ts";

const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
`;

const LOOKED_FOR =
  "looked for a DaemonSet whose container is kured, for values of the kured chart (configuration: …) and for a list of flags (--start-time=22:00 …)";

test.each([
  ["nothing", "", `f: is empty; ${LOOKED_FOR}`],
  ["blanks", " \n\t\n", `f: is empty; ${LOOKED_FOR}`],
  ["a program", "\u007fELF\u0002\u0001\u0000", "f: is no text (UTF-8)"],
  ["another encoding", "timeZone: \ufffd", "f: is no text (UTF-8)"],
  ["too much", "a".repeat(MOST_BYTES + 1), "f: is larger than 1024 KiB; keep kured's manifest alone"],
  ["an alias bomb", bomb, "f: its aliases unfold to too much; write the values out"],
  ["a deep nest", "[".repeat(200_000), "f: it is nested too deeply"],
  ["a Secret", "kind: Secret\ndata: { a: b }\n", `f: found nothing of kured in a Secret; ${LOOKED_FOR}`],
  [
    "another DaemonSet",
    "kind: DaemonSet\nspec: { template: { spec: { containers: [{ name: x, image: nginx }] } } }\n",
    `f: found nothing of kured in a DaemonSet; ${LOOKED_FOR}`,
  ],
  ["a plain text", "hello", `f: found nothing of kured in a text; ${LOOKED_FOR}`],
  [
    "values of another chart",
    "configuration: { a: b }",
    `f: found nothing of kured in a mapping without kind; ${LOOKED_FOR}`,
  ],
  ["only a comment", "# nothing", `f: found nothing of kured in no document at all; ${LOOKED_FOR}`],
])("%s gives a clear message", (_, text, expected) => {
  expect(readKured(text, "f")).toEqual({ ok: false, problems: [expected] });
});

test("what is no YAML is said with its place", () => {
  const read = readKured("a: [1,\nb: }", "f");
  expect(read.ok ? [] : read.problems.map((problem) => problem.startsWith("f: it is no YAML: "))).toEqual([true]);
});

const args = "args: [--period=5m]";

test.each([
  ["by its image", `image: ghcr.io/kubereboot/kured:1.15.1, ${args}`, "1.15.1"],
  ["by an image with a digest", `image: "x/kured:1.21.0@sha256:00", ${args}`, "1.21.0"],
  ["by the container's name", `name: kured, image: mirror/reboots, ${args}`, null],
  ["by the program", `name: x, command: [/usr/bin/kured], ${args}`, null],
  ["by a shell's line", `name: x, command: [sh, -c, "exec kured --period=5m"]`, null],
  ["by flags that only kured has", "name: x, args: [--reboot-sentinel=/a, --period=5m]", null],
])("kured is recognised %s", (_, container, version) => {
  const read = readKured(`{ kind: DaemonSet, spec: { template: { spec: { containers: [{ ${container} }] } } } }`, "f");
  const [source] = read.ok ? read.sources : [];
  expect(source?.version).toBe(version);
  expect(source?.args.find(({ name }) => name === "period")?.value).toBe("5m");
});

test.each([
  [
    "in several documents",
    "kind: Secret\n---\nkind: DaemonSet\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ name: kured }] } } }",
  ],
  ["in a List", "kind: List\nitems: [{ kind: Pod, metadata: { name: a }, spec: { containers: [{ name: kured }] } }]"],
  [
    "as JSON",
    '{"kind":"DaemonSet","metadata":{"name":"a"},"spec":{"template":{"spec":{"containers":[{"name":"kured"}]}}}}',
  ],
])("a kured is found %s", (_, text) => {
  const read = readKured(text, "f");
  expect(read.ok && read.sources.map(({ name }) => name)).toEqual(["a"]);
});

const valuesOf = (values: string, flag: string) => {
  const read = readKured(values, "f");
  const [source] = read.ok ? read.sources : [];
  return source?.args.filter(({ name }) => name === flag).map(({ value }) => value);
};

test.each([
  ["its own values", "configuration: { startTime: 9pm }"],
  ["those of another chart", "kured: { configuration: { startTime: 9pm } }"],
  ["those of a HelmRelease", "kind: HelmRelease\nspec: { values: { configuration: { startTime: 9pm } } }"],
  ["arguments beside them", "configuration: { period: 5m }\nextraArgs: { start-time: 9pm }"],
])("the chart is read by %s", (_, values) => {
  expect(valuesOf(values, "start-time")).toEqual(["9pm"]);
});

test.each([
  ["a list", "rebootDays: [mo, tu]", "reboot-days", ["mo", "tu"]],
  ["a number", "drainTimeout: 30m, concurrency: 2", "concurrency", ["2"]],
  ["a switch", "forceReboot: true", "force-reboot", ["true"]],
  ["false, which it leaves out", "forceReboot: false", "force-reboot", []],
  ["nought, which it leaves out", "lockTtl: 0", "lock-ttl", []],
  ["an empty text, which it leaves out", 'endTime: ""', "end-time", []],
  ["a command that it drops", "rebootSentinelCommand: x", "reboot-sentinel-command", []],
  ["a command", "rebootSentinelCommand: x, useRebootSentinelHostPath: false", "reboot-sentinel-command", ["x"]],
])("the chart's templates make flags of %s", (_, keys, flag, expected) => {
  expect(valuesOf(`configuration: { ${keys}, period: 5m }`, flag)).toEqual(expected);
});
