import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import { lyingServer } from "../../gates/testing/lying-server.ts";
import { gitHubAddress } from "./address.ts";
import { gitHubPolicy } from "./github-place.ts";
import { aPrivateGitHub, problemOf, readingOf } from "./testing/connected.ts";

const SHA = "3f2a9c1d".repeat(5);

const HONEST = {
  ref: { object: { type: "commit", sha: SHA } },
  tag: { object: { type: "tag", sha: SHA } },
  commit: {
    message: "Begin",
    author: { name: "Ana" },
    committer: { date: "2026-03-01T10:00:00Z" },
    tree: { sha: SHA },
    html_url: "https://github.com/acme/policy/commit/3f2a9c1",
  },
  tree: { tree: [{ path: "policy.yaml", mode: "100644", sha: SHA, size: 3 }], truncated: false },
  blob: { content: "b25l", encoding: "base64", size: 3 },
  pulls: [] as unknown,
};

type Answers = Readonly<Record<keyof typeof HONEST, unknown>>;

const KIND_OF: readonly (readonly [RegExp, keyof Answers])[] = [
  [/\/git\/ref\//, "ref"],
  [/\/git\/tags\//, "tag"],
  [/\/git\/commits\//, "commit"],
  [/\/git\/trees\//, "tree"],
  [/\/git\/blobs\//, "blob"],
  [/\/pulls\?/, "pulls"],
];

/** What is read of a server that answers each question in one way. */
async function readingBy(lies: Partial<Answers>) {
  const answers: Answers = { ...HONEST, ...lies };
  const answer: RequestListener = ({ url = "" }, response) => {
    const kind = KIND_OF.find(([pattern]) => pattern.test(url))?.[1];
    const body = kind === undefined ? null : answers[kind];
    response.writeHead(body === null ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const world = await aPrivateGitHub();
  await using server = await lyingServer(answer);
  const address = gitHubAddress({ repository: "acme/policy", apiUrl: server.url, ref: "main", path: "policy.yaml" });
  if (typeof address === "string") throw new Error(address);
  const connection = world.connect({ kind: "nobody" }, { apiUrl: server.url });
  const reading = await readingOf(gitHubPolicy(address, { connection, clock: world.clock }));
  return { reading, asked: server.heard.map(({ url }) => url) };
}

test("the answers that these lies begin with are read", async () => {
  const { reading } = await readingBy({});
  expect(reading).toMatchObject({ content: "one", commit: { id: SHA, author: "Ana", url: HONEST.commit.html_url } });
});

test.each<readonly [string, Partial<Answers>, RegExp]>([
  ["a list in place of a ref", { ref: [] }, /in which object\.type/],
  ["a text in place of a ref", { ref: "main" }, /in which object\.type/],
  ["a path in place of a sha", { ref: { object: { type: "commit", sha: "../../../user" } } }, /in which object\.sha/],
  ["a ref to a file", { ref: { object: { type: "blob", sha: SHA } } }, /the ref names a blob, which is no commit/],
  [
    "a tag of a tag without end",
    { ref: { object: { type: "tag", sha: SHA } } },
    /the ref names a tag, which is no commit/,
  ],
  ["a commit without a tree", { commit: { ...HONEST.commit, tree: null } }, /in which tree\.sha/],
  ["a tree without rows", { tree: { tree: "none" } }, /in which tree/],
  ["a row without a mode", { tree: { tree: [{ path: "policy.yaml", sha: SHA }] } }, /in which mode/],
  ["a blob in no encoding", { blob: { content: "one", encoding: "none", size: 3 } }, /another number of bytes/],
  ["a blob that is cut", { blob: { ...HONEST.blob, content: "b24=" } }, /another number of bytes than the file has/],
])("%s is trouble with what answers there", async (_, lies, problem) => {
  const { reading, asked } = await readingBy(lies);
  expect(reading.kind).toBe("unreachable");
  expect(problemOf(reading)).toMatch(problem);
  expect(asked.length).toBeLessThan(10);
  expect(asked.every((url) => url.startsWith("/repos/acme/policy/"))).toBe(true);
});

test("a file whose size its folder does not tell is not read beyond what a policy may have", async () => {
  const [row] = HONEST.tree.tree;
  const content = Buffer.alloc(256 * 1024 + 1, "x");
  const blob = { content: content.toString("base64"), encoding: "base64", size: content.length };
  const { reading } = await readingBy({ tree: { tree: [{ ...row, size: null }] }, blob });
  expect(reading.kind).toBe("unfit");
  expect(problemOf(reading)).toMatch(/is larger than 256 KiB/);
});

const merged = { number: 7, merged_at: "2026-03-01T10:00:00Z", base: { ref: "main" } };

test.each<readonly [string, Partial<Answers>]>([
  ["a script", { commit: { ...HONEST.commit, html_url: "javascript:alert(1)" } }],
  ["a page with a password", { commit: { ...HONEST.commit, html_url: "https://a:b@github.com/" } }],
  ["no text", { commit: { ...HONEST.commit, html_url: 7 } }],
])("%s is no page of a commit", async (_, lies) => {
  expect((await readingBy(lies)).reading).toMatchObject({ content: "one", commit: { url: null } });
});

test.each<readonly [string, unknown]>([
  ["no list", { message: "odd" }],
  ["nothing", null],
  ["one whose page is a script", [{ ...merged, html_url: "javascript:alert(1)" }]],
  ["one that was closed", [{ ...merged, merged_at: null, html_url: "https://github.com/acme/policy/pull/7" }]],
  ["one without a number", [{ ...merged, number: "7", html_url: "https://github.com/acme/policy/pull/7" }]],
])("as pull requests of a commit, %s is none, and hinders no reading", async (_, pulls) => {
  expect((await readingBy({ pulls })).reading).toMatchObject({ content: "one", commit: { pull: null } });
});
