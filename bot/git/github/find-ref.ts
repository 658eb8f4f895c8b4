import { RequestError } from "octokit";
import { fullRefs, noSuchRef } from "../git-place.ts";
import { askedOf, type Repository } from "./repository-objects.ts";
import { shaWithin, textWithin, within } from "./shape.ts";
import { GitHubFailed, wordsOf } from "./trouble.ts";

/** What a ref was found to name: a commit, or a tag that is an object of its own. */
export interface FoundRef {
  readonly fullRef: string;
  readonly object: { readonly type: string; readonly sha: string };
  /** Void with every new token; so it spares requests, and decides nothing. */
  readonly etag: string | null;
}

/** The first that is there of the names that a ref can stand for. Rejects with what `wordsOf` has words for. */
export async function findRef(repository: Repository, ref: string, last: FoundRef | null): Promise<FoundRef> {
  for (const fullRef of fullRefs(ref)) {
    const found = await asked(repository, fullRef, last?.fullRef === fullRef ? last : null);
    if (found !== null) return found;
  }
  throw await whyMissing(repository, ref);
}

async function asked(repository: Repository, fullRef: string, last: FoundRef | null): Promise<FoundRef | null> {
  const headers = last === null || last.etag === null ? {} : { headers: { "if-none-match": last.etag } };
  const ref = fullRef.replace(/^refs\//, "");
  try {
    const { data, headers: answered } = await repository.octokit.rest.git.getRef({
      ...askedOf(repository),
      ref,
      ...headers,
    });
    const object = { type: textWithin(data, "object", "type"), sha: shaWithin(data, "object", "sha") };
    return { fullRef, object, etag: answered.etag ?? null };
  } catch (error) {
    if (!(error instanceof RequestError) || error.response === undefined) throw error;
    if (error.status === 304 && last !== null) return last;
    if (error.status === 404) return null;
    if (error.status === 409)
      throw new GitHubFailed({ says: "the repository is empty; push the policy to it", kind: "missing" }, error);
    throw error;
  }
}

/** GitHub says 404 to all of it: the repository, who may see it, the branch. */
async function whyMissing(repository: Repository, ref: string): Promise<GitHubFailed> {
  const { octokit, owner, repo } = repository;
  try {
    await octokit.rest.repos.get(askedOf(repository));
  } catch (error) {
    const missing = `there is no repository ${owner}/${repo}, or this bot may not see it: check --policy-github, and that the token or the App is for it`;
    return new GitHubFailed(wordsOf(error, { missing }), error);
  }
  const renamed = await newNameOf(repository, ref);
  const advice = renamed === null ? "" : `; it was renamed to ${JSON.stringify(renamed)}: name that by --policy-ref`;
  return new GitHubFailed({ says: `${noSuchRef(ref)}${advice}`, kind: "missing" });
}

/** Only this question is led on to a branch's new name. It is said, not followed: who renames a branch need not own it. */
async function newNameOf(repository: Repository, branch: string): Promise<string | null> {
  try {
    const { data } = await repository.octokit.rest.repos.getBranch({ ...askedOf(repository), branch });
    const name = within(data, "name");
    return typeof name === "string" && name !== branch ? name : null;
  } catch {
    return null;
  }
}
