import type { Instant } from "./ports.ts";
import type { Order, OrderProgress } from "./protocol.ts";

/** What this process knows of its own last attempt to reboot, and the report can't say. */
export type Attempt =
  /** It wrote `record`, or tried to, and did not call the reboot for it and never will. */
  | { readonly kind: "notCalled"; readonly record: OrderProgress; readonly why: string }
  | { readonly kind: "callFailed"; readonly id: string; readonly why: string };

export interface Situation {
  readonly bootId: string;
  /** From a read made for this decision. */
  readonly order: Order | null;
  /** The latest that the server's clock can show by now. */
  readonly latest: Instant;
  /** As the report shows it. */
  readonly progress: OrderProgress | null;
  readonly attempt: Attempt | null;
}

/** What to do about the order next. All but `rest` are written to the report. */
export type Move =
  | { readonly kind: "rest"; readonly why: string }
  | { readonly kind: "ready"; readonly id: string }
  | { readonly kind: "accept"; readonly progress: OrderProgress }
  | { readonly kind: "reboot"; readonly progress: OrderProgress; readonly notAfter: Instant }
  | { readonly kind: "drop"; readonly progress: OrderProgress; readonly why: string }
  | { readonly kind: "explain"; readonly progress: OrderProgress; readonly why: string };

export function nextMove(situation: Situation): Move {
  const { order, progress, attempt } = situation;
  const settled = attempt === null || progress === null ? null : settleAttempt(attempt, progress);
  if (settled !== null) return settled;
  if (order === null) return withoutOrder(progress);
  if (progress === null || progress.id !== order.id) return newOrder(order, situation.bootId);
  return knownOrder(order, progress, situation);
}

/**
 * `rebooting` in the report may be the claim of another process of this node, whose call is under way: only a record
 * that is exactly our own may be taken back.
 */
function settleAttempt(attempt: Attempt, progress: OrderProgress): Move | null {
  if (attempt.kind === "callFailed") {
    const toSay = progress.id === attempt.id && progress.rebooting !== null && progress.message !== attempt.why;
    return toSay ? { kind: "explain", progress, why: attempt.why } : null;
  }
  const ours = sameProgress(progress, attempt.record) || (progress.id === attempt.record.id && isOpen(progress));
  return ours ? { kind: "drop", progress, why: attempt.why } : null;
}

function withoutOrder(progress: OrderProgress | null): Move {
  if (progress === null) return { kind: "rest", why: "there is no order" };
  if (isOpen(progress)) return { kind: "drop", progress, why: "the order was withdrawn" };
  return { kind: "rest", why: "there is no order, and the last one is settled" };
}

function newOrder(order: Order, bootId: string): Move {
  if (order.fromBootId !== bootId) return { kind: "drop", progress: blank(order.id), why: otherBoot(order, bootId) };
  // The bot gives an order only after `ready`. Without our record of it we may have called already, so we don't.
  if (order.notAfter !== null) {
    return { kind: "drop", progress: blank(order.id), why: "the order was given, but the report has no ready for it" };
  }
  return { kind: "ready", id: order.id };
}

function knownOrder(order: Order, progress: OrderProgress, situation: Situation): Move {
  if (progress.dropped !== null) return { kind: "rest", why: "the order is dropped" };
  if (progress.rebooting !== null) return { kind: "rest", why: "the reboot may have been called for this order" };
  if (order.fromBootId !== situation.bootId) return { kind: "drop", progress, why: otherBoot(order, situation.bootId) };
  if (order.notAfter === null) return { kind: "rest", why: "ready; the order is not given yet" };
  if (situation.latest >= order.notAfter) return { kind: "drop", progress, why: "the order ran out before the reboot" };
  if (progress.ready === null) {
    return { kind: "drop", progress, why: "the order was given, but the report has no ready for it" };
  }
  if (progress.accepted === null) return { kind: "accept", progress };
  return { kind: "reboot", progress, notAfter: order.notAfter };
}

const otherBoot = (order: Order, bootId: string): string =>
  `the order is for boot ${order.fromBootId}, and this is boot ${bootId}`;

/** Neither dropped nor claimed: saying dropped is still safe. */
const isOpen = (progress: OrderProgress): boolean => progress.rebooting === null && progress.dropped === null;

const blank = (id: string): OrderProgress => ({
  id,
  ready: null,
  accepted: null,
  rebooting: null,
  dropped: null,
  message: null,
});

const sameProgress = (one: OrderProgress, other: OrderProgress): boolean =>
  one.id === other.id &&
  one.ready === other.ready &&
  one.accepted === other.accepted &&
  one.rebooting === other.rebooting &&
  one.dropped === other.dropped &&
  one.message === other.message;

/**
 * The order's record in the report once the move is made. `dropped` takes a `rebooting` back that was never followed by
 * a call. The message of `rebooting` carries the process, so that two processes never write the same record.
 */
export function progressAfter(
  current: OrderProgress | null,
  move: Move,
  now: Instant,
  instance: string,
): OrderProgress | null {
  switch (move.kind) {
    case "rest":
      return current;
    case "ready":
      return { ...blank(move.id), ready: now };
    case "accept":
      return { ...move.progress, accepted: now };
    case "reboot":
      return { ...move.progress, rebooting: now, message: `agent ${instance} calls the reboot` };
    case "drop":
      return { ...move.progress, rebooting: null, dropped: now, message: move.why };
    case "explain":
      return { ...move.progress, message: move.why };
    default:
      return move satisfies never;
  }
}
