import { expect, test, vi } from "vitest";
import { PolicyKeeper } from "../../coordinator/policy-keeper.ts";
import { aPolicy } from "../../core/testing/policies.ts";
import type { Fault } from "../../sim/github/fault.ts";
import { TEXT } from "../../sim/github/testing/real-octokit.ts";
import { type Parse, policyFrom } from "../sources.ts";
import { Turns } from "../testing/turns.ts";
import { anAppOf, aPlace, aPrivateGitHub, problemOf, readingOf, routesSince, TOKEN } from "./testing/connected.ts";

type World = Awaited<ReturnType<typeof aPrivateGitHub>>;

const REF = "GET /repos/{owner}/{repo}/git/ref/{ref}";

const failing =
  (route: string, fault: Fault) =>
  ({ server }: World): void =>
    server.faults.failNext(route, fault);

/** What goes wrong after a good reading, and how it is told. */
const TROUBLE: readonly (readonly [string, (world: World) => unknown, RegExp])[] = [
  [
    "a deleted branch",
    ({ repository }) => {
      repository.branch("other");
      repository.deleteBranch("main");
    },
    /: the repository has neither a branch nor a tag "main"\.$/,
  ],
  [
    "a renamed branch",
    ({ repository }) => repository.renameBranch("main", "trunk"),
    /: the repository has neither a branch nor a tag "main"; it was renamed to "trunk": name that by --policy-ref\.$/,
  ],
  [
    "a repository that is gone, or hidden (404)",
    ({ github, repository }) => github.deleteRepository(repository),
    /\(404: Not Found\); there is no repository acme\/policy, or this bot may not see it: check --policy-github, and/,
  ],
  [
    "an empty repository",
    ({ repository }) => repository.deleteBranch("main"),
    /: the repository is empty; push the policy to it\.$/,
  ],
  [
    "a token that is revoked (401)",
    ({ github }) => github.revoke(TOKEN),
    /\(401: Bad credentials\); check --policy-token-file: the token may be wrong, revoked or expired\.$/,
  ],
  [
    "a token that may not read (403)",
    ({ github }) => github.addToken({ token: TOKEN, login: "ana", permissions: { metadata: "read" } }),
    /\(403: Resource not accessible by personal access token\); it takes the permission contents=read\.$/,
  ],
  [
    "an organization with single sign-on (403)",
    ({ github }) => {
      github.enforceSso("acme");
      github.addToken({ token: TOKEN, login: "ana" });
    },
    /\(403: Resource protected by organization SAML .*\); authorize the token for the organization's single sign-on\.$/,
  ],
  [
    "primary limit",
    failing(REF, { kind: "primary limit", code: 403, resetIn: 60_000 }),
    /'s limit of requests is used up until 2026-03-01T10:0\d:00Z \(403\); look what else asks in the same name\.$/,
  ],
  [
    "secondary 403",
    failing(REF, { kind: "secondary limit", code: 403, retryAfterSeconds: 40 }),
    /asks for a pause, since it was asked too often \(403\)\.$/,
  ],
  [
    "secondary 403 without a time",
    failing(REF, { kind: "secondary limit", code: 403 }),
    /asks for a pause, since it was asked too often \(403\)\.$/,
  ],
  [
    "HTML for JSON",
    failing(REF, { kind: "html", code: 200 }),
    /answers with text\/html \(200\) where JSON was asked for;/,
  ],
  [
    "HTML for a failure",
    failing(REF, { kind: "html", code: 503 }),
    /fails \(503, with text\/html in place of JSON\)\.$/,
  ],
  ["a server that fails", failing(REF, { kind: "status", code: 502 }), /fails \(502: Server Error\)\.$/],
  [
    "a cut connection",
    failing(REF, { kind: "cut", arrived: true }),
    /cut the connection before its answer was whole\.$/,
  ],
  ["a slow answer", failing(REF, { kind: "slow", delay: 60_000 }), /did not answer within 0\.3 s\.$/],
  [
    "a folder with more than GitHub lists",
    ({ repository }) => {
      repository.mostTreeRows = 1;
      repository.commit({ files: { "a.yaml": "a", "b.yaml": "b" } });
    },
    /a folder on the way to policy\.yaml holds more than GitHub lists\.$/,
  ],
];

/** Whatever it is, it is over. */
function mend({ github, repository, first, advance }: World): Promise<unknown> {
  github.repositories.add(repository);
  github.addToken({ token: TOKEN, login: "ana", sso: ["acme"] });
  repository.mostTreeRows = 100_000;
  repository.defaultBranch = "main";
  repository.refs.clear();
  repository.move("refs/heads/main", first.sha);
  return advance(60_000);
}

test.each(TROUBLE)(
  "%s: said with what to do, not taken for a policy, and over when it is mended",
  async (_, go, says) => {
    const world = await aPrivateGitHub();
    const connection = world.connect({ kind: "token", file: world.files.token }, { deadline: 300 });
    const place = aPlace(world, { connection });
    const good = await readingOf(place);
    await go(world);
    const reading = await readingOf(place);
    expect(reading.kind).toBe("unreachable");
    expect(problemOf(reading)).toMatch(says);
    expect(problemOf(reading).startsWith(`The policy could not be read from ${place.name}: `)).toBe(true);
    expect(problemOf(reading)).not.toContain(TOKEN);
    await mend(world);
    expect(await readingOf(place)).toEqual(good);
  },
);

test("an App that may not read is told what it lacks, and a suspended one what became of it", async () => {
  const world = await aPrivateGitHub();
  const { identity, installation } = anAppOf(world, { metadata: "read", checks: "write" });
  const place = aPlace(world, { connection: world.connect(identity) });
  expect(problemOf(await readingOf(place))).toMatch(/by integration\); it takes the permission contents=read\.$/);
  using _ = { [Symbol.dispose]: world.github.suspend(installation).stop };
  expect(problemOf(await readingOf(place))).toMatch(
    /\(403: This installation has been suspended\); look whether the App is still installed, and not suspended\.$/,
  );
});

test("who asks as nobody is told to say who they are", async () => {
  const world = await aPrivateGitHub({ limits: { perHour: 5_000, pointsPerMinute: 900, code: 403 } });
  const place = aPlace(world, { connection: world.connect({ kind: "nobody" }) });
  expect(problemOf(await readingOf(place))).toMatch(/there is no repository acme\/policy, or this bot may not see it/);
  world.server.faults.failNext("*", { kind: "primary limit", code: 403, resetIn: 1_000 });
  expect(problemOf(await readingOf(place))).toMatch(/may ask more often: give --policy-token-file or an App\.$/);
});

test.each<readonly [string, Fault, number]>([
  ["the primary limit's reset", { kind: "primary limit", code: 429, resetIn: 5 * 60_000 }, 5 * 60_000],
  ["ten minutes, however long the limit lasts", { kind: "primary limit", code: 403, resetIn: 3_600_000 }, 10 * 60_000],
  ["secondary 403: as long as it says", { kind: "secondary limit", code: 403, retryAfterSeconds: 40 }, 40_000],
  ["secondary 403: a minute where it does not say", { kind: "secondary limit", code: 429 }, 60_000],
])("nothing is asked before %s, and the answer is the same meanwhile", async (_, fault, wait) => {
  const world = await aPrivateGitHub();
  const place = aPlace(world);
  world.server.faults.failNext(REF, fault);
  const limited = await readingOf(place);
  await world.advance(wait - 1);
  routesSince(world.server);
  expect(await readingOf(place)).toEqual(limited);
  expect(routesSince(world.server)).toEqual([]);
  await world.advance(1);
  expect(await readingOf(place)).toMatchObject({ kind: "read", content: TEXT });
});

test("a limit is waited for by GitHub's clock, whatever this machine's says", async () => {
  const world = await aPrivateGitHub();
  const place = aPlace(world, {
    connection: world.connect({ kind: "token", file: world.files.token }),
  });
  vi.useFakeTimers({ toFake: ["Date"], now: world.clock.now() + 86_400_000 });
  world.server.faults.failNext(REF, { kind: "primary limit", code: 403, resetIn: 60_000 });
  await readingOf(place);
  await world.advance(59_999);
  vi.useRealTimers();
  expect((await readingOf(place)).kind).toBe("unreachable");
  await world.advance(1);
  expect((await readingOf(place)).kind).toBe("read");
});

const parse: Parse = (text, { commit }, source) => ({
  kind: "good",
  policy: aPolicy({ commit: commit?.id ?? null, author: commit?.author ?? null }),
  ...{ source, text },
});

/** Hears the news, and notes all that is logged. */
function aKeeper(logged: unknown[]) {
  const time = { now: 0 };
  const note = (event: string, fields?: object): void => void logged.push([event, fields]);
  const keeper = new PolicyKeeper({
    clusterName: aPolicy().cluster,
    clock: { now: () => time.now, monotonic: () => time.now, after: () => ({ stop: () => {} }) },
    log: { info: note, warn: note },
    reparse: () => null,
  });
  return { keeper, time };
}

test("in any trouble the last good policy stays, the reason and since when are visible, and no secret is logged", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect({ kind: "token", file: world.files.token }, { deadline: 300 });
  const turns = new Turns();
  const { keeper, time } = aKeeper(world.logged);
  const place = aPlace(world, { connection });
  const source = policyFrom(place, { clock: turns.clock, random: { next: () => 0.5 }, every: 1_000, parse });
  const commit = world.first.sha;
  for (const news of await turns.first(source)) keeper.hear(news);
  for (const [what, go, problem] of TROUBLE) {
    await go(world);
    time.now += 60_000;
    for (const news of await turns.next()) keeper.hear(news);
    const since = time.now;
    expect(keeper.policy()?.commit, what).toBe(commit);
    expect(keeper.status(), what).toMatchObject({ commit, valid: false, since, inForceSince: 0 });
    expect(keeper.status()?.problems.join(), what).toMatch(problem);
    await mend(world);
    for (const news of await turns.next()) keeper.hear(news);
    expect(keeper.status(), what).toMatchObject({ commit, valid: true, problems: [], inForceSince: 0 });
  }
  turns.stop();
  const said = JSON.stringify([world.logged, keeper.status()]);
  expect(said).toContain("policy not used");
  expect(said).not.toContain(TOKEN);
});

test("rounds of the poll: one request each, longer and longer pauses in trouble, and the commit in force at the next", async () => {
  const world = await aPrivateGitHub();
  const turns = new Turns();
  const place = aPlace(world);
  const source = policyFrom(place, { clock: turns.clock, random: { next: () => 0.5 }, every: 60_000, parse });
  const commits = async (news: ReturnType<Turns["next"]>) =>
    (await news).map((one) => (one.kind === "good" ? one.policy.commit : one.problems));
  expect(await commits(turns.first(source))).toEqual([world.first.sha]);
  routesSince(world.server);
  for (let round = 0; round < 3; round += 1) expect(await commits(turns.next())).toEqual([]);
  expect(routesSince(world.server)).toEqual(Array(3).fill("/git/ref/{ref} 304"));
  const broken = world.server.faults.failEvery(REF, 1, { kind: "status", code: 502 });
  expect(await commits(turns.next())).toEqual([[expect.stringMatching(/fails \(502/)]]);
  for (let round = 0; round < 4; round += 1) expect(await commits(turns.next())).toEqual([]);
  broken.stop();
  expect(routesSince(world.server)).toEqual(Array(5).fill("/git/ref/{ref} 502"));
  expect(turns.pauses.map((pause) => pause / 60_000)).toEqual([1, 1, 1, 1, 1, 2, 4, 8, 10]);
  const second = world.repository.commit({ files: { "policy.yaml": "two" } });
  expect(await commits(turns.next())).toEqual([second.sha]);
  turns.stop();
});
