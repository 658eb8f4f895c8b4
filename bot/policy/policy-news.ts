import type { PolicyNews } from "../coordinator/policy-source-port.ts";
import type { Instant } from "../core/instant.ts";
import type { PolicyOrigin } from "../core/policy/origin.ts";
import { parsePolicy } from "./parse-policy.ts";
import { formatProblem } from "./problem.ts";

/** What was read, and where. */
interface Read {
  readonly file: string;
  /** Null for a plain file. */
  readonly commit: ({ readonly id: string } & Omit<PolicyOrigin, "commit">) | null;
}

/** What a source tells of a text that it read at `now`. */
export function policyNews(text: string, { file, commit: from }: Read, source: string, now: Instant): PolicyNews {
  const commit = from?.id ?? null;
  const origin = from === null ? { commit, subject: null } : { ...from, commit };
  const parsed = parsePolicy(text, { ...origin, file, now });
  if (parsed.ok) return { kind: "good", policy: parsed.policy, source, text };
  return { kind: "bad", problems: parsed.problems.map(formatProblem), source, commit };
}
