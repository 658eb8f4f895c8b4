import type { DecisionRequest } from "../../coordinator/ports.ts";
import type { Decision, Target, Verb } from "../../core/fleet/decision.ts";
import { shortHash } from "../../core/fleet/order.ts";
import { type Instant, MINUTE } from "../../core/instant.ts";
import type { Requester } from "./requester.ts";

interface Asked {
  readonly verb: Verb;
  readonly targets: readonly Target[];
  readonly reason: string | null;
  readonly until: Instant | null;
}

/** What there is when it is asked for. */
interface At {
  readonly now: Instant;
  readonly decisions: Iterable<Decision>;
}

/**
 * The same asked for again within the minute has the same name, and so is the same decision; but not where something else
 * was decided in between: to approve again what was just withdrawn is a new approval.
 */
export function requestOf(asked: Asked, { id, groups }: Requester, { now, decisions }: At): DecisionRequest {
  const { verb, targets, reason, until } = asked;
  const request = {
    verb,
    targets,
    reason,
    until,
    by: { system: "kubernetes", id },
    groups: [...groups].sort(),
  } as const;
  const about = targets.flatMap(({ node, digest }) => [node, digest ?? ""]);
  const minute = String(Math.floor(now / MINUTE));
  const before = newestOther(request, decisions) ?? "";
  const parts = [id, ...request.groups, verb, ...about, reason ?? "", String(until ?? ""), before, minute];
  return { ...request, name: `cli-${shortHash(parts)}` };
}

/** The newest decision about any of its nodes that asks for anything else, by name. */
function newestOther(request: Omit<DecisionRequest, "name">, decisions: Iterable<Decision>): string | null {
  const others = [...decisions].filter((one) => isAboutSame(request, one) && !isSame(request, one));
  const newest = others.sort((a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1)).at(-1);
  return newest?.name ?? null;
}

function isAboutSame({ targets }: Pick<Decision, "targets">, other: Decision): boolean {
  const nodes = new Set(other.targets.map(({ node }) => node));
  return targets.length === 0 ? nodes.size === 0 : targets.some(({ node }) => nodes.has(node));
}

const isSame = ({ verb, by, reason, until }: Omit<DecisionRequest, "name">, other: Decision): boolean =>
  other.verb === verb &&
  other.by.system === by.system &&
  other.by.id === by.id &&
  other.reason === reason &&
  other.until === until;
