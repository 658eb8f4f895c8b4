import type { z } from "zod";
import { didYouMean } from "./nearest.ts";
import type { Path, Say } from "./problem.ts";

/** Says what the schema found; the messages are the schema's own. */
export function sayIssues(error: z.ZodError, say: Say): void {
  for (const issue of error.issues) sayIssue(issue, [], say);
}

function sayIssue(issue: z.core.$ZodIssue, above: Path, say: Say): void {
  const path = [...above, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) say([...path, key], unknownKey(key, issue.message));
      return;
    case "invalid_key":
      say(path, `the key ${issue.issues[0]?.message ?? "is malformed"}`);
      return;
    case "invalid_union": {
      // A union says only that nothing fits; the branch whose kind of value it is says what is wrong.
      const branch = issue.errors.find((issues) => issues.every((inner) => !isOtherKind(inner)));
      if (branch === undefined || branch.every(isPlain)) say(path, issue.message);
      else for (const inner of branch) sayIssue(inner, path, say);
      return;
    }
    default:
      say(path, issue.message);
  }
}

const isOtherKind = (issue: z.core.$ZodIssue): boolean =>
  issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");

/** A single value's own message knows nothing of the union's other branches. */
const isPlain = (issue: z.core.$ZodIssue): boolean => issue.path.length === 0 && issue.code === "invalid_format";

function unknownKey(key: string, allowed: string): string {
  return `unknown key; allowed are ${allowed}${didYouMean(key, allowed.split(", "))}`;
}
