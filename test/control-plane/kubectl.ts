import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlCall {
  readonly command: string;
  readonly kubeconfig: string;
  /** kubectl's home, so that no person's files are read or written. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly stdin: string;
}

const kubectlTimeoutMs = 120_000;

export async function runKubectl({ command, kubeconfig, folder, args, stdin }: KubectlCall): Promise<KubectlResult> {
  const env = { PATH: process.env["PATH"], HOME: join(folder, "kubectl"), KUBECONFIG: kubeconfig };
  const child = spawn(command, args, { env, timeout: kubectlTimeoutMs, killSignal: "SIGKILL" });
  // kubectl may end without reading its input; its exit code tells then what went wrong.
  child.stdin.on("error", () => undefined).end(stdin);
  const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code: typeof code === "number" ? code : -1, stdout, stderr };
}
