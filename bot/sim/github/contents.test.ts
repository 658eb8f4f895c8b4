import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { AT, aGitHub, refusal, TEXT } from "./testing/real-octokit.ts";

const RAW = { accept: "application/vnd.github.raw+json" };
const MEGABYTE = 1024 * 1024;

function gitSha(content: string | Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

test("a file comes as base64 in lines of 60, under the sha that git gives it", async () => {
  const { repository, octokit } = await aGitHub();
  const long = "a line of the policy that is longer than what base64 has in one line\n";
  repository.commit({ files: { "clusters/eu/policy.yaml": long } });
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "clusters/eu/policy.yaml" });
  if (Array.isArray(data) || data.type !== "file") throw new Error("not a file");
  expect(data).toMatchObject({ name: "policy.yaml", path: "clusters/eu/policy.yaml", size: long.length });
  expect(data).toMatchObject({ sha: gitSha(long), encoding: "base64" });
  expect(data.content.split("\n")[0]).toHaveLength(60);
  expect(Buffer.from(data.content, "base64").toString()).toBe(long);
});

test("the raw form is the file itself", async () => {
  const { octokit } = await aGitHub();
  const { data, headers } = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml", headers: RAW });
  expect(data).toBe(TEXT);
  expect(headers["content-type"]).toMatch(/^application\/vnd\.github\.raw\+json/);
});

test("a ref may be a branch, a tag, a sha or a pull request's, and the default branch is the rule", async () => {
  const { repository, first, octokit } = await aGitHub();
  repository.commit({ branch: "wider/window", files: { "policy.yaml": "wider" } });
  repository.tag("v1", first.sha);
  const read = async (ref?: string) => {
    const { data } = await octokit.rest.repos.getContent({
      ...AT,
      path: "policy.yaml",
      headers: RAW,
      ...(ref === undefined ? {} : { ref }),
    });
    return data;
  };
  expect(await read()).toBe(TEXT);
  expect(await read("wider/window")).toBe("wider");
  expect(await read("refs/heads/wider/window")).toBe("wider");
  expect(await read("v1")).toBe(TEXT);
  expect(await read(first.sha)).toBe(TEXT);
});

test.each([
  { what: "a path that is not there", path: "nope.yaml", ref: "main", message: "Not Found" },
  { what: "a branch that is not there", path: "policy.yaml", ref: "nope", message: "No commit found for the ref nope" },
])("$what is a 404", async ({ path, ref, message }) => {
  const { octokit } = await aGitHub();
  await expect(octokit.rest.repos.getContent({ ...AT, path, ref })).rejects.toMatchObject(refusal(404, message));
});

test("a repository without commits says so", async () => {
  const { github, octokit } = await aGitHub();
  github.addRepository({ owner: "acme", name: "empty" });
  const at = { owner: "acme", repo: "empty" };
  await expect(octokit.rest.repos.getContent({ ...at, path: "x" })).rejects.toMatchObject(
    refusal(404, "This repository is empty."),
  );
  await expect(octokit.rest.git.getRef({ ...at, ref: "heads/main" })).rejects.toMatchObject(
    refusal(409, "Git Repository is empty."),
  );
});

test("a folder is a list, in which a submodule passes for a file", async () => {
  const { repository, octokit } = await aGitHub();
  repository.commit({
    files: {
      "sub/module": { kind: "submodule", commit: "a".repeat(40), url: "https://example.com/x.git" },
      "sub/deep/file": "x",
      "sub/link": { kind: "symlink", target: "nowhere" },
    },
  });
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "sub" });
  expect(data).toMatchObject([
    { name: "deep", type: "dir" },
    { name: "link", type: "symlink" },
    { name: "module", type: "file", submodule_git_url: "https://example.com/x.git" },
  ]);
});

test("a submodule says its commit and where it is from", async () => {
  const { repository, octokit } = await aGitHub();
  const submodule = { kind: "submodule", commit: "b".repeat(40), url: "https://example.com/x.git" } as const;
  repository.commit({ files: { "policy.yaml": submodule } });
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml" });
  expect(data).toMatchObject({ type: "submodule", sha: submodule.commit, submodule_git_url: submodule.url });
});

test("a link within the repository is answered with the file that it leads to", async () => {
  const { repository, octokit } = await aGitHub();
  repository.commit({ files: { "eu/policy.yaml": { kind: "symlink", target: "../policy.yaml" } } });
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "eu/policy.yaml" });
  expect(data).toMatchObject({ type: "file", name: "policy.yaml", path: "eu/policy.yaml", sha: gitSha(TEXT) });
});

test("a link to elsewhere is a link with its target", async () => {
  const { repository, octokit } = await aGitHub();
  repository.commit({ files: { "policy.yaml": { kind: "symlink", target: "/etc/passwd" } } });
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml" });
  expect(data).toMatchObject({ type: "symlink", target: "/etc/passwd" });
});

test("a pointer of Git LFS is a small file whose text is the pointer", async () => {
  const { repository, octokit } = await aGitHub();
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"c".repeat(64)}\nsize 12\n`;
  repository.commit({ files: { "policy.yaml": pointer } });
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml", headers: RAW });
  expect(data).toBe(pointer);
});

test("over 1 MB a file comes without its content, but raw and as a blob in full", async () => {
  const { repository, octokit } = await aGitHub();
  const content = Buffer.alloc(MEGABYTE + 1, "#");
  repository.commit({ files: { "policy.yaml": { kind: "file", content } } });
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml" });
  expect(data).toMatchObject({ size: content.length, content: "", encoding: "none", sha: gitSha(content) });
  const raw = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml", headers: RAW });
  expect(raw.data).toBe(content.toString());
  const blob = await octokit.rest.git.getBlob({ ...AT, file_sha: gitSha(content) });
  expect(Buffer.from(blob.data.content, "base64").equals(content)).toBe(true);
});

test("over 100 MB there is nothing to be had", async () => {
  const { repository, octokit } = await aGitHub();
  const content = Buffer.alloc(100 * MEGABYTE + 1);
  repository.commit({ files: { "policy.yaml": { kind: "file", content } } });
  await expect(octokit.rest.repos.getContent({ ...AT, path: "policy.yaml", headers: RAW })).rejects.toMatchObject({
    status: 403,
    response: { data: { errors: [{ resource: "Blob", field: "data", code: "too_large" }] } },
  });
});

const PUT = { ...AT, path: "policy.yaml", message: "Change it", content: Buffer.from("new").toString("base64") };

test("a file is put with the sha of the one that it replaces, and its commit is the branch's head", async () => {
  const { repository, octokit } = await aGitHub();
  const { status, data } = await octokit.rest.repos.createOrUpdateFileContents({ ...PUT, sha: gitSha(TEXT) });
  expect(status).toBe(200);
  expect(data.content?.sha).toBe(gitSha("new"));
  expect(data.commit.sha).toBe(repository.head("main")?.sha);
  const created = await octokit.rest.repos.createOrUpdateFileContents({ ...PUT, path: "other.yaml" });
  expect(created.status).toBe(201);
});

test.each([
  { what: "no sha", more: {}, status: 422, message: 'Invalid request.\n\n"sha" wasn\'t supplied.' },
  {
    what: "an old sha",
    more: { sha: "0".repeat(40) },
    status: 409,
    message: `policy.yaml does not match ${"0".repeat(40)}`,
  },
  { what: "no such branch", more: { branch: "nope" }, status: 404, message: "Branch nope not found" },
  { what: "bad base64", more: { content: "§" }, status: 422, message: "content is not valid Base64" },
])("a put with $what is refused", async ({ more, status, message }) => {
  const { repository, first, octokit } = await aGitHub();
  const put = octokit.rest.repos.createOrUpdateFileContents({ ...PUT, ...more });
  await expect(put).rejects.toMatchObject(refusal(status, message));
  expect(repository.head("main")).toBe(first);
});
