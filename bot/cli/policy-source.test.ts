import { expect, onTestFinished, test } from "vitest";
import type { Clock, Log } from "../coordinator/ports.ts";
import type { PolicyOptions } from "./policy-options.ts";
import { policyOf } from "./policy-source.ts";

const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => ({ stop: () => {} }) };
const log: Log = { info: () => {}, warn: () => {} };
const times = { clock, random: { next: () => 0.5 }, every: 60_000, log };

const of = (changes: Partial<PolicyOptions>) => {
  const policy = policyOf({ policyRef: "main", policyPath: "policy.yaml", ...changes }, times);
  onTestFinished(() => policy.github?.connection.close());
  return policy;
};

const FILE = { policyFile: "/policy.yaml" };
const REPOSITORY = { policyRepo: "https://git.example.com/acme/policies.git" };
const GITHUB = { policyGithub: "acme/policies" };

test.each<readonly [string, Partial<PolicyOptions>]>([
  ["no place", {}],
  ["a file and a repository", { ...FILE, ...REPOSITORY }],
  ["a file and a repository on GitHub", { ...FILE, ...GITHUB }],
  ["a repository, and one on GitHub", { ...REPOSITORY, ...GITHUB }],
])("%s is refused: a policy comes from one place", (_, changes) => {
  expect(() => of(changes)).toThrow(
    "Say where the policy is, by one of --policy-github OWNER/NAME, --policy-repo URL or --policy-file FILE.",
  );
});

test("options that can't be used are refused", () => {
  expect(() => of({ policyGithub: "-x/policies" })).toThrow(/can't be used/);
  expect(() => of({ ...GITHUB, policySshKeyFile: "/k" })).toThrow(/--policy-ssh-key-file goes with/);
});

test.each<readonly [string, Partial<PolicyOptions>, string]>([
  ["nobody", {}, "nobody"],
  ["a token", { policyTokenFile: "/t" }, "token"],
  ["an App", { githubAppId: "7", githubAppKeyFile: "/k" }, "app"],
])("what else is done on GitHub is done as %s, by the policy's own connection", (_, changes, identity) => {
  const { github } = of({ ...GITHUB, ...changes, githubApiUrl: "https://ghe.example.com/api/v3" });
  expect(github).toMatchObject({
    ...{ owner: "acme", repo: "policies", apiUrl: "https://ghe.example.com/api/v3", ref: "main", path: "policy.yaml" },
    connection: { owner: "acme", repo: "policies", identity },
  });
});

test("elsewhere there is no connection to GitHub", () => {
  expect([of(FILE).github, of(REPOSITORY).github]).toEqual([null, null]);
});
