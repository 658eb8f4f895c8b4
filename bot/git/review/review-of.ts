import { effectOf } from "../../core/effect/effect.ts";
import { headline } from "../../core/effect/headline.ts";
import { NEAR } from "../../core/forecast/forecast.ts";
import { cleaned } from "../../core/harmless.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Problem } from "../../core/policy/problem.ts";
import { effectMarkdown } from "./effect-text.ts";
import { capital, clipped, codeSpan, sentence } from "./markdown.ts";
import type { Annotation, Check, Proposal, Review, Standing } from "./review.ts";
import { fitted, type Section } from "./sections.ts";

/** A check run's text, and a comment, may have some more. */
const TEXT_MOST = 60_000;
const TITLE_MOST = 120;
const MESSAGE_MOST = 2_000;

/** What the bot says to a proposal: what is wrong with it, or what it would do to the cluster as it is now. */
export function reviewOf(proposal: Proposal, check: Check, standing: Standing): Review {
  const { file } = proposal;
  if (proposal.kind === "unfit") return badReview([problemAt(file, proposal.problem)]);
  const checked = check(proposal.text, file);
  if (!checked.ok) return badReview(checked.problems);
  const other = otherCluster(checked.policy, { file, text: proposal.text, standing });
  if (other !== null) return badReview([other, ...checked.warnings]);
  return goodReview(checked.policy, checked.warnings, standing);
}

function goodReview(policy: Policy, warnings: readonly Problem[], { snapshot, inForce, now }: Standing): Review {
  const effect = effectOf(snapshot, policy, { inForce, now, limits: NEAR });
  const count = effect.warnings.length;
  const warned = count === 0 ? "" : `${count} ${count === 1 ? "warning" : "warnings"}; `;
  const notes = warnings.length === 0 ? [] : [problemsSection("**Notes of the check**", warnings)];
  return {
    isGood: true,
    title: clipped(cleaned(capital(`${warned}${headline(effect)}`)), TITLE_MOST),
    text: effectMarkdown(effect, TEXT_MOST, notes),
    annotations: warnings.map(annotationOf),
  };
}

function badReview(problems: readonly Problem[]): Review {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const title = `${errors} ${errors === 1 ? "problem" : "problems"}`;
  const says = `**${title}.** The bot would not use this policy, and would go on with the one in force.`;
  const head: Section = { title: null, lines: [says], more: () => "" };
  return {
    isGood: false,
    title,
    text: fitted([head, problemsSection(null, problems)], TEXT_MOST),
    annotations: [...problems].sort((a, b) => a.line - b.line || a.column - b.column).map(annotationOf),
  };
}

const problemAt = (file: string, message: string, line = 1, column = 1): Problem => ({
  ...{ file, line, column, path: "", message, severity: "error" },
});

interface Asked {
  readonly file: string;
  readonly text: string;
  readonly standing: Standing;
}

/** The key itself was read as one of the file, so it stands at the beginning of a line of it, or in braces. */
function otherCluster({ cluster }: Policy, { file, text, standing: { clusterName } }: Asked): Problem | null {
  if (cluster === clusterName) return null;
  const line = text.split("\n").findIndex((one) => /^\s*(["']?)cluster\1\s*:/.test(one));
  const column = line === -1 ? 0 : (text.split("\n")[line] ?? "").search(/\S/);
  const message = `this policy is for cluster ${cluster}, and this bot reboots the nodes of ${clusterName}`;
  return { ...problemAt(file, message, Math.max(0, line) + 1, column + 1), path: "cluster" };
}

function problemsSection(title: string | null, problems: readonly Problem[]): Section {
  return {
    title,
    lines: problems.map(problemLine),
    more: (count) => `… and ${count} more.`,
  };
}

function problemLine({ file, line, column, path, message, severity }: Problem): string {
  const kind = severity === "warning" ? "warning: " : "";
  const where = path === "" ? "" : `${codeSpan(path)}: `;
  return `- ${codeSpan(`${file}:${line}:${column}`)} ${kind}${where}${sentence(clipped(message, MESSAGE_MOST))}`;
}

const annotationOf = ({ line, column, path, message, severity }: Problem): Annotation => ({
  line,
  column,
  level: severity === "error" ? "failure" : "warning",
  title: path === "" ? "policy" : path,
  message,
});
