import type { z } from "zod";
import type { Policy, Pool } from "../core/policy/policy.ts";
import { crossCheck } from "./cross-checks.ts";
import { unknownKey } from "./known-keys.ts";
import { formatPath, type Path, type Problem } from "./problem.ts";
import { policySchema, type WrittenPolicy, type WrittenPool } from "./schema.ts";
import { readYaml } from "./yaml-text.ts";

/** Where a policy's text came from. */
export interface Origin {
  /** As it is shown in problems. */
  readonly file: string;
  readonly commit: string | null;
  /** The first line of the commit's message. */
  readonly subject: string | null;
}

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  /** All of them at once, in the order of their places. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parsePolicy(text: string, origin: Origin): ParsedPolicy {
  const { document, problems } = readYaml(text, origin.file);
  if (document === null) return { ok: false, problems: problems.sorted() };
  const say = (path: Path, message: string): void => problems.add(document, path, message);
  const parsed = policySchema.safeParse(document.toJS());
  if (!parsed.success) {
    const sayOne = (path: Path, message: string): void => say(path, document.hasIn(path) ? message : "is missing");
    for (const issue of parsed.error.issues) sayIssue(issue, [], sayOne);
    return { ok: false, problems: problems.sorted() };
  }
  crossCheck(parsed.data, say);
  const found = problems.sorted();
  return found.length > 0 ? { ok: false, problems: found } : { ok: true, policy: toPolicy(parsed.data, origin) };
}

function sayIssue(issue: z.core.$ZodIssue, above: Path, say: (path: Path, message: string) => void): void {
  const path = [...above, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) say([...path, key], unknownKey(formatPath(path), key));
    return;
  }
  // A union says only that nothing fits; the branch that came furthest says what is wrong.
  const branch = issue.code === "invalid_union" ? deepest(issue.errors) : null;
  if (branch !== null) for (const inner of branch) sayIssue(inner, path, say);
  else say(path, issue.message);
}

function deepest(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null {
  const reached = branches.filter((issues) => issues.some(({ path }) => path.length > 0));
  return reached[0] ?? null;
}

function toPolicy(written: WrittenPolicy, { commit, subject }: Origin): Policy {
  const { cluster, timeZone, maxRebooting, people, groups, slack, pools } = written;
  return {
    commit,
    subject,
    cluster,
    timeZone,
    maxRebooting,
    people: new Map(
      Object.entries(people).map(([name, ids]) => [
        name,
        { name, slack: ids.slack ?? null, kubernetes: ids.kubernetes ?? null },
      ]),
    ),
    groups: new Map(Object.entries(groups).map(([name, group]) => [name, { name, people: group.people }])),
    slackChannel: slack?.channel ?? null,
    pools: pools.map(toPool),
  };
}

function toPool({ name, nodes, mode, windows, may, drain, reboot, verify }: WrittenPool): Pool {
  return {
    name,
    matchLabels: nodes?.matchLabels ?? null,
    mode,
    windows,
    may: { approve: may.approve ?? null, force: may.force ?? null, skip: may.skip ?? null, other: may.other ?? null },
    drain,
    reboot,
    verify,
  };
}
