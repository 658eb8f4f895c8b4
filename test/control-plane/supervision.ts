import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface StartComponent {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly logFile: string;
}

export type FromSupervisor =
  | { readonly kind: "started"; readonly name: string; readonly pid: number }
  | { readonly kind: "ended"; readonly name: string; readonly how: string };

/** A component ended by itself, or never started. `log` is the end of what it wrote. */
export class ComponentEnded extends Error {
  readonly component: string;
  readonly log: string;

  constructor(component: string, how: string, log: string) {
    super(`${component} ended by itself (${how}); its last lines:\n${log}`);
    this.name = "ComponentEnded";
    this.component = component;
    this.log = log;
  }
}

/** The components of one control plane; they and the folder go when `stop` is called or this process ends. */
export class Supervision {
  readonly pids: ReadonlyMap<string, number>;
  /** Aborted, with a ComponentEnded as its reason, once a component ended by itself. */
  readonly broken: AbortSignal;
  readonly #pids = new Map<string, number>();
  readonly #broken = new AbortController();
  readonly #folder: string;
  readonly #supervisor: ChildProcess;
  readonly #gone: Promise<unknown>;

  constructor(folder: string) {
    this.#folder = folder;
    this.pids = this.#pids;
    this.broken = this.#broken.signal;
    const program = join(import.meta.dirname, "supervisor.ts");
    this.#supervisor = fork(program, [folder], {
      detached: true,
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#pids.set("supervisor", this.#supervisor.pid ?? 0);
    this.#gone = once(this.#supervisor, "exit");
    this.#supervisor.on("message", (message) => void this.#hear(parseMessage(message)));
  }

  start(name: string, command: string, args: readonly string[]): void {
    const folder = this.#folder;
    const order: StartComponent = { name, command, args, folder, logFile: this.#logFile(name) };
    this.#supervisor.send(order);
  }

  async stop(): Promise<void> {
    if (this.#supervisor.connected) this.#supervisor.disconnect();
    await this.#gone;
  }

  async #hear(message: FromSupervisor): Promise<void> {
    switch (message.kind) {
      case "started":
        this.#pids.set(message.name, message.pid);
        return;
      case "ended": {
        const log = await readFile(this.#logFile(message.name), "utf8").catch(() => "(no log)");
        this.#broken.abort(new ComponentEnded(message.name, message.how, log.slice(-4000)));
        return;
      }
      default:
        message satisfies never;
    }
  }

  #logFile(name: string): string {
    return join(this.#folder, "logs", `${name}.log`);
  }
}

function parseMessage(message: unknown): FromSupervisor {
  return message as FromSupervisor;
}
