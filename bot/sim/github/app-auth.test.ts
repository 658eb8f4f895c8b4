import { expect, test, vi } from "vitest";
import {
  APP_PERMISSIONS,
  AT,
  aGitHub,
  aJwt,
  anApp,
  anOctokit,
  aToken,
  refusal,
  START,
} from "./testing/real-octokit.ts";

const MINUTE = 60_000;

test("an app finds where it is installed, gets a token and reads", async () => {
  const { github, server } = await aGitHub({ isPrivate: true });
  const { app, installation, asApp, asInstallation } = anApp(github, server);
  const { data } = await asApp.rest.apps.getRepoInstallation(AT);
  expect(data).toMatchObject({ id: installation.id, app_slug: "bootswain", permissions: APP_PERMISSIONS });
  expect((await asApp.rest.apps.getAuthenticated()).data).toMatchObject({ id: app.id, slug: "bootswain" });
  expect((await asInstallation.rest.repos.get(AT)).data.full_name).toBe("acme/policy");
});

test("a token of an installation ends after an hour with bad credentials", async () => {
  const { github, server, advance } = await aGitHub({ isPrivate: true });
  const { installation, asApp } = anApp(github, server);
  const { data } = await asApp.rest.apps.createInstallationAccessToken({ installation_id: installation.id });
  expect(data).toMatchObject({ expires_at: "2026-03-01T11:00:00Z", repository_selection: "all" });
  const octokit = anOctokit(server, data.token);
  await advance(60 * MINUTE - 1);
  await octokit.rest.repos.get(AT);
  await advance(1);
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject(refusal(401, "Bad credentials"));
});

test("octokit gets itself a new token when the old one ends", async () => {
  const { github, server, advance } = await aGitHub({ isPrivate: true });
  const { asInstallation } = anApp(github, server);
  await asInstallation.rest.repos.get(AT);
  await advance(60 * MINUTE);
  vi.setSystemTime(github.now());
  await asInstallation.rest.repos.get(AT);
  const tokens = server.requests.filter(({ route }) => route.endsWith("/access_tokens"));
  expect(tokens).toHaveLength(2);
});

const PAST =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
const TOO_FAR = "'Expiration time' claim ('exp') is too far in the future";
const NOT_YET = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";

test.each([
  { what: "has ended", iat: -600, exp: 0, message: PAST },
  { what: "does not say when it ends", iat: 0, exp: "soon", message: PAST },
  { what: "lasts longer than ten minutes", iat: 0, exp: 601, message: TOO_FAR },
  { what: "is from the future", iat: 1, exp: 600, message: NOT_YET },
])("a claim that $what is refused as GitHub words it", async ({ iat, exp, message }) => {
  const { github, server } = await aGitHub();
  const { app } = anApp(github, server);
  const now = START / 1_000;
  const jwt = aJwt({ iss: app.id, iat: now + iat, exp: typeof exp === "number" ? now + exp : exp });
  expect(await askAs(jwt, server.apiUrl)).toMatchObject([401, { message }]);
  expect(await askAs(aJwt({ iss: app.id, iat: now, exp: now + 600 }), server.apiUrl)).toMatchObject([200, {}]);
});

test.each([
  { what: "fast", skew: 31_000 },
  { what: "slow", skew: -11 * MINUTE },
])("a clock that is too $what is put right by octokit with the Date of the refusal", async ({ skew }) => {
  const { github, server } = await aGitHub();
  const { asApp } = anApp(github, server);
  vi.setSystemTime(START + skew);
  const { headers } = await asApp.rest.apps.getAuthenticated();
  expect(headers.date).toBe("Sun, 01 Mar 2026 10:00:00 GMT");
  expect(server.requests.map(({ status }) => status)).toEqual([401, 200]);
});

test("a clock that is fast by less than half a minute does no harm", async () => {
  const { github, server } = await aGitHub();
  const { asApp } = anApp(github, server);
  vi.setSystemTime(START + 29_000);
  await asApp.rest.apps.getAuthenticated();
  expect(server.requests.map(({ status }) => status)).toEqual([200]);
});

test("an app whose key is another's, or that is not there, is no app", async () => {
  const [{ github, server }, other] = [await aGitHub(), await aGitHub()];
  const { asApp } = anApp(github, server);
  const { token } = await jwtOf(asApp);
  const broken = `${token.slice(0, -6)}AAAAAA`;
  const notDecoded = { message: "A JSON web token could not be decoded" };
  expect(await askAs(broken, server.apiUrl)).toMatchObject([401, notDecoded]);
  expect(await askAs(token, other.server.apiUrl)).toMatchObject([404, { message: "Integration not found" }]);
  expect(await askAs(token, server.apiUrl)).toMatchObject([200, { slug: "bootswain" }]);
});

test("what only an app may ask is not answered to a token", async () => {
  const { octokit } = await aGitHub();
  const refused = refusal(401, "A JSON web token could not be decoded");
  await expect(octokit.rest.apps.getAuthenticated()).rejects.toMatchObject(refused);
  await expect(octokit.rest.apps.getRepoInstallation(AT)).rejects.toMatchObject(refused);
});

test("an app that is not installed on a repository gets a 404, after its removal also for its token", async () => {
  const { github, server } = await aGitHub({ isPrivate: true });
  github.addRepository({ owner: "other", name: "policy" });
  const { installation, asApp } = anApp(github, server);
  const elsewhere = asApp.rest.apps.getRepoInstallation({ owner: "other", repo: "policy" });
  await expect(elsewhere).rejects.toMatchObject(refusal(404, "Not Found"));
  const octokit = anOctokit(server, await aToken(asApp, installation.id));
  github.uninstall(installation);
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject(refusal(401, "Bad credentials"));
  await expect(asApp.rest.apps.getRepoInstallation(AT)).rejects.toMatchObject({ status: 404 });
  await expect(aToken(asApp, installation.id)).rejects.toMatchObject({ status: 404 });
});

test("a suspended installation says since when, and its tokens, old and new, are refused until it is taken back", async () => {
  const { github, server } = await aGitHub();
  const { installation, asApp } = anApp(github, server);
  const octokit = anOctokit(server, await aToken(asApp, installation.id));
  const suspended = github.suspend(installation);
  const refused = refusal(403, "This installation has been suspended");
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject(refused);
  await expect(aToken(asApp, installation.id)).rejects.toMatchObject(refused);
  expect((await asApp.rest.apps.getRepoInstallation(AT)).data).toMatchObject({
    id: installation.id,
    suspended_at: "2026-03-01T10:00:00Z",
    suspended_by: { login: "acme" },
  });
  suspended.stop();
  await octokit.rest.repos.get(AT);
  expect((await asApp.rest.apps.getRepoInstallation(AT)).data.suspended_at).toBeNull();
});

test("a token can be for less than the app may do, but not for more", async () => {
  const { github, repository, server } = await aGitHub({ isPrivate: true });
  repository.commit({ files: { a: "b" } });
  const { installation, asApp } = anApp(github, server);
  const narrow = anOctokit(server, await aToken(asApp, installation.id, { permissions: { checks: "write" } }));
  await expect(narrow.rest.repos.getCommit({ ...AT, ref: "main" })).rejects.toMatchObject(
    refusal(403, "Resource not accessible by integration"),
  );
  await expect(aToken(asApp, installation.id, { permissions: { contents: "write" } })).rejects.toMatchObject(
    refusal(422, "The permissions requested are not granted to this installation."),
  );
});

test("an installation lists the repositories that its token is for", async () => {
  const { github, server } = await aGitHub({ isPrivate: true });
  const second = github.addRepository({ owner: "acme", name: "second", isPrivate: true });
  const { app, installation, asApp, asInstallation } = anApp(github, server);
  const names = async (octokit: typeof asInstallation) =>
    (await octokit.rest.apps.listReposAccessibleToInstallation()).data.repositories.map(({ name }) => name);
  expect(await names(asInstallation)).toEqual(["policy", "second"]);
  const one = anOctokit(server, await aToken(asApp, installation.id, { repositories: ["second"] }));
  expect(await names(one)).toEqual(["second"]);
  await expect(one.rest.repos.get(AT)).rejects.toMatchObject({ status: 404 });
  github.uninstall(installation);
  github.install(app, "acme", [second]);
  const { data } = await asApp.rest.apps.listInstallations();
  expect(data).toMatchObject([{ repository_selection: "selected", account: { login: "acme" } }]);
});

async function askAs(jwt: string, url: string): Promise<readonly [number, unknown]> {
  const answer = await fetch(`${url}/app`, { headers: { authorization: `Bearer ${jwt}` } });
  return [answer.status, await answer.json()];
}

async function jwtOf(asApp: { auth: (options: { type: "app" }) => Promise<unknown> }): Promise<{ token: string }> {
  const found = await asApp.auth({ type: "app" });
  if (typeof found !== "object" || found === null || !("token" in found)) throw new Error("no token");
  return { token: String(found.token) };
}
