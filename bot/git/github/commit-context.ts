import type { PullRequest } from "../../core/policy/policy.ts";
import { askedOf, type Repository } from "./repository-objects.ts";
import { listWithin, pageWithin, textWithin, within } from "./shape.ts";
import { wordsOf } from "./trouble.ts";

/** The merged pull request that brought a commit into a branch; null where none did, or that can't be learned. */
export async function pullOf(
  repository: Repository,
  { commit, branch }: { readonly commit: string; readonly branch: string },
): Promise<PullRequest | null> {
  const asked = { ...askedOf(repository), commit_sha: commit, per_page: 100 };
  try {
    const { data } = await repository.octokit.rest.repos.listPullRequestsAssociatedWithCommit(asked);
    const merged = listWithin(data).filter(
      (one) => typeof within(one, "merged_at") === "string" && within(one, "base", "ref") === branch,
    );
    const found = merged.find((one) => within(one, "merge_commit_sha") === commit) ?? merged[0];
    const [number, url] = [within(found, "number"), pageWithin(found, "html_url")];
    return typeof number === "number" && url !== null ? { number, url } : null;
  } catch {
    // Whatever it is, it hinders no reading.
    return null;
  }
}

/** Whether a commit comes after one that was in force before; null when that can't be learned, which hinders nothing. */
export async function followsOn(
  repository: Repository,
  { commit, before }: { readonly commit: string; readonly before: string },
): Promise<boolean | null> {
  const asked = { ...askedOf(repository), basehead: `${before}...${commit}`, per_page: 1 };
  try {
    const { data } = await repository.octokit.rest.repos.compareCommitsWithBasehead(asked);
    return ["ahead", "identical"].includes(textWithin(data, "status"));
  } catch (error) {
    // They have nothing in common, or the one before is in no branch any more.
    return wordsOf(error).kind === "missing" ? false : null;
  }
}
