import type { ProposalAnswer } from "../../coordinator/proposals.ts";
import type { PolicyOnBranch } from "./proposed-file.ts";
import { within } from "./shape.ts";

export interface ProposedPull {
  readonly number: number;
  readonly url: string;
  readonly state: "open" | "merged" | "closed";
}

/** What GitHub shows of a pull request, as far as it matters here; null for what is none. */
export function pullIn(shown: unknown): ProposedPull | null {
  const [number, url] = [within(shown, "number"), within(shown, "html_url")];
  if (typeof number !== "number" || typeof url !== "string") return null;
  const isMerged = typeof within(shown, "merged_at") === "string";
  return { number, url, state: within(shown, "state") === "open" ? "open" : isMerged ? "merged" : "closed" };
}

/** The newest pull request from a branch of ours, an open one before all others; null where there is none. */
export async function pullFrom(
  { octokit, owner, repo }: PolicyOnBranch,
  head: string,
  request: { readonly signal: AbortSignal },
): Promise<ProposedPull | null> {
  const label = `${owner}:${head}`;
  const { data } = await octokit.rest.pulls.list({ owner, repo, head: label, state: "all", request });
  // A filter that GitHub can't read is none.
  const ours = data
    .filter((one) => one.head.label.toLowerCase() === label.toLowerCase())
    .flatMap((one) => pullIn(one) ?? []);
  return ours.find(({ state }) => state === "open") ?? ours[0] ?? null;
}

export function answerOf({ number, url, state }: ProposedPull, repeated: boolean): ProposalAnswer {
  switch (state) {
    case "open":
      return { kind: "proposed", number, url, repeated };
    case "merged":
      return {
        kind: "refused",
        why: `This was proposed before, and pull request #${number} is merged already: ${url}`,
      };
    case "closed":
      return {
        kind: "refused",
        why: `This was proposed before, and pull request #${number} was closed without being merged. Ask once more if it is wanted all the same: ${url}`,
      };
    default:
      return state satisfies never;
  }
}
