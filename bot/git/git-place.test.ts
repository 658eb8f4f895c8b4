import { expect, test } from "vitest";
import { nameOfPlace, problemOfPlace } from "./git-place.ts";
import { withoutPassword } from "./git-trouble.ts";

const place = (changes: Partial<{ url: string; ref: string; path: string }>) => ({
  url: "https://git.example.com/acme/policies.git",
  ref: "main",
  path: "clusters/abal-kuber.yaml",
  ...changes,
});

test.each([
  ["https", "https://git.example.com/acme/policies.git"],
  ["https with a name", "https://oauth2@git.example.com/acme/policies.git"],
  ["ssh", "ssh://git@git.example.com:2222/acme/policies.git"],
  ["ssh as git writes it", "git@git.example.com:acme/policies.git"],
  ["a folder", "file:///srv/policies.git"],
])("a repository over %s can be used", (_, url) => {
  expect(problemOfPlace(place({ url }))).toBeNull();
});

test.each<readonly [string, Partial<{ url: string; ref: string; path: string }>, RegExp]>([
  ["an option as the repository", { url: "--upload-pack=touch /tmp/x" }, /repository "--upload-pack=touch \/tmp\/x"/],
  ["a command as the repository (ext::)", { url: "ext::sh -c touch% /tmp/x" }, /must be https:\/\//],
  ["a command as a host", { url: "ext::sh" }, /must be https:\/\//],
  ["a repository over http", { url: "http://git.example.com/p.git" }, /must be https:\/\//],
  ["a repository over git's own protocol", { url: "git://git.example.com/p.git" }, /must be https:\/\//],
  ["a relative folder", { url: "../policies" }, /must be https:\/\//],
  ["a host that is an option", { url: "ssh://-oProxyCommand=x/p" }, /host begins with "-"/],
  ["a host that is an option, as git writes it", { url: "git@-oProxyCommand=x:p" }, /host begins with "-"/],
  ["a line break in the repository", { url: "https://git.example.com/p\nx" }, /holds a control character/],
  ["no repository", { url: "" }, /is empty/],
  ["an option as the branch", { ref: "--all" }, /branch "--all" can't be used/],
  ["a line break in the branch", { ref: "main\nother" }, /branch "main\\nother" can't be used: it holds a control/],
  ["a path out of the repository", { path: "../p" }, /must be inside the repository/],
  ["an absolute path", { path: "/p" }, /must be inside the repository/],
  ["an option as the path", { path: "-p" }, /path "-p" can't be used/],
])("%s is refused", (_, changes, problem) => {
  expect(problemOfPlace(place(changes))).toMatch(problem);
});

test.each([
  ["a password", "https://bot:s3cret@git.example.com/p.git"],
  ["a password with an at sign", "https://bot:x@s3cret@git.example.com/p.git"],
  ["a token as a name", "https://ghp_s3cret@git.example.com/p.git"],
  ["a long token as a name", `https://s3cret${"0".repeat(40)}@git.example.com/p.git`],
])("%s in the repository's URL is refused and not shown", (_, url) => {
  const problem = problemOfPlace(place({ url }));
  expect(problem).toContain("--policy-token-file");
  expect(problem).not.toContain("s3cret");
});

test("a password in a URL is never shown", () => {
  expect(withoutPassword("fatal: https://bot:s3cret@git.example/p.git/ not found")).toBe(
    "fatal: https://bot@git.example/p.git/ not found",
  );
  expect(nameOfPlace(place({}))).toBe("https://git.example.com/acme/policies.git@main:clusters/abal-kuber.yaml");
});
