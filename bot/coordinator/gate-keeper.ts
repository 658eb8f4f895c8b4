import type { GateReadings } from "../core/fleet/gate.ts";
import { gateKey } from "../core/gates/judge.ts";
import type { AskedGate } from "../core/policy/policy.ts";
import type { Clock, Gates } from "./ports.ts";

/** Two tell a gate that is open from one that flaps. */
const KEPT = 2;

interface GateParts {
  readonly gates: Gates;
  readonly clock: Clock;
}

/** Has gates read, each at most once at a time, and keeps the newest readings. */
export class GateKeeper {
  readonly #parts: GateParts;
  readonly #read: () => void;
  readonly #readings = new Map<string, GateReadings>();
  readonly #running = new Set<string>();

  /** `read` is called after each reading. */
  constructor(parts: GateParts, read: () => void) {
    this.#parts = parts;
    this.#read = read;
  }

  readings(): ReadonlyMap<string, GateReadings> {
    return this.#readings;
  }

  want(gates: readonly AskedGate[]): void {
    for (const gate of gates) if (!this.#running.has(gateKey(gate))) void this.#ask(gate);
  }

  async #ask(gate: AskedGate): Promise<void> {
    const key = gateKey(gate);
    this.#running.add(key);
    // An answer is as old as its question: a process may stand still between the two.
    const at = this.#parts.clock.now();
    const answer = await this.#parts.gates.read(gate);
    this.#running.delete(key);
    const before = this.#readings.get(key) ?? [];
    this.#readings.set(key, [{ at, answer }, ...before].slice(0, KEPT));
    this.#read();
  }
}
