import type { Clock, Footing, Log, Random } from "../coordinator/ports.ts";
import { NO_PROPOSALS, type Proposals } from "../coordinator/proposals.ts";
import { gitHubProposals } from "../git/github/propose-freeze.ts";
import { PullReviewer } from "../git/github/pulls/reviewer.ts";
import { reviewOf } from "../git/review/review-of.ts";
import type { WatchedPolicy } from "../http/github/relevance.ts";
import { addFreeze } from "../policy/add-freeze.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import type { PolicyOnGitHub } from "./policy-source.ts";

/** What the bot does on GitHub besides reading its policy there. */
export interface WorkOnGitHub {
  readonly proposals: Proposals;
  /** Null where nothing can be written: elsewhere, by nobody, or beside a tag. */
  readonly reviewer: PullReviewer | null;
  /** Whether pull requests are answered; so that nothing stays on record of a time when they were to be. */
  readonly footing: Footing;
  /** Null where the policy is elsewhere. */
  readonly watched: WatchedPolicy | null;
}

interface WorkParts {
  readonly clusterName: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export function workOnGitHub(github: PolicyOnGitHub | null, parts: WorkParts): WorkOnGitHub {
  if (github === null)
    return {
      proposals: NO_PROPOSALS,
      reviewer: null,
      watched: null,
      footing: noneToAnswer("The policy is not on GitHub."),
    };
  const { owner, repo, ref, connection } = github;
  const watched = { repository: `${owner}/${repo}`, ref };
  const branch = branchOf(ref);
  if (branch === null) return { watched, ...without("it reads its policy from a tag") };
  if (connection.identity === "nobody") {
    parts.log.info("pull requests not answered", {
      why: `Without a token or an App nobody is told on GitHub. ${GIVE}`,
    });
    return { watched, ...without("it has neither a token nor an App on GitHub") };
  }
  const reviewer = reviewerOf(github, branch, parts);
  return { watched, reviewer, footing: reviewer.footing, proposals: proposalsOf(github, branch, parts) };
}

const GIVE = "Give --github-app-id and --github-app-key-file, or --policy-token-file.";

function reviewerOf({ connection, path }: PolicyOnGitHub, branch: string, parts: WorkParts): PullReviewer {
  const { clock } = parts;
  return new PullReviewer({
    ...parts,
    connection,
    place: { branch, path },
    review: (proposal, standing) => reviewOf(proposal, checkAt(clock), standing),
  });
}

const checkAt = (clock: Clock) => (text: string, file: string) =>
  parsePolicy(text, { file, commit: null, subject: null, now: clock.now() });

function proposalsOf({ connection, path }: PolicyOnGitHub, branch: string, { clock }: WorkParts): Proposals {
  const { octokit, owner, repo } = connection;
  return gitHubProposals({
    ...{ octokit, owner, repo, branch, path },
    after: (delay, run) => clock.after(delay, run),
    edit: (text, request) => addFreeze(text, request, path),
  });
}

/** Null for a tag. A plain name may be one too: then no pull request is into it. */
function branchOf(ref: string): string | null {
  if (!ref.startsWith("refs/")) return ref;
  return ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;
}

const without = (why: string): Omit<WorkOnGitHub, "watched"> => ({
  reviewer: null,
  footing: noneToAnswer(`This bot answers no pull request, since ${why}.`),
  proposals: {
    proposeFreeze: async () => ({
      kind: "refused",
      why: `This bot can open no pull request, since ${why}: add the freeze to the policy by hand.`,
    }),
  },
});

const noneToAnswer = (says: string): Footing => ({
  start: () => ({ stop: () => {} }),
  observed: () => ({ type: "PullRequestsAnswered", isTrue: true, says }),
});
