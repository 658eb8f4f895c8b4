import { formatInstant, type Instant, wallClock } from "../../core/instant.ts";
import { listed } from "../../core/listed.ts";
import { columns } from "../columns.ts";
import type { Past } from "./past.ts";

export function asText(past: readonly Past[], zone: string, now: Instant): readonly string[] {
  if (past.length === 0) return ["Nothing is on record."];
  return columns(
    past.map((one) => [wallClock(one.at, zone, now), ...cells(one)]),
    "",
  );
}

/** Whom it is about, what it was, and what came of it. */
function cells(past: Past): readonly [string, string, string] {
  if (past.kind === "decision") {
    const { nodes, verb, by, outcome, reason, says } = past;
    const why = reason === null ? "" : `"${reason}" `;
    const came = outcome === "counted" ? says : `${outcome === "refused" ? "Refused: " : ""}${says}`;
    return [nodes.length === 0 ? "all nodes" : listed(nodes), `${verb} by ${by}`, `${why}${came}`];
  }
  const { node, phase, says, policyCommit } = past;
  const commit = policyCommit === null ? "" : ` (policy ${policyCommit.slice(0, 7)})`;
  return [node, phase, `${says}${commit}`];
}

/** The shape is documented in docs/cli.md. */
export const asJson = (past: readonly Past[]) => past.map((one) => ({ ...one, at: formatInstant(one.at) }));
