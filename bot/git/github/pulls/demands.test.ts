import { expect, test } from "vitest";
import { demandsBy } from "./demands.ts";

const PULLS = { type: "pull_request", required: [] };
const CHECKS = { type: "required_status_checks", required: ["by a rule"] };
const branch = (isProtected: boolean | null) => ({ isProtected, required: ["by the branch"] });

type Row = readonly [string, Parameters<typeof demandsBy>, boolean | null, readonly string[]];

const ROWS: readonly Row[] = [
  ["neither is known", [null, null], null, []],
  ["only the branch is known, which is protected", [branch(true), null], true, ["by the branch"]],
  ["only the branch is known, which may still be protected by rules", [branch(false), null], null, ["by the branch"]],
  ["only the rules are known, which may not be all", [null, [CHECKS]], null, ["by a rule"]],
  ["only the rules are known, which ask for pull requests", [null, [CHECKS, PULLS]], true, ["by a rule"]],
  ["both say nothing of protection", [branch(false), []], false, ["by the branch"]],
  ["GitHub does not say it of the branch", [branch(null), []], null, ["by the branch"]],
  ["a rule that does not keep pushes out", [branch(false), [CHECKS]], false, ["by the branch", "by a rule"]],
  ["a rule that asks for pull requests", [branch(false), [PULLS]], true, ["by the branch"]],
];

test.each(ROWS)("%s", (_, [known, rules], isProtected, required) => {
  expect(demandsBy(known, rules)).toEqual({ isProtected, required: new Set(required) });
});
