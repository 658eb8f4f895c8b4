import { readFile } from "node:fs/promises";
import type { Detector } from "./detect/detector.ts";
import { isMissing, resolveInside } from "./host-path.ts";
import type { Host, HostFacts, RebootCall } from "./ports.ts";

export interface HostSettings {
  /** Where the host's root directory is seen from here. */
  readonly root: string;
  readonly detectors: readonly Detector[];
  readonly reboot: () => Promise<RebootCall>;
}

export function createHost(settings: HostSettings): Host {
  const { root, detectors, reboot } = settings;
  return {
    facts: () => readFacts(root),
    findings: async () => (await Promise.all(detectors.map((detector) => detector.findings()))).flat(),
    watch: (changed) => {
      const watches = detectors.map((detector) => detector.watch(changed));
      return {
        stop: () => {
          for (const watch of watches) watch.stop();
        },
      };
    },
    reboot,
  };
}

/** Throws when boot ID or boot time can't be read: without them nothing true can be reported. */
export async function readFacts(root: string): Promise<HostFacts> {
  const bootId = (await readOnHost(root, "/proc/sys/kernel/random/boot_id"))?.trim() ?? "";
  if (bootId === "") throw new Error(`no boot ID at /proc/sys/kernel/random/boot_id under ${root}`);
  const seconds = /^btime (\d+)$/m.exec((await readOnHost(root, "/proc/stat")) ?? "")?.[1];
  if (seconds === undefined) throw new Error(`no boot time (btime) in /proc/stat under ${root}`);
  const kernel = (await readOnHost(root, "/proc/sys/kernel/osrelease"))?.trim() ?? "";
  return {
    bootId,
    bootedAt: Number(seconds) * 1_000,
    os: prettyName((await readOnHost(root, "/etc/os-release")) ?? ""),
    kernel: kernel === "" ? null : kernel,
  };
}

/** os-release(5): shell assignments, quoted or not. */
function prettyName(osRelease: string): string | null {
  const line = /^PRETTY_NAME=(.*)$/m.exec(osRelease)?.[1]?.trim() ?? "";
  const quoted = /^"(.*)"$/.exec(line)?.[1] ?? /^'(.*)'$/.exec(line)?.[1];
  const name = quoted === undefined ? line : quoted.replace(/\\(["\\$`])/g, "$1");
  return name === "" ? null : name;
}

async function readOnHost(root: string, path: string): Promise<string | null> {
  try {
    return await readFile(await resolveInside(root, path), "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
