import type { Diagnosis } from "../../core/fleet/diagnosis.ts";
import type { Refusal, YieldReason } from "../../core/fleet/phase.ts";
import { formatInstant } from "../../core/instant.ts";
import { orAbsent, timeOr } from "./fields.ts";
import type { StoredDiagnosis, StoredRefusal, StoredYieldReason } from "./node-reboot-schema.ts";
import { readMovable, storedMovable } from "./stored-move.ts";

export function readRefusal({ podUID, at, diagnosis, ...rest }: StoredRefusal): Refusal {
  const known = diagnosis === undefined ? null : readDiagnosis(diagnosis);
  return { ...rest, podUid: podUID, diagnosis: known, at: timeOr(at, 0) };
}

export function storedRefusal({ podUid, at, diagnosis, ...rest }: Refusal): StoredRefusal {
  const known = diagnosis === null ? {} : { diagnosis: storedDiagnosis(diagnosis) };
  return { ...rest, ...known, budgets: [...rest.budgets], podUID: podUid, at: formatInstant(at) };
}

function readDiagnosis({ movable, notMovable, owner, ...rest }: StoredDiagnosis): Diagnosis {
  return { ...rest, owner: owner ?? null, move: readMove(movable, notMovable) };
}

function readMove(movable: StoredDiagnosis["movable"], notMovable: string | undefined): Diagnosis["move"] {
  if (movable !== undefined) return { kind: "possible", deployment: readMovable(movable) };
  return notMovable === undefined ? null : { kind: "impossible", because: notMovable };
}

function storedDiagnosis({ move, fixes, owner, ...rest }: Diagnosis): StoredDiagnosis {
  const said = { ...rest, fixes: [...fixes], owner: orAbsent(owner) };
  if (move === null) return said;
  if (move.kind === "impossible") return { ...said, notMovable: move.because };
  return { ...said, movable: storedMovable(move.deployment) };
}

export function readYieldReason({ kind, message, refused, name, by }: StoredYieldReason): YieldReason {
  switch (kind) {
    case "gate":
      return { kind, gate: name ?? "", says: message ?? "" };
    case "hook failed":
      return { kind, hook: name ?? "", says: message ?? "" };
    case "withdrawn":
    case "released":
    case "tried again":
      return { kind, by: by ?? "someone" };
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
    case "gate":
      return { kind: why.kind, name: why.gate, message: why.says };
    case "hook failed":
      return { kind: why.kind, name: why.hook, message: why.says };
    case "withdrawn":
    case "released":
    case "tried again":
      return { kind: why.kind, by: why.by };
    case "blocked":
      return { kind: why.kind, refused: why.refused.map(storedRefusal) };
    case "agent dropped":
      return { kind: why.kind, message: why.message };
    default:
      return { kind: why.kind };
  }
}
