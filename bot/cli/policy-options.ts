import type { Command } from "commander";
import { type Protocol, problemOfPlace, protocolOf } from "../git/git-place.ts";
import { addressOf } from "./github-options.ts";

export interface PolicyOptions {
  readonly policyFile?: string;
  readonly policyRepo?: string;
  /** OWNER/NAME */
  readonly policyGithub?: string;
  readonly policyRef: string;
  readonly policyPath: string;
  readonly policyTokenFile?: string;
  readonly policySshKeyFile?: string;
  readonly policyKnownHostsFile?: string;
  readonly policyCaFile?: string;
  readonly policyAllowedSigners?: string;
  readonly githubAppId?: string;
  readonly githubAppKeyFile?: string;
  readonly githubApiUrl?: string;
  readonly workDir?: string;
}

export function addPolicyOptions(command: Command): Command {
  return command
    .option("--policy-file <file>", "the policy as a plain file")
    .option("--policy-github <owner/name>", "the policy's repository on GitHub, asked by its API")
    .option("--policy-repo <url>", "the policy's git repository: https, ssh or file")
    .option("--policy-ref <ref>", "branch or tag", "main")
    .option("--policy-path <path>", "the policy's path in the repository", "policy.yaml")
    .option("--policy-token-file <file>", "a token for the repository, on GitHub or over https; read at each reading")
    .option("--github-app-id <id>", "who the bot is to GitHub: the number of an App, or its client id")
    .option("--github-app-key-file <file>", "the App's private key in PEM")
    .option("--github-api-url <url>", "an Enterprise server's API, https://HOST/api/v3")
    .option("--policy-ca-file <file>", "the certificates in PEM that the repository's server is trusted by")
    .option("--policy-ssh-key-file <file>", "the private key for the repository over ssh")
    .option("--policy-known-hosts-file <file>", "the host keys that the repository's server is known by, over ssh")
    .option("--policy-allowed-signers <file>", "use only commits that one of the SSH keys in this file signed")
    .option(
      "--work-dir <folder>",
      "where git keeps what it fetched; a folder of its own in the system's temporary folder when left out",
    );
}

type Way = Protocol | "GitHub" | "plain file";

const OVER_HTTPS = ["a repository over https, or on GitHub", ["https", "GitHub"]] as const;
const OVER_SSH = ["a repository over ssh", ["ssh"]] as const;
const ON_GITHUB = ["--policy-github", ["GitHub"]] as const;
const REPOSITORY = ["a repository", ["https", "ssh", "file", "GitHub"]] as const;

/** What goes with only some places. */
const BELONG: readonly (readonly [keyof PolicyOptions, string, readonly [string, readonly Way[]]])[] = [
  ["policyTokenFile", "--policy-token-file", OVER_HTTPS],
  ["policyCaFile", "--policy-ca-file", OVER_HTTPS],
  ["policySshKeyFile", "--policy-ssh-key-file", OVER_SSH],
  ["policyKnownHostsFile", "--policy-known-hosts-file", OVER_SSH],
  ["policyAllowedSigners", "--policy-allowed-signers", REPOSITORY],
  ["githubAppId", "--github-app-id", ON_GITHUB],
  ["githubAppKeyFile", "--github-app-key-file", ON_GITHUB],
  ["githubApiUrl", "--github-api-url", ON_GITHUB],
];

/** Why these options can't be used together, as a sentence: an option that does nothing would be believed to protect. */
export function problemOfOptions(options: PolicyOptions): string | null {
  const { policyRepo, policyGithub, policyRef: ref, policyPath: path } = options;
  const problem = policyRepo === undefined ? null : problemOfPlace({ url: policyRepo, ref, path });
  if (problem !== null) return problem;
  const way = wayOf(options);
  const wrong = BELONG.find(([key, , [, ways]]) => options[key] !== undefined && !(way !== null && ways.includes(way)));
  if (wrong !== undefined) {
    const given = policyRepo ?? (policyGithub === undefined ? "--policy-file" : "--policy-github");
    return `${wrong[1]} goes with ${wrong[2][0]}, and ${given} is none.`;
  }
  const address = policyGithub === undefined ? null : addressOf(options);
  if (typeof address === "string") return address;
  return hasOddCharacters(options) ? "A file's name can't hold a quotation mark or a control character." : null;
}

function wayOf({ policyRepo, policyGithub }: PolicyOptions): Way | null {
  if (policyGithub !== undefined) return "GitHub";
  return policyRepo === undefined ? "plain file" : protocolOf(policyRepo);
}

/** These names end up in a command line of ssh. */
const hasOddCharacters = ({ policySshKeyFile, policyKnownHostsFile }: PolicyOptions): boolean =>
  [policySshKeyFile, policyKnownHostsFile].some((file) => file !== undefined && /["\p{Cc}]/u.test(file));
