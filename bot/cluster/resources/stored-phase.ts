import { formatOrder } from "../../../agent/protocol.ts";
import type { FailureCause, Phase } from "../../core/fleet/phase.ts";
import { formatInstant } from "../../core/instant.ts";
import { orAbsent, timeOr, timeText } from "./fields.ts";
import type { StoredStatus } from "./node-reboot-schema.ts";
import { readRefusal, readYieldReason, storedRefusal, storedYieldReason } from "./stored-reason.ts";

/** Null when the object that `phase` names is missing. */
export function readPhase(status: StoredStatus): Phase | null {
  switch (status.phase) {
    case "waiting":
      return { kind: "waiting" };
    case "preparing":
      return status.preparing === undefined ? null : { kind: "preparing", ...begun(status.preparing) };
    case "draining":
      return readDraining(status.draining);
    case "rebooting":
      return readRebooting(status.rebooting);
    case "verifying":
      return readVerifying(status.verifying);
    case "yielding":
      return readYielding(status.yielding);
    case "failed":
      return readFailed(status.failed);
    default:
      return status.phase satisfies never;
  }
}

const begun = ({ order, fromBootID, since }: { order: string; fromBootID: string; since: string }) => ({
  order,
  fromBootId: fromBootID,
  since: timeOr(since, 0),
});

function readDraining(stored: StoredStatus["draining"]): Phase | null {
  if (stored === undefined) return null;
  return {
    kind: "draining",
    ...begun(stored),
    refused: stored.refused.map(readRefusal),
    onlyRefusedSince: timeOr(stored.onlyRefusedSince, null),
    emptySince: timeOr(stored.emptySince, null),
    forcedBy: stored.forcedBy ?? null,
  };
}

function readRebooting(stored: StoredStatus["rebooting"]): Phase | null {
  if (stored === undefined) return null;
  return {
    kind: "rebooting",
    order: stored.order,
    fromBootId: stored.fromBootID,
    givenAt: timeOr(stored.givenAt, 0),
    notAfter: timeOr(stored.notAfter, 0),
    agent: { accepted: timeOr(stored.accepted, null), rebooting: timeOr(stored.rebooting, null) },
  };
}

function readVerifying(stored: StoredStatus["verifying"]): Phase | null {
  if (stored === undefined) return null;
  const soakingSince = timeOr(stored.soakingSince, null);
  return { kind: "verifying", ...begun(stored), bootId: stored.bootID, soakingSince };
}

function readYielding(stored: StoredStatus["yielding"]): Phase | null {
  if (stored === undefined) return null;
  return {
    kind: "yielding",
    ...begun(stored),
    notAfter: timeOr(stored.notAfter, null),
    mayBeCordoned: stored.mayBeCordoned,
    why: readYieldReason(stored.why),
  };
}

function readFailed(stored: StoredStatus["failed"]): Phase | null {
  if (stored === undefined) return null;
  const { notAfter, cause, freed } = stored;
  return {
    kind: "failed",
    ...begun(stored),
    notAfter: timeOr(notAfter, 0),
    cause: readCause(cause),
    freed: freed ?? false,
  };
}

function readCause({ kind, calledAt, what = "", stage, hook = "" }: StoredCause): FailureCause {
  switch (kind) {
    case "did not come back":
      return { kind, calledAt: timeOr(calledAt, null) };
    case "hook failed":
      return { kind, stage: stage ?? "afterReboot", hook, what };
    default:
      return { kind, what };
  }
}

type StoredPhase = Pick<StoredStatus, "phase" | "order" | Exclude<Phase["kind"], "waiting">>;

/** The phase with its one object, and the order as far as the agent may see it. */
export function storedPhase(phase: Phase): StoredPhase {
  switch (phase.kind) {
    case "waiting":
      return { phase: "waiting" };
    case "preparing":
      return { phase: "preparing", order: orderOf(phase), preparing: under(phase) };
    case "draining":
      return { phase: "draining", order: orderOf(phase), draining: storedDraining(phase) };
    case "rebooting":
      return { phase: "rebooting", order: orderOf(phase, phase.notAfter), rebooting: storedRebooting(phase) };
    case "verifying": {
      const verifying = { ...under(phase), bootID: phase.bootId, soakingSince: timeText(phase.soakingSince) };
      return { phase: "verifying", verifying };
    }
    case "yielding": {
      const { mayBeCordoned, why } = phase;
      const notAfter = timeText(phase.notAfter);
      return { phase: "yielding", yielding: { ...under(phase), notAfter, mayBeCordoned, why: storedYieldReason(why) } };
    }
    case "failed": {
      const failed = {
        ...under(phase),
        notAfter: formatInstant(phase.notAfter),
        cause: storedCause(phase.cause),
        freed: phase.freed,
      };
      return { phase: "failed", failed };
    }
    default:
      return phase satisfies never;
  }
}

const under = ({ order, fromBootId, since }: { order: string; fromBootId: string; since: number }) => ({
  order,
  fromBootID: fromBootId,
  since: formatInstant(since),
});

/** In the agent's own words, so that both sides of the handshake mean the same. */
const orderOf = ({ order, fromBootId }: { order: string; fromBootId: string }, notAfter: number | null = null) =>
  formatOrder({ id: order, fromBootId, notAfter });

function storedDraining(phase: Phase & { kind: "draining" }): StoredStatus["draining"] {
  return {
    ...under(phase),
    refused: phase.refused.map(storedRefusal),
    onlyRefusedSince: timeText(phase.onlyRefusedSince),
    emptySince: timeText(phase.emptySince),
    forcedBy: orAbsent(phase.forcedBy),
  };
}

function storedRebooting(phase: Phase & { kind: "rebooting" }): StoredStatus["rebooting"] {
  return {
    order: phase.order,
    fromBootID: phase.fromBootId,
    givenAt: formatInstant(phase.givenAt),
    notAfter: formatInstant(phase.notAfter),
    accepted: timeText(phase.agent.accepted),
    rebooting: timeText(phase.agent.rebooting),
  };
}

function storedCause(cause: FailureCause): StoredCause {
  return cause.kind === "did not come back" ? { kind: cause.kind, calledAt: timeText(cause.calledAt) } : cause;
}

type StoredCause = NonNullable<StoredStatus["failed"]>["cause"];
