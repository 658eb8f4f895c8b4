import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { constants } from "node:fs";
import { access, mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { cacheFolder } from "../cache-folder.ts";

/** Paths of the programs. */
export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kubectl: string;
  readonly kwok: string;
}

/** CONTROL_PLANE_BIN names a folder without some of the programs. */
export class BinariesMissing extends Error {
  readonly folder: string;
  readonly missing: readonly string[];

  constructor(folder: string, missing: readonly string[]) {
    super(
      `CONTROL_PLANE_BIN=${folder} has no executable ${missing.join(", ")}; add them, or unset it to build all with Go`,
    );
    this.name = "BinariesMissing";
    this.folder = folder;
    this.missing = missing;
  }
}

/** There is no `go` on the PATH. */
export class GoMissing extends Error {
  readonly wanted: string;

  constructor(wanted: string, cause: unknown) {
    super(
      `the cluster tests build Kubernetes with Go ${wanted} or later, and there is no go on the PATH: install it from ` +
        "https://go.dev/dl/, or name a folder with etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl " +
        "and kwok in CONTROL_PLANE_BIN",
      { cause },
    );
    this.name = "GoMissing";
    this.wanted = wanted;
  }
}

/** Go ran and failed. */
export class BuildFailed extends Error {
  readonly command: string;
  readonly output: string;

  constructor(command: string, output: string) {
    super(`${command} failed:\n${output}`);
    this.name = "BuildFailed";
    this.command = command;
    this.output = output;
  }
}

const source = import.meta.dirname;
const sharedNames = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"];
const names = [...sharedNames, "kwok"];
const version = "k8s.io/component-base/version";
// Without its version kubectl refuses to compare itself with the server.
const ldflags = `-s -w -X ${version}.gitVersion=v1.36.3 -X ${version}.gitMajor=1 -X ${version}.gitMinor=36`;

/**
 * The programs in CONTROL_PLANE_BIN, else those that an earlier run built into $BOOTSWAIN_CACHE (else
 * $XDG_CACHE_HOME/bootswain, else ~/.cache/bootswain), else built there now, which takes minutes.
 */
export async function controlPlaneBinaries(): Promise<Binaries> {
  const given = process.env["CONTROL_PLANE_BIN"];
  if (given) {
    const missing = await missingIn(given);
    if (missing.length > 0) throw new BinariesMissing(given, missing);
    return binariesIn(given);
  }
  const cache = join(cacheFolder(), "control-plane");
  const folder = join(cache, await buildKey());
  if ((await missingIn(folder)).length > 0) await buildInto(cache, folder);
  return binariesIn(folder);
}

/** Builds beside the target and renames it, so that a folder of that name is always a whole one. */
async function buildInto(cache: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const building = await mkdtemp(join(cache, "building-"));
  process.stderr.write("building the control plane with Go, about 5 minutes the first time\n");
  try {
    await go(["build", "-buildvcs=false", "-ldflags", ldflags, "-o", join(building, "control-plane"), "."]);
    await go([
      "build",
      "-buildvcs=false",
      "-ldflags",
      "-s -w",
      "-o",
      join(building, "kwok"),
      "sigs.k8s.io/kwok/cmd/kwok",
    ]);
    await Promise.all(sharedNames.map((name) => symlink("control-plane", join(building, name))));
    await rename(building, folder);
    process.stderr.write(`built the control plane into ${folder}\n`);
  } catch (cause) {
    // Another test run may have built the same meanwhile; its folder is as good.
    if ((await missingIn(folder)).length > 0) throw cause;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function buildKey(): Promise<string> {
  const files = await Promise.all(["go.mod", "go.sum", "main.go"].map((file) => readFile(join(source, file), "utf8")));
  const hash = createHash("sha256");
  for (const part of [...files, ldflags, await go(["version"])]) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 16);
}

async function go(args: readonly string[]): Promise<string> {
  const child = spawn("go", args, { cwd: source, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close").catch(async (cause) => {
    const [, wanted = ""] = /^go (.+)$/m.exec(await readFile(join(source, "go.mod"), "utf8")) ?? [];
    throw new GoMissing(wanted, cause);
  });
  const [[code], stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new BuildFailed(`go ${args.join(" ")}`, stderr);
  return stdout;
}

async function missingIn(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) await access(join(folder, name), constants.X_OK).catch(() => missing.push(name));
  return missing;
}

function binariesIn(folder: string): Binaries {
  return {
    etcd: join(folder, "etcd"),
    kubeApiserver: join(folder, "kube-apiserver"),
    kubeControllerManager: join(folder, "kube-controller-manager"),
    kubeScheduler: join(folder, "kube-scheduler"),
    kubectl: join(folder, "kubectl"),
    kwok: join(folder, "kwok"),
  };
}
