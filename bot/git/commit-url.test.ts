import { expect, test } from "vitest";
import { commitUrl } from "./commit-url.ts";

const SHA = "3f2a9c1d3f2a9c1d3f2a9c1d3f2a9c1d3f2a9c1d";

test.each([
  ["https", "https://github.com/acme/policies.git", `https://github.com/acme/policies/commit/${SHA}`],
  ["https without .git", "https://github.com/acme/policies/", `https://github.com/acme/policies/commit/${SHA}`],
  ["https with a name", "https://bot@github.com/acme/policies.git", `https://github.com/acme/policies/commit/${SHA}`],
  ["ssh", "ssh://git@github.com/acme/policies.git", `https://github.com/acme/policies/commit/${SHA}`],
  ["ssh with a port", "ssh://git@github.com:22/acme/policies", `https://github.com/acme/policies/commit/${SHA}`],
  ["ssh as git writes it", "git@github.com:acme/policies.git", `https://github.com/acme/policies/commit/${SHA}`],
  ["a host in capitals", "git@GitHub.com:acme/policies.git", `https://github.com/acme/policies/commit/${SHA}`],
  ["GitLab", "https://gitlab.com/acme/policies.git", `https://gitlab.com/acme/policies/-/commit/${SHA}`],
  [
    "a group in a group",
    "git@gitlab.com:acme/ops/policies.git",
    `https://gitlab.com/acme/ops/policies/-/commit/${SHA}`,
  ],
  ["another host", "https://git.example.com/acme/policies.git", null],
  ["a host that ends alike", "https://notgithub.com/acme/policies.git", null],
  ["a host that begins alike", "https://github.com.example.com/acme/policies.git", null],
  ["a folder", "file:///srv/github.com/policies.git", null],
  ["a path with a query", "https://github.com/acme/policies%20x", null],
  ["no repository", "https://github.com/acme", null],
])("a commit of a repository over %s", (_, repository, url) => {
  expect(commitUrl(repository, SHA)).toBe(url);
});
