import type { DecisionRequest } from "../../coordinator/ports.ts";
import type { Target, Verb } from "../../core/fleet/decision.ts";
import { shortHash } from "../../core/fleet/order.ts";
import { type Instant, MINUTE } from "../../core/instant.ts";
import type { Requester } from "./requester.ts";

interface Asked {
  readonly verb: Verb;
  readonly targets: readonly Target[];
  readonly reason: string | null;
  readonly until: Instant | null;
}

/** The same asked for again within the minute has the same name, and so is the same decision. */
export function requestOf(asked: Asked, { id, groups }: Requester, now: Instant): DecisionRequest {
  const { verb, targets, reason, until } = asked;
  const sorted = [...groups].sort();
  const about = targets.flatMap(({ node, digest }) => [node, digest ?? ""]);
  const minute = String(Math.floor(now / MINUTE));
  const name = `cli-${shortHash([id, ...sorted, verb, ...about, reason ?? "", String(until ?? ""), minute])}`;
  return { name, verb, targets, by: { system: "kubernetes", id }, groups: sorted, reason, until };
}
