import type { Clock, Log, Random } from "../coordinator/ports.ts";
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
  /** Null where nothing can be written: by nobody, or beside a tag. */
  readonly reviewer: PullReviewer | null;
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
  if (github === null) return { proposals: NO_PROPOSALS, reviewer: null, watched: null };
  const { owner, repo, ref, connection } = github;
  const watched = { repository: `${owner}/${repo}`, ref };
  const branch = branchOf(ref);
  if (branch === null) return { watched, reviewer: null, proposals: refusing("it reads its policy from a tag") };
  if (connection.identity === "nobody") {
    parts.log.info("pull requests not answered", {
      why: `Without a token or an App nobody is told on GitHub. ${GIVE}`,
    });
    return { watched, reviewer: null, proposals: refusing("it has neither a token nor an App on GitHub") };
  }
  return { watched, reviewer: reviewerOf(github, branch, parts), proposals: proposalsOf(github, branch, parts) };
}

const GIVE = "Give --github-app-id and --github-app-key-file, or --policy-token-file.";

function reviewerOf({ connection, path }: PolicyOnGitHub, branch: string, parts: WorkParts): PullReviewer {
  const { clock } = parts;
  return new PullReviewer({
    ...parts,
    connection,
    place: { branch, path },
    review: (proposal, standing) => reviewOf(proposal, checkAt(clock), standing),
    lookAgainOf: ({ snapshot }) => snapshot.fleet?.lookAgain ?? null,
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

const refusing = (why: string): Proposals => ({
  proposeFreeze: async () => ({
    kind: "refused",
    why: `This bot can open no pull request, since ${why}: add the freeze to the policy by hand.`,
  }),
});
