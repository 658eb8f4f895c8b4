import { expect, test } from "vitest";
import { AT, aGitHub, refusal } from "./testing/real-octokit.ts";

const REQUIRED = { kind: "required checks", contexts: ["ci", "bootswain/lab"] } as const;

test("the rules of all active rulesets of a branch are one list, and protect it", async () => {
  const { repository, octokit } = await aGitHub();
  repository.branch("other");
  const first = repository.addRuleset(1, "main", [{ kind: "pull request" }, REQUIRED]);
  repository.addRuleset(2, "main", [{ kind: "pull request" }]);
  const rules = async (branch: string) => (await octokit.rest.repos.getBranchRules({ ...AT, branch })).data;
  expect(await rules("main")).toMatchObject([
    { type: "pull_request", ruleset_id: 1, ruleset_source: "acme/policy" },
    {
      type: "required_status_checks",
      parameters: { required_status_checks: [{ context: "ci" }, { context: "bootswain/lab" }] },
    },
    { type: "pull_request", ruleset_id: 2 },
  ]);
  expect(await rules("other")).toEqual([]);
  expect(await rules("nope")).toEqual([]);
  const branch = async (name: string) => (await octokit.rest.repos.getBranch({ ...AT, branch: name })).data;
  // As on github.com the branch does not say which checks rulesets require.
  expect(await branch("main")).toMatchObject({
    protected: true,
    protection: { required_status_checks: { contexts: [], checks: [] } },
  });
  expect(await branch("other")).toMatchObject({ protected: false });
  first.stop();
  expect(await rules("main")).toMatchObject([{ ruleset_id: 2 }]);
});

test("they are listed in pages", async () => {
  const { repository, octokit } = await aGitHub();
  for (let id = 1; id <= 120; id += 1) repository.addRuleset(id, "main", [{ kind: "pull request" }]);
  const asked = { ...AT, branch: "main", per_page: 100 };
  const { data } = await octokit.rest.repos.getBranchRules({ ...asked, page: 2 });
  expect(data).toHaveLength(20);
});

test("classic protection names the checks that it requires, until it is taken away", async () => {
  const { repository, octokit } = await aGitHub();
  const branch = async () => (await octokit.rest.repos.getBranch({ ...AT, branch: "main" })).data;
  repository.protect("main", { requiredChecks: ["ci"] });
  expect(await branch()).toMatchObject({
    protected: true,
    protection: { enabled: true, required_status_checks: { contexts: ["ci"], checks: [{ context: "ci" }] } },
  });
  repository.unprotect("main");
  expect(await branch()).toMatchObject({ protected: false, protection: { required_status_checks: { contexts: [] } } });
});

test("an Enterprise server from before there were rulesets knows no list of them", async () => {
  const { repository, github, octokit } = await aGitHub();
  github.hasRulesets = false;
  repository.addRuleset(1, "main", [REQUIRED]);
  const rules = octokit.rest.repos.getBranchRules({ ...AT, branch: "main" });
  await expect(rules).rejects.toMatchObject(refusal(404, "Not Found"));
  const { data } = await octokit.rest.repos.getBranch({ ...AT, branch: "main" });
  expect(data.protected).toBe(false);
});
