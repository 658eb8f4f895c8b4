import type { Stoppable } from "../../coordinator/ports.ts";

/** What a Web API method answers instead of doing its work. */
export type Fault =
  /** HTTP 429; without seconds there is no Retry-After header. */
  | { readonly kind: "rate-limited"; readonly retryAfterSeconds?: number }
  | { readonly kind: "status"; readonly code: number }
  /** `{ok: false, error}`: "invalid_auth", "fatal_error". */
  | { readonly kind: "error"; readonly error: string }
  /** The connection ends without an answer; `arrived` says whether the request was carried out before. */
  | { readonly kind: "cut"; readonly arrived: boolean };

interface Rule {
  readonly method: string;
  readonly every: number;
  readonly fault: Fault;
  calls: number;
}

/** Faults in waiting, first in first out for each method, and rules that go on until they are stopped. */
export class Faults {
  readonly #waiting = new Map<string, Fault[]>();
  readonly #rules = new Set<Rule>();

  failNext(method: string, ...faults: readonly Fault[]): void {
    this.#waiting.set(method, [...(this.#waiting.get(method) ?? []), ...faults]);
  }

  /** Each `every`-th call of the method from now on. */
  failEvery(method: string, every: number, fault: Fault): Stoppable {
    const rule: Rule = { method, every, fault, calls: 0 };
    this.#rules.add(rule);
    return { stop: () => this.#rules.delete(rule) };
  }

  take(method: string): Fault | null {
    const once = this.#waiting.get(method)?.shift() ?? null;
    const ruled = [...this.#rules].filter((rule) => isHit(rule, method))[0];
    return once ?? ruled?.fault ?? null;
  }
}

function isHit(rule: Rule, method: string): boolean {
  if (rule.method !== method) return false;
  rule.calls += 1;
  return rule.calls % rule.every === 0;
}
