import type { Stoppable } from "../coordinator/ports.ts";

/** Any call. */
const ANY = "*";

interface Rule<Fault> {
  readonly call: string;
  readonly every: number;
  readonly fault: Fault;
  calls: number;
}

/** Faults in waiting, first in first out for each kind of call, and rules that go on until they are stopped. "*" is any call. */
export class ScriptedFaults<Fault> {
  readonly #waiting = new Map<string, Fault[]>();
  readonly #rules = new Set<Rule<Fault>>();

  failNext(call: string, ...faults: readonly Fault[]): void {
    this.#waiting.set(call, [...(this.#waiting.get(call) ?? []), ...faults]);
  }

  /** Each `every`-th call of this kind from now on. */
  failEvery(call: string, every: number, fault: Fault): Stoppable {
    const rule: Rule<Fault> = { call, every, fault, calls: 0 };
    this.#rules.add(rule);
    return { stop: () => this.#rules.delete(rule) };
  }

  take(call: string): Fault | null {
    const once = this.#waiting.get(call)?.shift() ?? this.#waiting.get(ANY)?.shift() ?? null;
    const ruled = [...this.#rules].filter((rule) => isHit(rule, call))[0];
    return once ?? ruled?.fault ?? null;
  }
}

function isHit(rule: Rule<unknown>, call: string): boolean {
  if (rule.call !== ANY && rule.call !== call) return false;
  rule.calls += 1;
  return rule.calls % rule.every === 0;
}
