import { API_OF_GITHUB, type GitHubAddress, gitHubAddress } from "../git/github/address.ts";
import type { GitHubIdentity } from "../git/github/connection.ts";
import type { PolicyOptions } from "./policy-options.ts";

/** Where on GitHub the policy is; or why these options can't be used, as a sentence. */
export function addressOf(options: PolicyOptions): GitHubAddress | string {
  const { policyGithub = "", githubApiUrl = API_OF_GITHUB, policyRef, policyPath } = options;
  const problem = problemOfIdentity(options);
  if (problem !== null) return problem;
  const named = { repository: policyGithub, apiUrl: githubApiUrl, ref: policyRef, path: policyPath };
  const address = gitHubAddress(named);
  if (typeof address !== "string" && options.policyAllowedSigners !== undefined && !address.apiUrl.startsWith("https:"))
    return "--policy-allowed-signers takes a GitHub over https, where git reads the repository itself.";
  return address;
}

function problemOfIdentity({ githubAppId, githubAppKeyFile, policyTokenFile }: PolicyOptions): string | null {
  if ((githubAppId === undefined) !== (githubAppKeyFile === undefined))
    return "--github-app-id and --github-app-key-file say together who the bot is: give both, or none.";
  if (githubAppId === undefined) return null;
  if (policyTokenFile !== undefined)
    return "--policy-token-file and --github-app-id are two answers to who the bot is: give one of them.";
  return /^(\d+|Iv[\w.]+)$/.test(githubAppId)
    ? null
    : `--github-app-id ${JSON.stringify(githubAppId)} can't be used: it must be the App's number, or its client id (Iv…).`;
}

export function identityOf({ githubAppId, githubAppKeyFile, policyTokenFile }: PolicyOptions): GitHubIdentity {
  if (githubAppId !== undefined && githubAppKeyFile !== undefined)
    return { kind: "app", id: githubAppId, keyFile: githubAppKeyFile };
  return policyTokenFile === undefined ? { kind: "nobody" } : { kind: "token", file: policyTokenFile };
}
