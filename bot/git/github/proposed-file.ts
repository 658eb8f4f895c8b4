import type { Octokit } from "octokit";
import { decodeText } from "../policy-file.ts";

/** Where the policy is on GitHub. */
export interface PolicyOnBranch {
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
  { octokit, owner, repo, path }: PolicyOnBranch,
  ref: string,
  request: { readonly signal: AbortSignal },
): Promise<PolicyText | string> {
  const { data } = await octokit.rest.repos.getContent({ owner, repo, path, ref, request });
  if (Array.isArray(data) || data.type !== "file") return `${path} is no plain file there.`;
  if (!("encoding" in data) || data.encoding !== "base64") return `${path} is too large to be changed from here.`;
  const decoded = decodeText(Buffer.from(data.content, "base64"));
  return "text" in decoded ? { text: decoded.text, sha: data.sha } : `${path} is not text in UTF-8.`;
}
