import type { Refusal, YieldReason } from "../../core/fleet/phase.ts";
import { formatInstant } from "../../core/instant.ts";
import { timeOr } from "./fields.ts";
import type { StoredRefusal, StoredYieldReason } from "./node-reboot-schema.ts";

export function readRefusal({ podUID, at, ...rest }: StoredRefusal): Refusal {
  return { ...rest, podUid: podUID, at: timeOr(at, 0) };
}

export function storedRefusal({ podUid, at, ...rest }: Refusal): StoredRefusal {
  return { ...rest, budgets: [...rest.budgets], podUID: podUid, at: formatInstant(at) };
}

export function readYieldReason({ kind, message, refused }: StoredYieldReason): YieldReason {
  switch (kind) {
    case "blocked":
      return { kind, refused: (refused ?? []).map(readRefusal) };
    case "agent dropped":
      return { kind, message: message ?? "" };
    default:
      return { kind };
  }
}

export function storedYieldReason(why: YieldReason): StoredYieldReason {
  switch (why.kind) {
    case "blocked":
      return { kind: why.kind, refused: why.refused.map(storedRefusal) };
    case "agent dropped":
      return { kind: why.kind, message: why.message };
    default:
      return { kind: why.kind };
  }
}
