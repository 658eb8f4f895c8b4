import { formatInstant, type Instant, wallClock } from "../../core/instant.ts";
import { listed } from "../../core/listed.ts";
import { versionText } from "../../core/policy/under-policy.ts";
import { columns } from "../columns.ts";
import type { Past } from "./past.ts";

export function asText(past: readonly Past[], zone: string, now: Instant): readonly string[] {
  if (past.length === 0) return ["Nothing is on record."];
  const lines = columns(
    past.map((one) => [wallClock(one.at, zone, now), ...cells(one)]),
    "",
  );
  const pages = pageLines(past);
  return pages.length === 0 ? lines : [...lines, "", ...pages];
}

/** Each policy that something was done under, once, with where to see it. */
function pageLines(past: readonly Past[]): readonly string[] {
  const lines = past.flatMap((one) => {
    return one.policyUrl === null ? [] : [`policy ${versionText(one)}: ${one.policyUrl}`];
  });
  return [...new Set(lines)];
}

/** Whom it is about, what it was, and what came of it. */
function cells(past: Past): readonly [string, string, string] {
  const version = versionText(past);
  const under = version === null ? "" : ` · policy ${version}`;
  if (past.kind === "decision") {
    const { nodes, verb, by, outcome, reason, says } = past;
    const why = reason === null ? "" : `"${reason}" `;
    const came = outcome === "counted" ? says : `${outcome === "refused" ? "Refused: " : ""}${says}`;
    return [nodes.length === 0 ? "all nodes" : listed(nodes), `${verb} by ${by}`, `${why}${came}${under}`];
  }
  const { node, phase, says } = past;
  return [node, phase, `${says}${under}`];
}

/** The shape is documented in docs/cli.md. */
export const asJson = (past: readonly Past[]) => past.map((one) => ({ ...one, at: formatInstant(one.at) }));
