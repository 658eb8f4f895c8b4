import { describe, expect, test } from "vitest";
import type { ProposalAnswer } from "../../coordinator/proposals.ts";
import { MINUTE, SECOND } from "../../core/instant.ts";
import type { Permissions } from "../../sim/github/access.ts";
import { closePull, mergePull } from "../../sim/github/pulls.ts";
import { AT, anOctokit } from "../../sim/github/testing/real-octokit.ts";
import { answered, aProposer, aRequest, FROZEN, HEAD, POLICY, proposalsOf } from "./testing/a-freeze.ts";

type World = Awaited<ReturnType<typeof aProposer>>;

const PUT = "PUT /repos/{owner}/{repo}/contents/{path}";
const BRANCH = "POST /repos/{owner}/{repo}/git/refs";
const PULL = "POST /repos/{owner}/{repo}/pulls";
const LIST = "GET /repos/{owner}/{repo}/pulls";
const WRITES = [PUT, BRANCH, PULL];

const textOn = ({ repository }: World, branch: string): string | null => {
  const entry = repository.head(branch)?.tree.get("policy.yaml");
  return entry?.kind === "file" ? entry.content.toString("utf8") : null;
};

const writes = ({ server }: World) =>
  server.requests.filter(({ route }) => WRITES.includes(route)).map(({ route, status }) => `${route} ${status}`);

/** One pull request with one commit of the freeze, and the policy's branch as it was. */
function expectOne(world: World, answer: ProposalAnswer, repeated = false) {
  const { repository, main } = world;
  expect(answer).toEqual({
    kind: "proposed",
    number: 1,
    url: expect.stringMatching(/\/acme\/policy\/pull\/1$/),
    repeated,
  });
  expect([...repository.pulls.values()]).toMatchObject([
    { number: 1, state: "open", base: { ref: "main" }, head: { ref: HEAD } },
  ]);
  expect(textOn(world, HEAD)).toBe(FROZEN);
  expect(repository.head(HEAD)?.parents).toEqual([main]);
  expect(repository.head("main")?.sha).toBe(main);
}

const why = (answer: ProposalAnswer): string => (answer.kind === "refused" ? answer.why : `not refused: ${answer.url}`);

test("a freeze becomes a branch, a commit and a pull request that says what it does", async () => {
  const world = await aProposer();
  expectOne(world, await world.propose());
  expect(writes(world)).toEqual([`${BRANCH} 201`, `${PUT} 200`, `${PULL} 201`]);
  expect(world.repository.head(HEAD)?.message).toBe(
    "Freeze reboots of all pools until Mon Mar 2, 09:00 CST\n\nAsked for by ana in Slack.\n",
  );
  expect(world.repository.pulls.get(1)).toMatchObject({
    title: "Freeze reboots of all pools until Mon Mar 2, 09:00 CST",
    body: [
      "ana asked for this in Slack, through Bootswain of cluster `lab`.",
      "The reason, in their own words:",
      "    etcd upgrade",
      "Once this is merged, no node of all pools is cordoned or rebooted from Sun Mar 1, 04:00 CST until Mon Mar 2, 09:00 CST (America/Chicago), whatever else the policy says.",
      "Nothing is frozen before it is merged. To stop all reboots at once, say `pause` to Bootswain in Slack, or `bootswain pause`; to let them go on, `resume`.",
      "If it is not wanted, close it: it changes nothing then.",
    ].join("\n\n"),
  });
});

describe("what is there already is gone on with", () => {
  test("branch already there, without a commit of ours: the commit is put on it", async () => {
    const world = await aProposer();
    world.repository.branch(HEAD);
    expectOne(world, await world.propose());
  });

  test("branch already there, with the commit: only the pull request is opened, and what people changed since stays", async () => {
    const world = await aProposer();
    world.repository.branch(HEAD);
    world.repository.commit({ branch: HEAD, files: { "policy.yaml": "# by hand\n" } });
    expect(await world.propose()).toMatchObject({ kind: "proposed", number: 1 });
    expect(textOn(world, HEAD)).toBe("# by hand\n");
  });

  test("branch already there, and what is on it is no policy: nothing is written", async () => {
    const world = await aProposer();
    const broken = world.repository.keep(world.repository.head("main"), { files: { "policy.yaml": "?" } });
    world.repository.forcePush("main", broken.sha);
    world.repository.branch(HEAD);
    world.repository.commit({ files: { "policy.yaml": POLICY } });
    expect(why(await world.propose())).toBe("No pull request was opened. That is no policy.");
    expect(world.repository.pulls.size).toBe(0);
  });

  test("PR already there: it is answered again, and nothing is written", async () => {
    const world = await aProposer();
    await world.propose();
    const before = writes(world).length;
    expectOne(world, await world.propose(), true);
    expect(writes(world)).toHaveLength(before);
  });

  test("PR already there when it is opened: that one is answered", async () => {
    const world = await aProposer();
    await world.propose();
    // The first look comes too early.
    const { octokit } = world;
    let looks = 0;
    octokit.hook.wrap("request", async (request, options) => {
      const response = await request(options);
      const isLook = options.method === "GET" && String(options.url).endsWith("/pulls");
      looks += isLook ? 1 : 0;
      return isLook && looks === 1 ? { ...response, data: [] } : response;
    });
    expectOne(world, await world.propose(), true);
    expect(writes(world).at(-1)).toBe(`${PULL} 422`);
  });

  test("a PR of the same name in a fork is none of ours", async () => {
    const world = await aProposer();
    const { github, octokit } = world;
    const fork = github.addRepository({ owner: "eve", name: "policy", forkOf: world.repository });
    fork.commit({ branch: HEAD, files: { "policy.yaml": "?" } });
    await octokit.rest.pulls.create({ ...AT, title: "x", head: `eve:${HEAD}`, base: "main" });
    expect(await world.propose()).toMatchObject({ kind: "proposed", number: 2, repeated: false });
  });

  test("a request that was merged, or closed, is told as such and not proposed again", async () => {
    const merged = await aProposer();
    await merged.propose();
    mergePull(merged.github, merged.repository, 1);
    merged.repository.deleteBranch(HEAD);
    expect(why(await merged.propose())).toMatch(
      /^This was proposed before, and pull request #1 is merged already: http\S+\/pull\/1$/,
    );
    const closed = await aProposer();
    await closed.propose();
    closePull(closed.github, closed.repository, 1);
    expect(why(await closed.propose())).toMatch(
      /^This was proposed before, and pull request #1 was closed without being merged\./,
    );
    expect([merged, closed].map(({ repository }) => repository.pulls.size)).toEqual([1, 1]);
  });

  test("two replicas at the same time open one, and one of them says so", async () => {
    for (let round = 0; round < 5; round += 1) {
      const world = await aProposer();
      const ask = () => proposalsOf(world, { octokit: anOctokit(world.server) }).proposeFreeze(aRequest());
      const answers = await answered(world, () => Promise.all([ask(), ask()]));
      expect(answers.map((answer) => answer.kind === "proposed" && answer.repeated).sort()).toEqual([false, true]);
      expectOne(
        world,
        answers.find((answer) => answer.kind === "proposed" && !answer.repeated) ?? { kind: "refused", why: "" },
      );
    }
  });
});

describe("409 on put", () => {
  test("409 on put: the file is read again, and the freeze goes into what is there then", async () => {
    const world = await aProposer();
    world.server.faults.failNext(PUT, { kind: "status", code: 409, message: "policy.yaml does not match 1234" });
    expectOne(world, await world.propose());
    expect(writes(world)).toEqual([`${BRANCH} 201`, `${PUT} 409`, `${BRANCH} 422`, `${PUT} 200`, `${PULL} 201`]);
  });

  test("409 on put, since somebody else wrote on the branch: theirs stays", async () => {
    const world = await aProposer();
    let isFirst = true;
    world.octokit.hook.before("request", ({ method }) => {
      if (method !== "PUT" || !isFirst) return;
      isFirst = false;
      world.repository.commit({ branch: HEAD, files: { "policy.yaml": FROZEN } });
    });
    expectOne(world, await world.propose());
    expect(writes(world).filter((one) => one.startsWith(PUT))).toEqual([`${PUT} 409`]);
  });

  test("409 on put without end is given up", async () => {
    const world = await aProposer();
    world.server.faults.failEvery(PUT, 1, { kind: "status", code: 409, message: "at 1 but expected 2" });
    expect(why(await world.propose())).toMatch(/^No pull request was opened: .*\(409: at 1 but expected 2\)\.$/);
    expect(writes(world).filter((one) => one.startsWith(PUT))).toHaveLength(5);
  });
});

describe("an answer that is lost", () => {
  const rows = [PUT, BRANCH, PULL].flatMap((route) => [true, false].map((arrived) => ({ route, arrived })));
  test.each(rows)("cut on $route (arrived: $arrived): it is done once", async ({ route, arrived }) => {
    const world = await aProposer();
    world.server.faults.failNext(route, { kind: "cut", arrived });
    expectOne(world, await world.propose());
  });

  test.each([502, 503])("so it is with %d", async (code) => {
    const world = await aProposer();
    for (const route of [LIST, ...WRITES]) world.server.faults.failNext(route, { kind: "status", code });
    expectOne(world, await world.propose());
  });

  test("what may have been opened is not said to be open, nor not to be", async () => {
    const world = await aProposer();
    const cut = { kind: "cut", arrived: true } as const;
    let isCut = false;
    world.octokit.hook.before("request", ({ method, url }) => {
      if (method === "POST" && String(url).endsWith("/pulls")) isCut = true;
      if (isCut) world.server.faults.failNext("*", cut);
    });
    expect(why(await world.propose())).toMatch(
      /^I can't say whether the pull request was opened: .* Look among those of acme\/policy before you ask again\.$/,
    );
  });

  test("one that does not come is not waited for without end, and nothing is written later", async () => {
    const world = await aProposer();
    world.server.faults.failNext(LIST, { kind: "slow", delay: 5 * MINUTE });
    const answer = world.proposals.proposeFreeze(aRequest());
    while (world.clock.next() === null) await new Promise((resolve) => setImmediate(resolve));
    await world.advance(31 * SECOND);
    expect(why(await answer)).toBe("No pull request was opened: GitHub took longer than 30 s.");
    await world.advance(10 * MINUTE);
    expect(writes(world)).toEqual([]);
  });
});

describe("what GitHub refuses is said with what to do", () => {
  const GRANT =
    "give the App or the token of this bot the permissions contents: write and pull requests: write on acme/policy";
  const rows: readonly (readonly [string, Permissions])[] = [
    ["403 on the branch", { metadata: "read", contents: "read", pull_requests: "write" }],
    ["403 on the pull request", { metadata: "read", contents: "write", pull_requests: "read" }],
  ];
  test.each(rows)("%s", async (_, permissions) => {
    const world = await aProposer();
    world.github.addToken({ token: "github_pat_1", login: "bot", permissions });
    const proposals = proposalsOf(world, { octokit: anOctokit(world.server, "github_pat_1") });
    const answer = await answered(world, () => proposals.proposeFreeze(aRequest()));
    expect(why(answer)).toContain("(403: Resource not accessible by personal access token)");
    expect(why(answer)).toContain(GRANT);
    expect(world.repository.pulls.size).toBe(0);
  });

  test.each([
    [
      "404 of the branch",
      { branch: "release" },
      /^No pull request was opened: .*\(404: Not Found\); look for policy.yaml on release of acme\/policy/,
    ],
    ["404 of the file", { path: "nope.yaml" }, /\(404: Not Found\); look for nope.yaml on main/],
    ["404 of the repository", { repo: "nope" }, /\(404: Not Found\)/],
    [
      "the policy's branch is one of ours",
      { branch: HEAD },
      /^No pull request was opened: the policy itself is read from the branch bootswain/,
    ],
    ["a folder", { path: "folder" }, /^No pull request was opened: folder is no plain file there\.$/],
    ["bytes that are no text", { path: "bytes" }, /^No pull request was opened: bytes is not text in UTF-8\.$/],
    [
      "a file of more than a megabyte",
      { path: "large" },
      /^No pull request was opened: large is too large to be changed from here\.$/,
    ],
    ["another file", { path: "words" }, /^No pull request was opened\. That is no policy\.$/],
  ])("%s", async (_, more, says) => {
    const world = await aProposer();
    const bytes = { kind: "file", content: Buffer.from([0xff, 0xfe]) } as const;
    world.repository.commit({ files: { "folder/x": "x", words: "x", large: "x".repeat(1_100_000), bytes } });
    const proposals = proposalsOf(world, more);
    expect(why(await answered(world, () => proposals.proposeFreeze(aRequest())))).toMatch(says);
    expect(writes(world)).toEqual([]);
  });

  test.each([
    [
      "429",
      { kind: "secondary limit", code: 429, retryAfterSeconds: 60 },
      /asks for a pause, since it was asked too often \(429\)/,
    ],
    [
      "403 for the limit of an hour",
      { kind: "primary limit", code: 403, resetIn: 60 * SECOND },
      /limit of requests is used up until/,
    ],
    ["422", { kind: "status", code: 422, message: "Validation Failed" }, /\(422: Validation Failed\)/],
    ["401", { kind: "status", code: 401, message: "Bad credentials" }, /\(401: Bad credentials\)/],
  ] as const)("%s on each write", async (_, fault, says) => {
    for (const route of WRITES) {
      const world = await aProposer();
      world.server.faults.failEvery(route, 1, fault);
      expect(why(await world.propose())).toMatch(says);
      expect(world.repository.pulls.size).toBe(0);
    }
  });
});
