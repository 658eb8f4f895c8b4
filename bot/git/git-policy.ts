import { type AccessFiles, accessTo } from "./access.ts";
import { Checkout, UnfitCommit } from "./checkout.ts";
import { commitUrl } from "./commit-url.ts";
import type { Git } from "./git.ts";
import { type GitPlace, nameOfPlace } from "./git-place.ts";
import { type InForce, type PolicyPlace, type Reading, unread } from "./reading.ts";

interface GitParts {
  readonly git: Git;
  readonly workDir: string;
  readonly access?: AccessFiles;
  /** SSH's file of allowed signers; only commits that one of these keys signed are used, where it is given. */
  readonly allowedSigners?: string;
}

/** A policy in any repository that the git command line reaches; the newest commit of the ref counts, wherever that moves. */
export function gitPolicy(place: GitPlace, { git, workDir, access = {}, allowedSigners }: GitParts): PolicyPlace {
  const signers = allowedSigners === undefined ? null : { file: allowedSigners };
  // In the name, so that a policy that was kept from before signatures were asked for is not taken for a signed one.
  const name = signers === null ? nameOfPlace(place) : `${nameOfPlace(place)}, signed by a key of ${signers.file}`;
  const checkout = new Checkout(git, place, workDir, { access: () => accessTo(place.url, access), signers });
  const judged = () => (signers === null ? {} : { keysDigest: checkout.judgedBy });
  const read = async (signal: AbortSignal, inForce?: InForce): Promise<Reading> => {
    try {
      const { text: content, commit: id, subject, author, when, signedBy, note } = await checkout.read(signal, inForce);
      return {
        ...judged(),
        kind: "read",
        content,
        commit: { id, subject, author, when, url: commitUrl(place.url, id), pull: null },
        verified: signedBy,
        note,
      };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const problem = unread(nameOfPlace(place), why);
      if (!(error instanceof UnfitCommit)) return { ...judged(), kind: "unreachable", problem };
      const { commit, isUnsigned, note } = error;
      return { ...judged(), kind: isUnsigned ? "unsigned" : "unfit", problem, commit, note };
    }
  };
  return { name, file: place.path, read };
}
