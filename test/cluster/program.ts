import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const LEASH = join(import.meta.dirname, "leash.ts");
const ROOT = join(import.meta.dirname, "../..");

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One life of the bot or an agent as a real process. */
export class Program {
  readonly name: string;
  /** What it logged, parsed; lines that are no JSON are kept as `{ text }`. */
  readonly logged: Record<string, unknown>[] = [];
  readonly ended: Promise<Ended>;
  readonly #heard = new Set<() => void>();
  readonly #leash: ChildProcess;
  readonly #pid: Promise<number>;

  constructor(name: string, file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.#leash = spawn(process.execPath, [LEASH, process.execPath, join(ROOT, file), ...args], {
      cwd: ROOT,
      detached: true,
      env: { ...inherited(), ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.#leash.stdout, this.#leash.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", (line) => this.#hear(parsed(line)));
    }
    this.#pid = once(this.#leash, "message").then(([message]) => Number(Reflect.get(Object(message), "pid")));
    this.ended = this.#pid
      .then(() => once(this.#leash, "message"))
      .then(([message]) => ({
        code: Reflect.get(Object(message), "code") ?? null,
        signal: Reflect.get(Object(message), "signal") ?? null,
      }));
    this.ended.catch(() => {});
  }

  /** Resolves with the first line of that event, or with a later one. */
  says(event: string, nth = 1): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.logged.filter((line) => line["event"] === event)[nth - 1];
        if (found === undefined) return;
        this.#heard.delete(look);
        resolve(found);
      };
      this.#heard.add(look);
      look();
    });
  }

  #hear(line: Record<string, unknown>): void {
    this.logged.push(line);
    for (const look of [...this.#heard]) look();
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill(await this.#pid, signal);
  }

  async kill(): Promise<void> {
    if (this.#leash.exitCode !== null) return;
    await this.signal("SIGKILL").catch(() => {});
    if (this.#leash.exitCode === null) await once(this.#leash, "exit");
  }
}

function inherited(): Readonly<Record<string, string>> {
  const names = ["PATH", "HOME", "NODE_COMPILE_CACHE"];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}

function parsed(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value));
  } catch {
    // A stack trace, or what a library printed.
  }
  return { text: line };
}
