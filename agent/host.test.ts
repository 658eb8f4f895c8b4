import { rm, symlink } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHost, readFacts } from "./host.ts";
import { resolveInside } from "./host-path.ts";
import { HostRoot } from "./testing/host-root.ts";

let root: HostRoot;
beforeEach(async () => {
  root = await HostRoot.make();
});
afterEach(() => root.remove());

test("the facts of a host", async () => {
  expect(await readFacts(root.path)).toEqual({
    bootId: "boot-1",
    bootedAt: 1_764_000_000_000,
    os: "AlmaLinux 9.4",
    kernel: "5.14.0-427.el9",
  });
});

test.each([
  ["PRETTY_NAME=Plain\n", "Plain"],
  ["PRETTY_NAME='Single quoted'\n", "Single quoted"],
  ['PRETTY_NAME="A \\"quoted\\" name"\n', 'A "quoted" name'],
  ["NAME=x\n", null],
])("os-release %j names %j", async (text, name) => {
  await root.write("/etc/os-release", text);
  expect((await readFacts(root.path)).os).toBe(name);
});

test("a host without os-release and kernel release has the facts that matter", async () => {
  await rm(root.at("/etc"), { recursive: true });
  await rm(root.at("/proc/sys/kernel/osrelease"));
  expect(await readFacts(root.path)).toMatchObject({ bootId: "boot-1", os: null, kernel: null });
});

test.each([
  ["/proc/sys/kernel/random/boot_id", "", /no boot ID/],
  ["/proc/stat", "cpu 1\n", /no boot time/],
])("without %s nothing is reported", async (path, text, problem) => {
  await root.write(path, text);
  await expect(readFacts(root.path)).rejects.toThrow(problem);
});

const LINKS: readonly (readonly [string, string, string, string])[] = [
  [
    "an absolute link leads to the host's place, not to ours",
    "/run",
    "/var/run/reboot-required",
    "/run/reboot-required",
  ],
  ["a relative link leads on from its folder", "../run", "/var/run/reboot-required", "/run/reboot-required"],
  ["no link leads out of the root", "../../../../run", "/var/run/reboot-required", "/run/reboot-required"],
];

test.each(LINKS)("%s", async (_sentence, target, path, place) => {
  await root.write("/var/lib/x", "");
  await symlink(target, root.at("/var/run"));
  expect(await resolveInside(root.path, path)).toBe(root.at(place));
});

test("links in a circle are refused", async () => {
  await symlink("/two", root.at("/one"));
  await symlink("/one", root.at("/two"));
  await expect(resolveInside(root.path, "/one/file")).rejects.toThrow(/too many symbolic links/);
});

test("findings of all detectors come together, and one stop stops all watches", async () => {
  const stopped: string[] = [];
  const detector = (kind: string) => ({
    findings: async () => [{ kind, identity: kind, text: kind, since: 1 }],
    watch: () => ({ stop: () => void stopped.push(kind) }),
  });
  const host = createHost({
    root: root.path,
    detectors: [detector("one"), detector("two")],
    reboot: async () => ({ kind: "called" }),
  });
  expect((await host.findings()).map((finding) => finding.kind)).toEqual(["one", "two"]);
  host.watch(() => {}).stop();
  expect(stopped).toEqual(["one", "two"]);
});
