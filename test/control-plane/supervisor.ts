// The program between a test run and its control plane. It lives in a session of its own, so that no Ctrl-C or kill of the
// test run's process group reaches it, and it notices the end of the test run, however that comes, by its IPC channel.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, rmSync } from "node:fs";
import type { FromSupervisor, StartComponent } from "./supervision.ts";

const running = new Set<ChildProcess>();
let isEnding = false;

process.on("message", start);
process.on("disconnect", endAll);
process.on("SIGTERM", endAll);

function start({ name, command, args, folder, logFile }: StartComponent): void {
  const log = openSync(logFile, "a");
  // With a home of its own no component reads or writes a person's files.
  const env = { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder };
  const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", log, log] });
  closeSync(log);
  running.add(child);
  child.once("spawn", () => tell({ kind: "started", name, pid: child.pid ?? 0 }));
  child.once("error", (cause) => ended(child, name, cause.message));
  child.once("exit", (code, signal) => ended(child, name, signal ?? `exit code ${code}`));
}

function ended(child: ChildProcess, name: string, how: string): void {
  running.delete(child);
  if (!isEnding) tell({ kind: "ended", name, how });
  else if (running.size === 0) leave();
}

/** By SIGKILL, since nothing of theirs is kept: ending in order would only cost time. */
function endAll(): void {
  if (isEnding) return;
  isEnding = true;
  for (const child of running) child.kill("SIGKILL");
  if (running.size === 0) leave();
}

function leave(): void {
  rmSync(process.argv[2] ?? "", { recursive: true, force: true, maxRetries: 3 });
  process.exit();
}

function tell(message: FromSupervisor): void {
  if (process.connected) process.send?.(message);
}
