import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PolicyKeeper } from "../../../coordinator/policy-keeper.ts";
import type { Policy } from "../../../core/policy/policy.ts";
import { parsePolicy } from "../../../policy/parse-policy.ts";
import { AT } from "../../../sim/github/testing/real-octokit.ts";
import type { Proposal, Standing } from "../../review/review.ts";
import { aBotOf, aReviewedGitHub, FILE, MINUTE, simpleReview } from "../testing/reviewing.ts";

const OURS = readFileSync("policies/approval-only.yaml", "utf8");
const THEIRS = OURS.replace("people: [ana, ben]", "people: [eve]").replace(
  "ana: { slack: U01AB }",
  "eve: { slack: U0EVE }",
);

function parsed(text: string, commit: string): Policy {
  const result = parsePolicy(text, { file: FILE, commit, subject: null });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("; "));
  return result.policy;
}

test("a fork's PR must not change approvers: it is reviewed, and what is in force stays that of the protected branch", async () => {
  const world = await aReviewedGitHub();
  const { repository, github, clock } = world;
  const log = { info: () => {}, warn: () => {} };
  const keeper = new PolicyKeeper({ clusterName: "lab", clock, log, reparse: () => null });
  const { sha } = repository.commit({ files: { [FILE]: OURS } });
  keeper.hear({ kind: "good", policy: parsed(OURS, sha), source: "acme/policy", text: OURS });
  const fork = github.addRepository({ owner: "eve", name: "policy", forkOf: repository });
  const { head } = world.propose({ [FILE]: THEIRS }, "eve", fork);

  const seen: { readonly proposal: Proposal; readonly standing: Standing }[] = [];
  const bot = aBotOf(world, {
    review: (proposal, standing) => {
      seen.push({ proposal, standing });
      return simpleReview(proposal);
    },
  });
  bot.force(keeper.policy());
  await world.run(MINUTE);

  expect(seen.map(({ proposal }) => proposal)).toEqual([{ kind: "text", file: FILE, text: THEIRS }]);
  expect(seen[0]?.standing.inForce).toBe(keeper.policy());
  expect(keeper.policy()).toEqual(parsed(OURS, sha));
  expect([...(keeper.policy()?.groups.get("operators")?.people ?? [])]).toEqual(["ana", "ben"]);
  expect(world.runsOf(head)).toHaveLength(1);
  // The fork itself is never asked for anything, nor is anything written there.
  const paths = world.server.requests.map(({ path }) => path).filter((path) => path.startsWith("/repos/"));
  expect(paths.filter((path) => !path.startsWith(`/repos/${AT.owner}/${AT.repo}/`))).toEqual([]);
  expect(fork.checkRuns.size + fork.comments.size + fork.statuses.length).toBe(0);
});

test("a fork that is gone is reviewed all the same", async () => {
  const world = await aReviewedGitHub();
  const fork = world.github.addRepository({ owner: "eve", name: "policy", forkOf: world.repository });
  const { head } = world.propose({ [FILE]: "wrong" }, "eve", fork);
  world.github.deleteRepository(fork);
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ conclusion: "failure" }]);
});
