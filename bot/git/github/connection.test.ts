import { writeFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../core/instant.ts";
import { AT, START } from "../../sim/github/testing/real-octokit.ts";
import type { GitHubConnection } from "./connection.ts";
import { anAppOf, aPrivateGitHub, KEY, OTHER_KEY, TOKEN } from "./testing/connected.ts";
import { wordsOf } from "./trouble.ts";

const ask = ({ octokit }: GitHubConnection) => octokit.rest.repos.get(AT);

const saysOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "it was answered",
    (error) => wordsOf(error).says,
  );

/** Which of these routes were asked for, in short. */
const routesOf = (server: { readonly requests: readonly { readonly route: string; readonly status: unknown }[] }) =>
  server.requests.map(({ route, status }) => `${route.split("/").at(-1)} ${status}`);

test("a token from a file opens a private repository, and is read again at each use", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect({ kind: "token", file: world.files.token });
  expect((await ask(connection)).data.full_name).toBe("acme/policy");
  world.github.revoke(TOKEN);
  world.github.addToken({ token: "ghp_theNextOne", login: "ana" });
  expect(await saysOf(ask(connection))).toMatch(/401: Bad credentials\); check --policy-token-file/);
  writeFileSync(world.files.token, "ghp_theNextOne");
  expect((await ask(connection)).data.full_name).toBe("acme/policy");
  expect(await connection.token()).toBe("ghp_theNextOne");
});

test("a public repository needs nobody's name", async () => {
  const world = await aPrivateGitHub({ isPrivate: false });
  const connection = world.connect({ kind: "nobody" });
  expect((await ask(connection)).data.full_name).toBe("acme/policy");
  expect(await connection.token()).toBeNull();
});

test("an App finds its installation, and keeps its token until shortly before that ends", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect(anAppOf(world).identity);
  await Promise.all([ask(connection), ask(connection)]);
  expect(routesOf(world.server)).toEqual(["installation 200", "access_tokens 201", "{repo} 200", "{repo} 200"]);
  await world.advance(HOUR - 5 * MINUTE - 1);
  await ask(connection);
  expect(routesOf(world.server).slice(4)).toEqual(["{repo} 200"]);
  await world.advance(1);
  vi.setSystemTime(world.clock.now());
  await ask(connection);
  expect(routesOf(world.server).slice(5)).toEqual(["access_tokens 201", "{repo} 200"]);
});

test("401 mid-run: a token that was revoked is replaced once, and the call made again", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect(anAppOf(world).identity);
  world.github.revoke((await connection.token()) ?? "");
  expect((await ask(connection)).data.full_name).toBe("acme/policy");
  expect(routesOf(world.server).slice(2)).toEqual(["{repo} 401", "access_tokens 201", "{repo} 200"]);
});

test("401 mid-run: where the next token is refused too, nothing more is tried", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect(anAppOf(world).identity);
  const refused = { kind: "status", code: 401, message: "Bad credentials" } as const;
  world.server.faults.failNext("GET /repos/{owner}/{repo}", refused, refused);
  expect(await saysOf(ask(connection))).toMatch(
    /^127\.0\.0\.1:\d+ does not know who this bot is \(401: Bad credentials\); look whether the App is still installed, and not suspended$/,
  );
  expect(routesOf(world.server).slice(2)).toEqual(["{repo} 401", "access_tokens 201", "{repo} 401"]);
});

test("an App that was removed and installed again is found again; while it is removed, that is said", async () => {
  const world = await aPrivateGitHub();
  const { app, installation, identity } = anAppOf(world);
  const connection = world.connect(identity);
  await ask(connection);
  world.github.uninstall(installation);
  expect(await saysOf(ask(connection))).toMatch(
    new RegExp(
      `\\(404: Not Found\\); App ${app.id} is not installed on acme/policy, or one of the two does not exist$`,
    ),
  );
  world.github.install(app, "acme");
  expect((await ask(connection)).data.full_name).toBe("acme/policy");
});

test("a suspended App is said to be", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect(anAppOf(world).identity);
  const suspended = { kind: "status", code: 403, message: "This installation has been suspended" } as const;
  world.server.faults.failNext("POST /app/installations/{installation_id}/access_tokens", suspended);
  expect(await saysOf(ask(connection))).toMatch(
    /\(403: This installation has been suspended\); look whether the App's installation for acme\/policy is suspended$/,
  );
});

test.each([
  { what: "fast", skew: 10 * MINUTE },
  { what: "slow", skew: -10 * MINUTE - 30 * SECOND },
])("clock off by 10 min, $what: the App goes by GitHub's time, and the log says so", async ({ skew }) => {
  const world = await aPrivateGitHub();
  const connection = world.connect(anAppOf(world).identity);
  vi.setSystemTime(START + skew);
  expect((await ask(connection)).data.full_name).toBe("acme/policy");
  expect(JSON.stringify(world.logged)).toContain(`different by ${-skew / 1_000} seconds`);
  for (const [later, tokens] of [
    [HOUR - 5 * MINUTE - 1, 1],
    [1, 2],
  ] as const) {
    await world.advance(later);
    vi.setSystemTime(world.clock.now() + skew);
    await ask(connection);
    expect(
      world.server.requests.filter(({ route, status }) => route.endsWith("_tokens") && status === 201),
    ).toHaveLength(tokens);
  }
});

test("a clock that GitHub itself can't put right is said", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect(anAppOf(world).identity);
  const message = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  const refused = { kind: "status", code: 401, message } as const;
  world.server.faults.failNext("GET /repos/{owner}/{repo}/installation", refused, refused);
  expect(await saysOf(ask(connection))).toMatch(/\(401: 'Issued at' claim .*; check .* and this machine's clock$/);
});

test("a key that was changed in its file counts at the next token", async () => {
  const world = await aPrivateGitHub();
  const { identity, app } = anAppOf(world);
  const connection = world.connect(identity);
  writeFileSync(world.files.key, OTHER_KEY.privateKey);
  expect(await saysOf(ask(connection))).toMatch(
    new RegExp(`\\(401: A JSON web token could not be decoded\\); check --github-app-id ${app.id} and the key in`),
  );
  writeFileSync(world.files.key, KEY.privateKey);
  expect((await ask(connection)).data.full_name).toBe("acme/policy");
});

test("an id that no App has is said", async () => {
  const world = await aPrivateGitHub();
  const connection = world.connect({ ...anAppOf(world).identity, id: "77" });
  expect(await saysOf(ask(connection))).toMatch(/\(404: Integration not found\); App 77 is not installed on acme/);
});

test.each<readonly [string, string | null, RegExp]>([
  ["is not there", null, /^the key file \S+ can't be read \(ENOENT\); check --github-app-key-file$/],
  ["holds no key", "-----BEGIN s3cr3t", /^the key file \S+ does not hold a private RSA key in PEM/],
  ["holds a public key", KEY.publicKey, /does not hold a private RSA key/],
])("a key file that %s is said without what is in it", async (_, text, says) => {
  const world = await aPrivateGitHub();
  const { identity } = anAppOf(world);
  const keyFile = `${world.folder}/other.pem`;
  if (text !== null) writeFileSync(keyFile, text);
  const said = await saysOf(ask(world.connect({ ...identity, keyFile })));
  expect(said).toMatch(says);
  expect(said).not.toContain("s3cr3t");
  expect(world.server.requests).toEqual([]);
});

test("a token file that is not there is said, and nothing is asked", async () => {
  const world = await aPrivateGitHub();
  const says = await saysOf(ask(world.connect({ kind: "token", file: `${world.folder}/none` })));
  expect(says).toMatch(/^the token file \S+ can't be read \(ENOENT\); check --policy-token-file$/);
  expect(world.server.requests).toEqual([]);
});

test("an Enterprise server is asked under its own prefix", async () => {
  const world = await aPrivateGitHub({ prefix: "/api/v3" });
  expect((await ask(world.connect(anAppOf(world).identity))).data.full_name).toBe("acme/policy");
  expect(world.server.requests.every(({ path }) => path.startsWith("/api/v3/"))).toBe(true);
});
