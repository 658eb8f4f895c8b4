import type { Command } from "commander";
import { type Protocol, problemOfPlace, protocolOf } from "../git/git-place.ts";

export interface PolicyOptions {
  readonly policyFile?: string;
  readonly policyRepo?: string;
  readonly policyRef: string;
  readonly policyPath: string;
  readonly policyTokenFile?: string;
  readonly policySshKeyFile?: string;
  readonly policyKnownHostsFile?: string;
  readonly policyCaFile?: string;
  readonly policyAllowedSigners?: string;
  readonly workDir?: string;
}

export function addPolicyOptions(command: Command): Command {
  return command
    .option("--policy-file <file>", "the policy as a plain file")
    .option("--policy-repo <url>", "the policy's git repository: https, ssh or file")
    .option("--policy-ref <ref>", "branch or tag", "main")
    .option("--policy-path <path>", "the policy's path in the repository", "policy.yaml")
    .option("--policy-token-file <file>", "a token for the repository over https, read at each reading")
    .option("--policy-ca-file <file>", "the certificates in PEM that the repository's server is trusted by")
    .option("--policy-ssh-key-file <file>", "the private key for the repository over ssh")
    .option("--policy-known-hosts-file <file>", "the host keys that the repository's server is known by, over ssh")
    .option("--policy-allowed-signers <file>", "use only commits that one of the SSH keys in this file signed")
    .option(
      "--work-dir <folder>",
      "where git keeps what it fetched; a folder of its own in the system's temporary folder when left out",
    );
}

/** What goes with only some repositories. */
const BELONG: readonly (readonly [keyof PolicyOptions, string, Protocol | null])[] = [
  ["policyTokenFile", "--policy-token-file", "https"],
  ["policyCaFile", "--policy-ca-file", "https"],
  ["policySshKeyFile", "--policy-ssh-key-file", "ssh"],
  ["policyKnownHostsFile", "--policy-known-hosts-file", "ssh"],
  ["policyAllowedSigners", "--policy-allowed-signers", null],
];

/** Why these options can't be used together, as a sentence: an option that does nothing would be believed to protect. */
export function problemOfOptions(options: PolicyOptions): string | null {
  const { policyRepo, policyRef, policyPath } = options;
  const used = BELONG.filter(([key]) => options[key] !== undefined);
  if (policyRepo === undefined) {
    const [first] = used;
    return first === undefined ? null : `${first[1]} goes with --policy-repo, and there is none.`;
  }
  const problem = problemOfPlace({ url: policyRepo, ref: policyRef, path: policyPath });
  if (problem !== null) return problem;
  const wrong = used.find(([, , protocol]) => protocol !== null && protocol !== protocolOf(policyRepo));
  if (wrong !== undefined) return `${wrong[1]} goes with a repository over ${wrong[2]}, and ${policyRepo} is none.`;
  return hasOddCharacters(options) ? "A file's name can't hold a quotation mark or a control character." : null;
}

/** These names end up in a command line of ssh. */
const hasOddCharacters = ({ policySshKeyFile, policyKnownHostsFile }: PolicyOptions): boolean =>
  [policySshKeyFile, policyKnownHostsFile].some((file) => file !== undefined && /["\p{Cc}]/u.test(file));
