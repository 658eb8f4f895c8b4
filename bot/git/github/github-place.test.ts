import { expect, test, vi } from "vitest";
import { HOUR, MINUTE } from "../../core/instant.ts";
import type { Entry } from "../../sim/github/git-objects.ts";
import { mergePull, openPull } from "../../sim/github/pulls.ts";
import type { Repository } from "../../sim/github/repository.ts";
import { TEXT } from "../../sim/github/testing/real-octokit.ts";
import { takerOf } from "../testing/taker.ts";
import { anAppOf, aPlace, aPrivateGitHub, problemOf, readingOf, routesSince } from "./testing/connected.ts";

const NEW_COMMIT = [
  "/git/ref/{ref} 200",
  "/git/commits/{commit_sha} 200",
  "/git/trees/{tree_sha} 200",
  "/git/blobs/{file_sha} 200",
  "/commits/{ref}/pulls 200",
];

test("the newest commit of the branch is read at its sha, with all that is known of it", async () => {
  const world = await aPrivateGitHub();
  const place = aPlace(world);
  const host = new URL(world.server.apiUrl).host;
  expect(place.name).toBe(`${host}/acme/policy@main:policy.yaml`);
  expect(await readingOf(place)).toEqual({
    kind: "read",
    content: TEXT,
    commit: {
      id: world.first.sha,
      subject: "Begin",
      author: "Ana",
      when: world.first.committer.date,
      url: `http://${host}/acme/policy/commit/${world.first.sha}`,
      pull: null,
    },
    verified: null,
    note: null,
  });
  expect(routesSince(world.server)).toEqual(NEW_COMMIT);
});

test("304 thrown: the same commit read again costs one request, and nothing of the budget", async () => {
  const world = await aPrivateGitHub({ limits: { perHour: NEW_COMMIT.length + 1, pointsPerMinute: 900, code: 403 } });
  const place = aPlace(world);
  const first = await readingOf(place);
  routesSince(world.server);
  for (let round = 0; round < 3; round += 1) expect(await readingOf(place)).toEqual(first);
  expect(routesSince(world.server)).toEqual(Array(3).fill("/git/ref/{ref} 304"));
});

test("ETag lost: with every new token the same commit comes whole again, and is the same", async () => {
  const world = await aPrivateGitHub();
  const place = aPlace(world, { connection: world.connect(anAppOf(world).identity) });
  const first = await readingOf(place);
  await world.advance(HOUR);
  vi.setSystemTime(world.clock.now());
  routesSince(world.server);
  expect(await readingOf(place)).toEqual(first);
  expect(routesSince(world.server).filter((route) => route.startsWith("/git"))).toEqual(["/git/ref/{ref} 200"]);
});

test("401 mid-run: a token that is revoked between two requests of one reading does not end it", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect(anAppOf(world).identity);
  const place = aPlace(world, { connection });
  await connection.token();
  world.server.faults.failNext("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", {
    kind: "status",
    code: 401,
    message: "Bad credentials",
  });
  expect(await readingOf(place)).toMatchObject({ kind: "read", content: TEXT });
});

test("a new commit is read, told by its first paragraph, and by who made it", async () => {
  const world = await aPrivateGitHub();
  const read = takerOf(aPlace(world));
  await read();
  const message = "Let workers go\non Sundays too\n\nSince they may.";
  const author = { name: "Ben\u001b[31m", email: "ben@example.com" };
  const second = world.repository.commit({ files: { "policy.yaml": "two" }, message, author });
  const commit = { id: second.sha, subject: "Let workers go on Sundays too", author: "Ben [31m" };
  expect(await read()).toMatchObject({ content: "two", commit, note: null });
});

test("the pull request that brought the commit into this branch is known", async () => {
  const world = await aPrivateGitHub();
  const { github, repository, server } = world;
  const place = aPlace(world);
  await readingOf(place);
  repository.branch("change");
  repository.commit({ branch: "change", files: { "policy.yaml": "two" } });
  const pull = openPull(github, repository, { title: "Two", head: "change", base: "main", author: "ana" });
  if (pull === null) throw new Error("no pull request");
  mergePull(github, repository, pull.number);
  const url = `${server.links.web}/acme/policy/pull/${pull.number}`;
  expect(await readingOf(place)).toMatchObject({ content: "two", commit: { pull: { number: pull.number, url } } });
  // The same commit in another branch was brought there by a push.
  repository.branch("release");
  expect(await readingOf(aPlace(world, { ref: "release" }))).toMatchObject({ commit: { pull: null } });
});

test("who may not see pull requests reads the policy all the same", async () => {
  const world = await aPrivateGitHub();
  const { identity } = anAppOf(world, { metadata: "read", contents: "read" });
  expect(await readingOf(aPlace(world, { connection: world.connect(identity) }))).toMatchObject({
    content: TEXT,
    commit: { pull: null },
  });
  expect(routesSince(world.server).at(-1)).toBe("/commits/{ref}/pulls 403");
});

test("force-push backwards: the branch is the truth, and that it was moved is said once", async () => {
  const world = await aPrivateGitHub();
  const read = takerOf(aPlace(world));
  const second = world.repository.commit({ files: { "policy.yaml": "two" } });
  expect(await read()).toMatchObject({ content: "two", note: null });
  world.repository.forcePush("main", world.first.sha);
  const [now, then] = [world.first.sha, second.sha].map((sha) => sha.slice(0, 7));
  const note = `main was moved by force: commit ${now} does not follow from ${then}, which was used last.`;
  expect(await read()).toMatchObject({ content: TEXT, note });
  expect(await read()).toMatchObject({ content: TEXT, note: null });
});

test.each<readonly [string, number, boolean]>([
  ["where GitHub does not know the commit before any more, it was moved", 404, true],
  ["where GitHub can't say, nothing is said", 500, false],
])("force-push backwards: %s", async (_, code, isSaid) => {
  const world = await aPrivateGitHub();
  const read = takerOf(aPlace(world));
  await read();
  world.repository.commit({ files: { "policy.yaml": "two" } });
  world.server.faults.failNext("GET /repos/{owner}/{repo}/compare/{basehead}", { kind: "status", code });
  const note = isSaid ? expect.stringContaining("main was moved by force") : null;
  expect(await read()).toMatchObject({ content: "two", note });
});

const LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n";
const file = (content: Buffer): Entry => ({ kind: "file", content });

test.each<readonly [string, Readonly<Record<string, string | Entry | null>>, string, RegExp]>([
  [
    "a submodule at the path",
    { "policy.yaml": { kind: "submodule", commit: "a".repeat(40), url: "https://example.com/x.git" } },
    "policy.yaml",
    /policy\.yaml is a submodule at [0-9a-f]{7}; a policy must be a file of the repository itself\.$/,
  ],
  [
    "a path in a submodule",
    { shared: { kind: "submodule", commit: "a".repeat(40), url: "https://example.com/x.git" } },
    "shared/policy.yaml",
    /shared\/policy\.yaml is not in main at [0-9a-f]{7}\.$/,
  ],
  [
    "a link at the path, also to a file that GitHub would show in its place",
    { "policy.yaml": { kind: "symlink", target: "other.yaml" }, "other.yaml": "other" },
    "policy.yaml",
    /policy\.yaml is a symbolic link at [0-9a-f]{7}; a policy must be a file\.$/,
  ],
  [
    "a path through a link",
    { linked: { kind: "symlink", target: "clusters" }, "clusters/policy.yaml": "x" },
    "linked/policy.yaml",
    /linked\/policy\.yaml is not in main at/,
  ],
  ["an LFS pointer at the path", { "policy.yaml": LFS }, "policy.yaml", /is a pointer of Git LFS at [0-9a-f]{7}; keep/],
  [
    "a directory at the path",
    { "clusters/a.yaml": "x" },
    "clusters",
    /clusters is a directory at [0-9a-f]{7}; name the/,
  ],
  ["a path through a file", {}, "policy.yaml/x", /policy\.yaml\/x is not in main at/],
  ["a path that was deleted", { "policy.yaml": null, other: "x" }, "policy.yaml", /policy\.yaml is not in main at/],
  [
    "a huge file",
    { "policy.yaml": file(Buffer.alloc(256 * 1024 + 1, "x")) },
    "policy.yaml",
    /is larger than 256 KiB at [0-9a-f]{7}\.$/,
  ],
  [
    "a file that is not UTF-8",
    { "policy.yaml": file(Buffer.from([0x61, 0x0a, 0xff])) },
    "policy.yaml",
    /is not UTF-8 at byte offset 2; save it as UTF-8 \(at [0-9a-f]{7}\)\.$/,
  ],
])("%s is refused, and it is said what it is", async (_, files, path, problem) => {
  const world = await aPrivateGitHub();
  const { sha } = world.repository.commit({ files });
  const place = aPlace(world, { path });
  const reading = await readingOf(place);
  expect(reading).toMatchObject({ kind: "unfit", commit: sha });
  expect(problemOf(reading)).toMatch(problem);
  expect(problemOf(reading).startsWith(`The policy could not be read from ${place.name}: ${path} `)).toBe(true);
  routesSince(world.server);
  expect(await readingOf(place)).toEqual(reading);
  expect(routesSince(world.server)).toEqual(["/git/ref/{ref} 304"]);
});

test("a huge file is not brought", async () => {
  const world = await aPrivateGitHub();
  world.repository.commit({ files: { "policy.yaml": file(Buffer.alloc(3_000_000, "x")) } });
  await readingOf(aPlace(world));
  expect(routesSince(world.server)).toEqual(NEW_COMMIT.slice(0, 3));
});

test("a policy of exactly 256 KiB, deep in folders with odd names, is read whole", async () => {
  const world = await aPrivateGitHub();
  const [path, text] = ["clusters/ä b?#/%2e%2e/policy.yaml", "é".repeat(128 * 1024)];
  world.repository.commit({ files: { [path]: text } });
  expect(await readingOf(aPlace(world, { path }))).toMatchObject({ kind: "read", content: text });
});

/** Branches and tags at the first commit, but for the branch main. */
function branchesAndTags(repository: Repository): void {
  const { sha } = repository.branch("release");
  repository.branch("feature/main");
  repository.branch("refs/heads/main");
  repository.branch("heads/main");
  repository.tag("v1", sha);
  repository.tag("main", sha);
  repository.annotatedTag("v2", sha, "The second");
  repository.commit({ files: { "policy.yaml": "new" } });
}

test.each([
  ["a branch counts before a tag of its name", "main", "new"],
  ["a tag counts where no branch has its name", "v1", TEXT],
  ["an annotated tag leads to its commit", "v2", TEXT],
  ["a tag can be asked for by its full name", "refs/tags/main", TEXT],
  ["a branch can be asked for by its full name, whatever another branch is called", "refs/heads/main", "new"],
  ["a name with a slash is one name", "feature/main", TEXT],
])("%s", async (_, ref, content) => {
  const world = await aPrivateGitHub();
  branchesAndTags(world.repository);
  expect(await readingOf(aPlace(world, { ref }))).toMatchObject({ kind: "read", content });
});

test("a policy that moved on while a request failed is brought at the next reading", async () => {
  const world = await aPrivateGitHub();
  const read = takerOf(aPlace(world));
  await read();
  world.repository.commit({ files: { "policy.yaml": "two" } });
  world.server.faults.failNext("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", { kind: "status", code: 500 });
  expect(await read()).toMatchObject({ kind: "unreachable" });
  expect(await read()).toMatchObject({ content: "two", note: null });
});

test("a repository that was renamed is found where GitHub says that it is", async () => {
  const world = await aPrivateGitHub();
  const place = aPlace(world);
  world.github.renameRepository(world.repository, "rules");
  expect(await readingOf(place)).toMatchObject({ kind: "read", content: TEXT });
});

test("clock skew: a commit from the future is used as any other", async () => {
  const world = await aPrivateGitHub();
  const date = world.clock.now() + 1_000 * 24 * 60 * MINUTE;
  world.repository.commit({ files: { "policy.yaml": "future" }, date });
  expect(await readingOf(aPlace(world))).toMatchObject({ content: "future", commit: { when: date } });
});
