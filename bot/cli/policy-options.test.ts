import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { addPolicyOptions, type PolicyOptions, problemOfOptions } from "./policy-options.ts";
import { addWebhookOption } from "./webhook-option.ts";

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
  ["a public repository on GitHub", { policyGithub: "acme/policies" }],
  ["a token and a CA on GitHub", { policyGithub: "acme/policies", policyTokenFile: "/t", policyCaFile: "/ca" }],
  ["an App by its number", { policyGithub: "acme/policies", githubAppId: "1234", githubAppKeyFile: "/k" }],
  ["an App by its client id", { policyGithub: "acme/policies", githubAppId: "Iv23liABC", githubAppKeyFile: "/k" }],
  ["an Enterprise server", { policyGithub: "acme/policies", githubApiUrl: "https://ghe.example.com/api/v3/" }],
  ["an API on this machine", { policyGithub: "acme/policies", githubApiUrl: "http://127.0.0.1:8080" }],
  ["signatures on GitHub", { policyGithub: "acme/.github", policyAllowedSigners: "/s", policyRef: "release/2026" }],
])("%s can be used", (_, changes) => {
  expect(problemOfOptions(options(changes))).toBeNull();
});

test.each<readonly [string, Partial<PolicyOptions>, string]>([
  [
    "signatures of a plain file",
    { policyFile: "/policy.yaml", policyAllowedSigners: "/s" },
    "--policy-allowed-signers goes with a repository, and --policy-file is none.",
  ],
  [
    "a token over ssh",
    { policyRepo: "ssh://git@git.example.com/p.git", policyTokenFile: "/t" },
    "--policy-token-file goes with a repository over https, or on GitHub, and ssh://git@git.example.com/p.git is none.",
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
  [
    "an App without its key",
    { policyGithub: "acme/policies", githubAppId: "1234" },
    "--github-app-id and --github-app-key-file say together who the bot is: give both, or none.",
  ],
  [
    "an App and a token",
    { policyGithub: "acme/policies", githubAppId: "1234", githubAppKeyFile: "/k", policyTokenFile: "/t" },
    "--policy-token-file and --github-app-id are two answers to who the bot is: give one of them.",
  ],
  [
    "an App's name in place of its id",
    { policyGithub: "acme/policies", githubAppId: "bootswain", githubAppKeyFile: "/k" },
    "--github-app-id \"bootswain\" can't be used: it must be the App's number, or its client id (Iv…).",
  ],
  [
    "an App for a repository elsewhere",
    { policyRepo: REPOSITORY, githubAppId: "1234", githubAppKeyFile: "/k" },
    `--github-app-id goes with --policy-github, and ${REPOSITORY} is none.`,
  ],
  [
    "a key of ssh for GitHub's API",
    { policyGithub: "acme/policies", policySshKeyFile: "/k" },
    "--policy-ssh-key-file goes with a repository over ssh, and --policy-github is none.",
  ],
  [
    "GitHub's API for a plain file",
    { policyFile: "/policy.yaml", githubApiUrl: "https://ghe.example.com/api/v3" },
    "--github-api-url goes with --policy-github, and --policy-file is none.",
  ],
  [
    "signatures where git can't read",
    { policyGithub: "acme/policies", githubApiUrl: "http://127.0.0.1:8080", policyAllowedSigners: "/s" },
    "--policy-allowed-signers takes a GitHub over https, where git reads the repository itself.",
  ],
])("%s is refused", (_, changes, problem) => {
  expect(problemOfOptions(options(changes))).toBe(problem);
});

const docs = (name: string): string => readFileSync(join(import.meta.dirname, "../../docs", name), "utf8");

test("docs/policy-source.md names each option, and the docs name none that is not there", () => {
  const named = (text: string) => new Set(text.match(/--(?:policy|github|work)-[a-z-]+/g));
  const there = new Set(addWebhookOption(addPolicyOptions(new Command())).options.map(({ long }) => `${long}`));
  expect(named(docs("policy-source.md"))).toEqual(there);
  for (const name of ["pull-requests.md", "running.md", "cli.md", "slack.md"])
    expect([...named(docs(name))].filter((option) => !there.has(option))).toEqual([]);
});
