import { at, type Change, cordonedFor, list, nameOf, type RebootCall, text, time } from "./world.ts";

interface Order {
  readonly node: string;
  readonly fromBootId: string;
  readonly notAfter: number;
  dropped: boolean;
  calls: number;
}

/** A reboot that was called in time has begun by then (design, section 5: "reboot did not happen"). */
const NEVER_AFTER = 60_000;

interface Host {
  order: string;
  pending: string;
  /** What the last call was made for, and on which boot; `isDead` once it is sure that nothing came of it. */
  called: {
    readonly pending: string;
    readonly bootId: string;
    readonly notAfter: number;
    readonly isDead: boolean;
  } | null;
}

/** Rules 2 (its second half), 4 and 7: what an order may do, and when a node may be uncordoned. */
export class OrderRules {
  readonly #broken: (rule: string) => void;
  readonly #orders = new Map<string, Order>();
  readonly #hosts = new Map<string, Host>();
  readonly #cordons = new Map<string, string>();
  readonly #bootIds = new Map<string, string>();
  /** Nodes for which somebody said retry since their last call, with the boot that they said it on. */
  readonly #retried = new Map<string, string>();

  constructor(broken: (rule: string) => void) {
    this.#broken = broken;
  }

  see(change: Change): void {
    if (change.resource === "nodereboots") this.#seeOrder(change.after);
    if (change.resource === "hostreports") this.#seeReport(change.after);
    if (change.resource === "nodes") this.#seeNode(change);
    if (change.resource === "rebootdecisions") this.#seeDecision(change.after);
  }

  seeCall({ at: now, node }: RebootCall): void {
    const host = this.#hosts.get(node);
    const order = host === undefined ? undefined : this.#orders.get(host.order);
    if (host === undefined || order === undefined) {
      this.#broken(`rule 4: ${node} called its reboot without an order`);
      return;
    }
    order.calls += 1;
    if (order.calls > 1) this.#broken(`rule 4: order ${host.order} of ${node} rebooted ${order.calls} times`);
    if (now > order.notAfter) {
      this.#broken(
        `rule 2: ${node} called its reboot ${(now - order.notAfter) / 1000} s after order ${host.order} ended`,
      );
    }
    if (this.#cordons.get(node) !== host.order)
      this.#broken(`rule 7: ${node} called its reboot without the cordon of its order`);
    this.#checkHelps(node, host, order.notAfter);
  }

  /**
   * Whether the node was rebooted since the last call, for the very reasons that it still wants to be rebooted for, and
   * nobody said retry. Also by something else than a call of which nothing came: its need is older than its boot all the same.
   */
  wasNotHelped(node: string): boolean {
    const bootId = this.#bootIds.get(node) ?? "";
    return this.#retried.get(node) !== bootId && this.#isAsBefore(node);
  }

  #isAsBefore(node: string): boolean {
    const host = this.#hosts.get(node);
    if (host === undefined || host.called === null) return false;
    return host.called.bootId !== (this.#bootIds.get(node) ?? "") && host.called.pending === host.pending;
  }

  #checkHelps(node: string, host: Host, notAfter: number): void {
    if (host.called?.isDead === false && !this.#retried.has(node) && this.#isAsBefore(node))
      this.#broken(`rule 4: ${node} was rebooted again for what a reboot had not helped`);
    host.called = { pending: host.pending, bootId: this.#bootIds.get(node) ?? "", notAfter, isDead: false };
    this.#retried.delete(node);
  }

  #seeOrder(reboot: unknown): void {
    const order = at(reboot, "status", "order");
    const id = text(at(order, "id"));
    const notAfter = time(at(order, "notAfter"));
    if (id === "" || Number.isNaN(notAfter) || this.#orders.has(id)) return;
    this.#orders.set(id, {
      node: nameOf(reboot),
      fromBootId: text(at(order, "fromBootID")),
      notAfter,
      dropped: false,
      calls: 0,
    });
  }

  #seeReport(report: unknown): void {
    const status = at(report, "status");
    const id = text(at(status, "order", "id"));
    const reasons = list(at(status, "pending", "reasons")).map((reason) => text(at(reason, "identity")));
    const known = this.#hosts.get(nameOf(report));
    const host = { order: id, pending: reasons.join(), called: known?.called ?? null };
    if (host.pending === "") host.called = null;
    else if (host.called !== null && neverWentDown(host.called, status)) host.called = { ...host.called, isDead: true };
    this.#hosts.set(nameOf(report), host);
    const order = this.#orders.get(id);
    if (order !== undefined && text(at(status, "order", "dropped")) !== "") order.dropped = true;
  }

  #seeNode({ before, after, actor, at: now }: Change): void {
    const node = nameOf(after ?? before);
    const bootId = text(at(after, "status", "nodeInfo", "bootID"));
    if (bootId !== "") this.#bootIds.set(node, bootId);
    const cordon = after === null ? "" : cordonedFor(after);
    const lifted = cordonedFor(before) !== "" && cordon === "" && after !== null;
    this.#cordons.set(node, cordon);
    if (lifted && actor.startsWith("bot")) this.#checkUncordon(node, now);
  }

  /** A boot ID that differs proves the order spent; a drop, or its end, proves that it can't be executed any more. */
  #checkUncordon(node: string, now: number): void {
    for (const [id, order] of this.#orders) {
      if (order.node !== node || order.dropped || order.fromBootId !== this.#bootIds.get(node)) continue;
      if (now <= order.notAfter)
        this.#broken(`rule 7: ${node} was uncordoned while order ${id} could still be executed`);
    }
  }

  #seeDecision(decision: unknown): void {
    if (text(at(decision, "status", "outcome")) !== "counted") return;
    const verb = text(at(decision, "spec", "verb"));
    for (const node of list(at(decision, "spec", "targets")).map((target) => text(at(target, "node")))) {
      if (verb === "retry") this.#retried.set(node, this.#bootIds.get(node) ?? "");
      if (verb === "withdraw") this.#retried.delete(node);
    }
  }
}

/** Long after its order ended the host still speaks from the same boot: what boots it later was not that call. */
function neverWentDown(called: Host["called"], status: unknown): boolean {
  return (
    called !== null &&
    text(at(status, "bootID")) === called.bootId &&
    time(at(status, "heartbeat")) > called.notAfter + NEVER_AFTER
  );
}
