import { execFile } from "node:child_process";
import type { Duration } from "../core/instant.ts";

/** What git said when it failed; the last line of it is for people. */
export class GitFailed extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "GitFailed";
  }
}

export interface Git {
  /** Standard output. Rejects with GitFailed. */
  run(args: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<string>;
}

const MOST_OUTPUT = 4 * 1024 * 1024;

/** The git command line, which never asks, never runs a helper from the URL, and is ended at the deadline. */
export function gitCommand(deadline: Duration, command = "git"): Git {
  const env = {
    ...process.env,
    GIT_TERMINAL_PROMPT: "0",
    GIT_SSH_COMMAND: process.env["GIT_SSH_COMMAND"] ?? "ssh -o BatchMode=yes",
    GIT_CONFIG_NOSYSTEM: "1",
    LC_ALL: "C",
  };
  const hardened = ["-c", "protocol.ext.allow=never", "-c", "core.hooksPath=/dev/null"];
  return {
    run: (args, { signal } = {}) =>
      new Promise((resolve, reject) => {
        const options = {
          env,
          timeout: deadline,
          killSignal: "SIGKILL",
          maxBuffer: MOST_OUTPUT,
          ...(signal === undefined ? {} : { signal }),
        } as const;
        execFile(command, [...hardened, ...args], options, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new GitFailed(reasonOf(error, stderr, deadline), error));
        });
      }),
  };
}

interface ExecError extends Error {
  readonly code?: string | number | null;
  readonly killed?: boolean;
}

function reasonOf(error: ExecError, stderr: string, deadline: Duration): string {
  if (error.code === "ENOENT") return "git is not installed, or not on PATH; install git";
  if (error.killed === true) return `git did not end within ${deadline / 1_000} s`;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((one) => one.startsWith("fatal:")) ?? lines.at(-1) ?? `git ended with ${error.code}`;
  return withoutPassword(line)
    .slice(0, 300)
    .replace(/[.\s]+$/, "");
}

/** A URL's password is nobody's business. */
export function withoutPassword(text: string): string {
  return text.replace(/(\w+:\/\/[^\s/:@]*):[^\s@/]*@/g, "$1@");
}
