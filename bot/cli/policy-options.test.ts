import { expect, test } from "vitest";
import { type PolicyOptions, problemOfOptions } from "./policy-options.ts";

const REPOSITORY = "https://git.example.com/acme/policies.git";
const options = (changes: Partial<PolicyOptions>): PolicyOptions => ({
  policyRef: "main",
  policyPath: "policy.yaml",
  ...changes,
});

test.each<readonly [string, Partial<PolicyOptions>]>([
  ["a token and a CA over https", { policyRepo: REPOSITORY, policyTokenFile: "/t", policyCaFile: "/ca" }],
  [
    "a key and host keys over ssh",
    { policyRepo: "git@git.example.com:acme/policies.git", policySshKeyFile: "/k", policyKnownHostsFile: "/h" },
  ],
  ["allowed signers with any repository", { policyRepo: "file:///srv/policies.git", policyAllowedSigners: "/s" }],
  ["a plain file alone", { policyFile: "/policy.yaml" }],
])("%s can be used", (_, changes) => {
  expect(problemOfOptions(options(changes))).toBeNull();
});

test.each<readonly [string, Partial<PolicyOptions>, string]>([
  [
    "signatures of a plain file",
    { policyFile: "/policy.yaml", policyAllowedSigners: "/s" },
    "--policy-allowed-signers goes with --policy-repo, and there is none.",
  ],
  [
    "a token over ssh",
    { policyRepo: "ssh://git@git.example.com/p.git", policyTokenFile: "/t" },
    "--policy-token-file goes with a repository over https, and ssh://git@git.example.com/p.git is none.",
  ],
  [
    "host keys over https",
    { policyRepo: REPOSITORY, policyKnownHostsFile: "/h" },
    `--policy-known-hosts-file goes with a repository over ssh, and ${REPOSITORY} is none.`,
  ],
  [
    "a key's file with a quotation mark in its name",
    { policyRepo: "ssh://git@git.example.com/p.git", policySshKeyFile: 'a" -o ProxyCommand="x' },
    "A file's name can't hold a quotation mark or a control character.",
  ],
  [
    "a branch that is an option",
    { policyRepo: REPOSITORY, policyRef: "--upload-pack=x" },
    'The policy\'s branch "--upload-pack=x" can\'t be used: it is empty or begins with "-".',
  ],
])("%s is refused", (_, changes, problem) => {
  expect(problemOfOptions(options(changes))).toBe(problem);
});
