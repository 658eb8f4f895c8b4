import type { Octokit } from "octokit";

/** Where the policy is on GitHub. */
export interface PolicyPlace {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** The one that the policy is read from. */
  readonly branch: string;
  readonly path: string;
}

export interface PolicyText {
  readonly text: string;
  /** By which GitHub tells whether somebody else wrote in between. */
  readonly sha: string;
}

/** The policy as it stands at a branch or commit; a sentence where what is there is no text that can be written back. */
export async function policyAt(
  { octokit, owner, repo, path }: PolicyPlace,
  ref: string,
  request: { readonly signal: AbortSignal },
): Promise<PolicyText | string> {
  const { data } = await octokit.rest.repos.getContent({ owner, repo, path, ref, request });
  if (Array.isArray(data) || data.type !== "file") return `${path} is no plain file there.`;
  if (!("encoding" in data) || data.encoding !== "base64") return `${path} is too large to be changed from here.`;
  const text = utf8Of(Buffer.from(data.content, "base64"));
  return text === null ? `${path} is not text in UTF-8.` : { text, sha: data.sha };
}

/** Null for bytes that would not come out again as they went in. */
function utf8Of(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
