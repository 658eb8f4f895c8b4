import { notFound, page, type Reply, type RepositoryCall } from "./call.ts";
import type { Repository } from "./repository.ts";

export type Rule =
  | { readonly kind: "pull request" }
  | { readonly kind: "merge queue" }
  | { readonly kind: "required checks"; readonly contexts: readonly string[] };

/** An active one. */
export interface Ruleset {
  readonly id: number;
  readonly branch: string;
  readonly rules: readonly Rule[];
}

/** GitHub lists the rules of all rulesets in one; of a branch that is not there, too. */
export function listBranchRules(call: RepositoryCall): Reply {
  const { github, repository, parameters } = call;
  if (!github.hasRulesets) return notFound();
  const rules = repository
    .rulesetsFor(parameters["branch"] ?? "")
    .flatMap((ruleset) => ruleset.rules.map((rule) => showRule(repository, ruleset, rule)));
  return page(call, rules, (some) => some);
}

function showRule({ fullName }: Repository, { id }: Ruleset, rule: Rule) {
  return { ...termsOf(rule), ruleset_source_type: "Repository", ruleset_source: fullName, ruleset_id: id };
}

function termsOf(rule: Rule) {
  switch (rule.kind) {
    case "pull request":
      return { type: "pull_request", parameters: REVIEWED };
    case "merge queue":
      return { type: "merge_queue", parameters: QUEUED };
    case "required checks": {
      const required = rule.contexts.map((context) => ({ context }));
      const parameters = { required_status_checks: required, strict_required_status_checks_policy: false };
      return { type: "required_status_checks", parameters };
    }
    default:
      return rule satisfies never;
  }
}

const REVIEWED = {
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: true,
  require_last_push_approval: false,
  required_approving_review_count: 1,
  required_review_thread_resolution: false,
};

const QUEUED = {
  check_response_timeout_minutes: 60,
  grouping_strategy: "ALLGREEN",
  max_entries_to_build: 5,
  max_entries_to_merge: 5,
  merge_method: "MERGE",
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 5,
};
