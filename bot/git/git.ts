import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Duration } from "../core/instant.ts";
import { reasonOf } from "./git-trouble.ts";

/** Git, or the server that it spoke to, could not do what was asked: that says nothing about the policy. */
export class GitFailed extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "GitFailed";
  }
}

/** What git is told beside its arguments: those can be seen by everyone on the machine. */
export interface Access {
  readonly env: Readonly<Record<string, string>>;
  /** Never said, whatever git prints. */
  readonly secrets: readonly string[];
}

export const NO_ACCESS: Access = { env: {}, secrets: [] };

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly access?: Access;
}

export interface Git {
  /** Standard output. Rejects with GitFailed. */
  run(args: readonly string[], options?: RunOptions): Promise<Buffer>;
}

const MOST_OUTPUT = 4 * 1024 * 1024;
const MOST_COMPLAINTS = 64 * 1024;

/** No file that git writes grows larger: what a repository sends comes as one file. */
const MOST_WRITTEN = 128 * 1024 * 1024;
const BLOCK = 512;

/** Of the bot's own environment. No other variable may steer git, and no GIT_ variable at all. */
const PASSED_ON = [
  ...["PATH", "TMPDIR", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
];

/** Neither the user's nor the system's settings count; nothing is asked of a terminal, and nothing is kept. */
const OWN_ENVIRONMENT = {
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_LFS_SKIP_SMUDGE: "1",
} as const;

const SETTINGS = [
  "protocol.ext.allow=never",
  "core.hooksPath=/dev/null",
  "credential.helper=",
  "fetch.recurseSubmodules=false",
  "gc.auto=0",
  "maintenance.auto=false",
  // A server that sends less than this for so long is taken for one that does not answer.
  "http.lowSpeedLimit=100",
  "http.lowSpeedTime=30",
].flatMap((setting) => ["-c", setting]);

/** The git command line, with all that it starts: bounded in time, in what it prints and in what it writes. */
export function gitCommand(deadline: Duration, command = "git", mostWritten = MOST_WRITTEN): Git {
  const limited = `ulimit -c 0 && ulimit -f ${Math.ceil(mostWritten / BLOCK)} && exec "$0" "$@"`;
  return {
    run: (args, { signal, access = NO_ACCESS } = {}) => {
      if (signal?.aborted === true) return Promise.reject(new GitFailed("it was stopped"));
      // A process group of its own: a helper of git that waits for a server outlives a git that is killed alone.
      const child = spawn("/bin/sh", ["-c", limited, command, ...SETTINGS, ...args], {
        detached: true,
        cwd: "/",
        env: { ...ownEnvironment(), ...OWN_ENVIRONMENT, ...access.env },
      });
      return outputOf(child, { deadline, mostWritten, secrets: access.secrets, signal });
    },
  };
}

function ownEnvironment(): Record<string, string> {
  const all = PASSED_ON.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

interface Bounds {
  readonly deadline: Duration;
  readonly mostWritten: number;
  readonly secrets: readonly string[];
  readonly signal: AbortSignal | undefined;
}

function outputOf(child: ChildProcessWithoutNullStreams, bounds: Bounds): Promise<Buffer> {
  const { deadline, mostWritten, secrets, signal } = bounds;
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new GitFailed(`git can't be started: ${error.message}`, error)));
    // Then it has no pipes either, where this process may open no more files.
    if (child.pid === undefined) return;
    let ended: string | null = null;
    const end = (why: string): void => {
      ended ??= why;
      killGroup(child.pid);
      // What left the group may hold these open for as long as it likes.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const stop = (): void => end("it was stopped");
    const timer = setTimeout(() => end(`git did not end within ${deadline / 1_000} s`), deadline);
    signal?.addEventListener("abort", stop);
    const printed = collected(child.stdout, MOST_OUTPUT, () => end("git printed more than any policy needs"));
    const complaints = collected(child.stderr, MOST_COMPLAINTS, () => end("git printed endless complaints"));
    child.once("close", (code, killedBy) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      const said = Buffer.concat(complaints).toString();
      if (code === 0 && ended === null) resolve(Buffer.concat(printed));
      else reject(new GitFailed(ended ?? reasonOf(code ?? killedBy, said, { mostWritten, secrets })));
    });
  });
}

function collected(stream: NodeJS.ReadableStream, most: number, tooMuch: () => void): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > most) tooMuch();
    else chunks.push(chunk);
  });
  return chunks;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended by itself.
  }
}
