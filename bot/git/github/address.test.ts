import { expect, test } from "vitest";
import { API_OF_GITHUB, gitHubAddress, nameOfGitHubPlace, webOf } from "./address.ts";

const named = (changes: Partial<Parameters<typeof gitHubAddress>[0]>) =>
  gitHubAddress({
    repository: "acme/policies",
    apiUrl: API_OF_GITHUB,
    ref: "main",
    path: "clusters/abal-kuber.yaml",
    ...changes,
  });

function addressOf(changes: Parameters<typeof named>[0]) {
  const address = named(changes);
  if (typeof address === "string") throw new Error(address);
  return address;
}

test.each([
  ["github.com", API_OF_GITHUB, "https://github.com", "github.com"],
  ["a slash at its end", `${API_OF_GITHUB}/`, "https://github.com", "github.com"],
  ["an Enterprise server", "https://ghe.example.com/api/v3", "https://ghe.example.com", "ghe.example.com"],
  ["its port", "https://ghe.example.com:8443/api/v3/", "https://ghe.example.com:8443", "ghe.example.com:8443"],
  ["a host that is called api", "https://api.example.com/api/v3", "https://api.example.com", "api.example.com"],
  ["GitHub's cloud for one enterprise", "https://api.acme.ghe.com", "https://acme.ghe.com", "acme.ghe.com"],
])("%s: where people see it, and the place's name", (_, apiUrl, web, host) => {
  const address = addressOf({ apiUrl });
  expect(address.apiUrl).not.toMatch(/\/$/);
  expect(webOf(address)).toBe(web);
  expect(nameOfGitHubPlace(address)).toBe(`${host}/acme/policies@main:clusters/abal-kuber.yaml`);
});

test.each(["acme/policies", "Acme-1/.github", "acme_corp/a.b-c_d", "a/1"])("%s can be used", (repository) => {
  const { owner, repo } = addressOf({ repository });
  expect(`${owner}/${repo}`).toBe(repository);
});

test.each([
  ["an option as the owner", { repository: "-x/policies" }, /repository "-x\/policies" can't be used/],
  ["an option as the name", { repository: "acme/-x" }, /must be OWNER\/NAME/],
  [
    "a URL",
    { repository: "https://github.com/acme/policies" },
    /must be OWNER\/NAME, such as acme\/policies, with no URL/,
  ],
  ["git's ending", { repository: "acme/policies.git" }, /no \.git behind it/],
  ["a path up", { repository: "acme/.." }, /must be OWNER\/NAME/],
  ["an owner alone", { repository: "acme" }, /must be OWNER\/NAME/],
  ["a third part", { repository: "acme/policies/x" }, /must be OWNER\/NAME/],
  ["odd characters", { repository: "acme/pol?icies" }, /must be OWNER\/NAME/],
  ["a line break", { repository: "acme/policies\nx" }, /holds a control character/],
  ["an option as the branch", { ref: "--all" }, /branch "--all" can't be used/],
  ["two dots in the branch", { ref: "main/../x" }, /branch "main\/\.\.\/x" can't be used: no branch can be named so/],
  ["a range as the branch", { ref: "a..b" }, /no branch can be named so/],
  ["a pattern as the branch", { ref: "mai*" }, /no branch can be named so/],
  ["a space in the branch", { ref: "a b" }, /no branch can be named so/],
  ["a path out of the repository", { path: "../p" }, /must be inside the repository/],
  [
    "an API without TLS",
    { apiUrl: "http://ghe.example.com/api/v3" },
    /it must be https:\/\/, since a token is sent there/,
  ],
  ["a host that only looks like this one", { apiUrl: "http://127.0.0.1.example.com" }, /it must be https/],
  ["no URL", { apiUrl: "ghe.example.com" }, /--github-api-url is no URL/],
  ["a query", { apiUrl: "https://ghe.example.com/api/v3?x" }, /it ends with a query/],
])("%s is refused", (_, changes, problem) => {
  expect(named(changes)).toMatch(problem);
});

test.each([
  ["the API's URL", { apiUrl: "https://bot:s3cret@ghe.example.com/api/v3" }],
  ["the API's URL, as a name", { apiUrl: "https://s3cret@ghe.example.com/api/v3" }],
  ["the repository", { repository: "https://s3cret@github.com/acme/policies" }],
])("a token in %s is refused and not shown", (_, changes) => {
  const problem = named(changes);
  expect(typeof problem).toBe("string");
  expect(problem).not.toContain("s3cret");
});

test.each(["http://127.0.0.1:8080", "http://localhost/api/v3", "http://[::1]:80"])("%s is this machine", (apiUrl) => {
  expect(typeof named({ apiUrl })).toBe("object");
});
