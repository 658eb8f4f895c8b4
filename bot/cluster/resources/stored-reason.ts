import type { Refusal, YieldReason } from "../../core/fleet/phase.ts";
import { formatInstant } from "../../core/instant.ts";
import { orAbsent, timeOr } from "./fields.ts";
import type { StoredRefusal, StoredYieldReason } from "./node-reboot-schema.ts";

export function readRefusal({ podUID, at, diagnosis, ...rest }: StoredRefusal): Refusal {
  const known = diagnosis === undefined ? null : { ...diagnosis, owner: diagnosis.owner ?? null };
  return { ...rest, podUid: podUID, diagnosis: known, at: timeOr(at, 0) };
}

export function storedRefusal({ podUid, at, diagnosis, ...rest }: Refusal): StoredRefusal {
  const known =
    diagnosis === null
      ? {}
      : { diagnosis: { ...diagnosis, fixes: [...diagnosis.fixes], owner: orAbsent(diagnosis.owner) } };
  return { ...rest, ...known, budgets: [...rest.budgets], podUID: podUid, at: formatInstant(at) };
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
