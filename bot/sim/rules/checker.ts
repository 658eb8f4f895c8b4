import { BudgetRules } from "./budget-rules.ts";
import { FleetRules } from "./fleet-rules.ts";
import { OrderRules } from "./order-rules.ts";
import type { Change, Limits, RebootCall } from "./world.ts";

/** Checks the rules that never break (design, section 13) after every change of the cluster. */
export class RuleChecker {
  readonly #broken: string[] = [];
  readonly #fleet: FleetRules;
  readonly #orders: OrderRules;
  readonly #budgets: BudgetRules;
  #now = 0;

  constructor(limits: Limits) {
    const broken = (rule: string): void => this.#report(rule);
    this.#fleet = new FleetRules(limits, broken);
    this.#orders = new OrderRules(broken);
    this.#budgets = new BudgetRules(broken);
  }

  see(change: Change): void {
    this.#now = change.at;
    this.#fleet.see(change);
    this.#orders.see(change);
    this.#budgets.see(change);
  }

  seeCall(call: RebootCall): void {
    this.#now = call.at;
    this.#orders.seeCall(call);
  }

  atEnd(): void {
    this.#fleet.atEnd();
  }

  /** What was broken, in order, each with its virtual time. */
  broken(): readonly string[] {
    return this.#broken;
  }

  #report(rule: string): void {
    const line = `${new Date(this.#now).toISOString()} ${rule}`;
    if (!this.#broken.includes(line)) this.#broken.push(line);
  }
}
