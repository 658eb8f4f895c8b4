import { expect, test } from "vitest";
import { relevanceOf } from "./relevance.ts";

const POLICY = { repository: "acme/policy", ref: "main" };
const repository = { full_name: "acme/policy" };
const GROUP = `gh-readonly-queue/main/pr-7-${"1".repeat(40)}`;
const group = (action: string, base_ref: unknown) => ({
  action,
  repository,
  merge_group: { head_sha: "2".repeat(40), head_ref: `refs/heads/${GROUP}`, base_ref },
});
const pull = (action: string, base: string, more: object = {}) => ({
  action,
  repository,
  pull_request: { base: { ref: base } },
  ...more,
});

test.each<[string, string, unknown]>([
  ["a push to the branch", "push", { repository, ref: "refs/heads/main" }],
  ["a push to a tag of that name", "push", { repository, ref: "refs/tags/main" }],
  ["the branch's end, told as a push", "push", { repository, ref: "refs/heads/main", deleted: true }],
  ["the branch's end", "delete", { repository, ref: "main", ref_type: "branch" }],
  ["the branch's making", "create", { repository, ref: "main", ref_type: "branch" }],
  ["a tag's making", "create", { repository, ref: "main", ref_type: "tag" }],
  ["capitals in the name", "push", { repository: { full_name: "Acme/Policy" }, ref: "refs/heads/main" }],
  ["a pull request that was opened", "pull_request", pull("opened", "main")],
  ["one that was pushed to", "pull_request", pull("synchronize", "main")],
  ["one that was closed or merged", "pull_request", pull("closed", "main")],
  ["one that is no draft any more", "pull_request", pull("ready_for_review", "main")],
  [
    "one that goes into another branch from now on",
    "pull_request",
    pull("edited", "other", { changes: { base: { ref: { from: "main" } } } }),
  ],
  ["a merge group that waits for checks", "merge_group", group("checks_requested", "refs/heads/main")],
  ["the push of a merge group's branch", "push", { repository, ref: `refs/heads/${GROUP}`, deleted: false }],
  ["the making of a merge group's branch", "create", { repository, ref: GROUP, ref_type: "branch" }],
  ["a check that somebody wants again", "check_run", { repository, action: "rerequested" }],
  ["all checks that somebody wants again", "check_suite", { repository, action: "rerequested" }],
])("%s is about the policy", (_, event, payload) => {
  expect(relevanceOf(event, payload, POLICY)).toEqual({ kind: "about", why: `${event} acme/policy` });
});

test.each<[string, string, unknown, string]>([
  ["webhook of another branch", "push", { repository, ref: "refs/heads/other" }, "of another branch"],
  ["a branch whose name ends like it", "push", { repository, ref: "refs/heads/not/main" }, "of another branch"],
  ["another branch's end", "delete", { repository, ref: "other", ref_type: "branch" }, "of another branch"],
  [
    "another repository",
    "push",
    { repository: { full_name: "acme/other" }, ref: "refs/heads/main" },
    "of another repository",
  ],
  ["a fork", "push", { repository: { full_name: "eve/policy" }, ref: "refs/heads/main" }, "of another repository"],
  ["a pull request into another branch", "pull_request", pull("opened", "other"), "into another branch"],
  ["a label on a pull request", "pull_request", pull("labeled", "main"), "no change of a pull request"],
  ["a check that ended", "check_run", { repository, action: "completed" }, "not a re-run"],
  ["a merge group that is gone", "merge_group", group("destroyed", "refs/heads/main"), "no wish for checks"],
  ["another branch's", "merge_group", group("checks_requested", "refs/heads/other"), "for another branch"],
  ["a merge group of another shape", "merge_group", { repository, merge_group: "main" }, "for another branch"],
  [
    "its branch's end, as a push",
    "push",
    { repository, ref: `refs/heads/${GROUP}`, deleted: true },
    "of another branch",
  ],
  ["its branch's end", "delete", { repository, ref: GROUP, ref_type: "branch" }, "of another branch"],
  [
    "the push of another queue's",
    "push",
    { repository, ref: `refs/heads/${GROUP.replace("main", "main-2")}` },
    "of another branch",
  ],
  ["an event of another kind", "issues", { repository, action: "opened" }, "an event of another kind"],
  ["an installation", "installation", { action: "created" }, "of another repository"],
  ["a payload that is a list", "push", [], "of another repository"],
  ["a payload that is null", "push", null, "of another repository"],
  ["a ref of another shape", "push", { repository, ref: { name: "refs/heads/main" } }, "of another branch"],
  ["a pull request of another shape", "pull_request", { repository, pull_request: 7 }, "into another branch"],
])("%s is not about the policy", (_, event, payload, why) => {
  expect(relevanceOf(event, payload, POLICY)).toEqual({ kind: "other", why });
});

test("a ref may be given in full", () => {
  const policy = { ...POLICY, ref: "refs/heads/main" };
  expect(relevanceOf("push", { repository, ref: "refs/heads/main" }, policy).kind).toBe("about");
  expect(relevanceOf("pull_request", pull("opened", "main"), policy).kind).toBe("about");
  expect(relevanceOf("push", { repository, ref: `refs/heads/${GROUP}` }, policy).kind).toBe("about");
  expect(relevanceOf("merge_group", group("checks_requested", "refs/heads/main"), policy).kind).toBe("about");
  expect(relevanceOf("push", { repository, ref: "refs/tags/main" }, policy).kind).toBe("other");
});

test("a ping is one whatever is in it", () => {
  expect(relevanceOf("ping", null, POLICY)).toEqual({ kind: "ping" });
});
