import type { Stoppable } from "../../coordinator/ports.ts";
import type { Duration } from "../../core/instant.ts";

/** What a route answers instead of doing its work. */
export type Fault =
  | { readonly kind: "status"; readonly code: number; readonly message?: string }
  /** A page of a proxy or of the unicorn, where JSON should be. */
  | { readonly kind: "html"; readonly code: number }
  /** The connection ends without an answer; `arrived` says whether the request was carried out before. */
  | { readonly kind: "cut"; readonly arrived: boolean }
  /** Carried out and answered after this time, by the given clock. */
  | { readonly kind: "slow"; readonly delay: Duration }
  /** The hour's calls are used up; they come back after `resetIn`. */
  | { readonly kind: "primary limit"; readonly code: 403 | 429; readonly resetIn: Duration }
  /** Without seconds there is no retry-after. */
  | { readonly kind: "secondary limit"; readonly code: 403 | 429; readonly retryAfterSeconds?: number };

interface Rule {
  readonly route: string;
  readonly every: number;
  readonly fault: Fault;
  calls: number;
}

/** A route is named as octokit names it, "GET /repos/{owner}/{repo}/contents/{path}"; "*" is any call. */
export class Faults {
  readonly #waiting = new Map<string, Fault[]>();
  readonly #rules = new Set<Rule>();

  failNext(route: string, ...faults: readonly Fault[]): void {
    this.#waiting.set(route, [...(this.#waiting.get(route) ?? []), ...faults]);
  }

  /** Each `every`-th call of the route from now on. */
  failEvery(route: string, every: number, fault: Fault): Stoppable {
    const rule: Rule = { route, every, fault, calls: 0 };
    this.#rules.add(rule);
    return { stop: () => this.#rules.delete(rule) };
  }

  take(route: string): Fault | null {
    const once = this.#waiting.get(route)?.shift() ?? this.#waiting.get("*")?.shift() ?? null;
    const ruled = [...this.#rules].filter((rule) => isHit(rule, route))[0];
    return once ?? ruled?.fault ?? null;
  }
}

function isHit(rule: Rule, route: string): boolean {
  if (rule.route !== "*" && rule.route !== route) return false;
  rule.calls += 1;
  return rule.calls % rule.every === 0;
}
