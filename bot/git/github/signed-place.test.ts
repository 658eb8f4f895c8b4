import { mkdirSync, symlinkSync } from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { PolicyKeeper } from "../../coordinator/policy-keeper.ts";
import { inForceOf } from "../../coordinator/policy-record.ts";
import type { PolicyStatus } from "../../core/fleet/fleet.ts";
import { HOUR, MINUTE } from "../../core/instant.ts";
import { aPolicy } from "../../core/testing/policies.ts";
import { TestCa } from "../../gates/testing/certificates.ts";
import { lyingServer } from "../../gates/testing/lying-server.ts";
import { gitCommand } from "../git.ts";
import { gitPolicy } from "../git-policy.ts";
import type { PolicyPlace } from "../reading.ts";
import { type Parse, policyFrom } from "../sources.ts";
import { disposable } from "../testing/disposable.ts";
import { gitBackend } from "../testing/git-backend.ts";
import { Repository } from "../testing/repository.ts";
import { isWithoutSshKeygen, SigningKeys } from "../testing/signing-keys.ts";
import { takerOf } from "../testing/taker.ts";
import { Turns } from "../testing/turns.ts";
import { gitHubAddress } from "./address.ts";
import type { GitHubIdentity } from "./connection.ts";
import { signedGitHubPolicy } from "./signed-place.ts";
import { anAppOf, aPrivateGitHub, problemOf, readingOf } from "./testing/connected.ts";

type World = Awaited<ReturnType<typeof aPrivateGitHub>>;

/** An Enterprise server over TLS: git's own server beside the emulated API, which knows of no commit but by `pulls`. */
async function anEnterprise(world: World, { repository, pulls }: { repository: Repository; pulls: unknown }) {
  const ca = new TestCa(world.folder, "ca");
  const root = join(world.folder, "root");
  mkdirSync(join(root, "acme"), { recursive: true });
  symlinkSync(repository.folder, join(root, "acme", "policy.git"));
  let tokenWanted: string | null = null;
  const answer: RequestListener = (request, response) => {
    if (request.url?.endsWith("/pulls?per_page=100") === true)
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(pulls));
    else if (request.url?.startsWith("/api/v3/") === true) void forward(world, request, response);
    else gitBackend(root, tokenWanted)(request, response);
  };
  const server = await lyingServer(answer, ca.sign("IP:127.0.0.1"));
  const apiUrl = `${server.url}/api/v3`;
  const address = gitHubAddress({ repository: "acme/policy", apiUrl, ref: "main", path: "policy.yaml" });
  if (typeof address === "string") throw new Error(address);
  return {
    server,
    place: (identity: GitHubIdentity, allowedSigners: string) => {
      const connection = world.connect(identity, { apiUrl, caFile: ca.file });
      const parts = {
        clock: world.clock,
        git: gitCommand(20_000),
        workDir: join(world.folder, "work"),
        caFile: ca.file,
        allowedSigners,
      };
      return { connection, place: signedGitHubPolicy(address, { connection, ...parts }) };
    },
    /** From git; anyone is served before. */
    wants: (token: string | null) => {
      tokenWanted = token;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function forward(world: World, { method = "GET", url = "", headers }: IncomingMessage, response: ServerResponse) {
  const { authorization = "", accept = "" } = headers;
  const to = url.replace("/api/v3", world.server.apiUrl);
  const answer = await fetch(to, { method, headers: { authorization, accept, "user-agent": "a test" } });
  const date = answer.headers.get("date") ?? "";
  response.writeHead(answer.status, { "content-type": "application/json", date }).end(await answer.text());
}

/** The first reading of a bot that found this on record, and what it leaves there. */
async function aLife(place: PolicyPlace, record: PolicyStatus | null): Promise<PolicyStatus | null> {
  using turns = disposable(new Turns());
  const log = { info: () => {}, warn: () => {} };
  const parse: Parse = (text, { commit }, source) => ({
    ...{ kind: "good", policy: aPolicy({ commit: commit?.id ?? null }), source, text },
  });
  const keeper = new PolicyKeeper({
    ...{ clusterName: aPolicy().cluster, clock: turns.clock, log, reparse: (_, origin) => aPolicy(origin) },
  });
  const source = policyFrom(place, { clock: turns.clock, random: { next: () => 0.5 }, every: MINUTE, parse });
  for (const news of await turns.first(source, () => record && inForceOf(record))) keeper.hear(news);
  keeper.remember(record);
  return keeper.status();
}

const merged = (url: string) => [
  { number: 7, html_url: `${url}/acme/policy/pull/7`, merged_at: "2026-03-01T10:00:00Z", base: { ref: "main" } },
];

describe.skipIf(isWithoutSshKeygen("bot/git/github/signed-place.test.ts"))("signatures of a policy on GitHub", () => {
  test("git brings the commit with the App's token, and the API adds the pull request", async () => {
    const world = await aPrivateGitHub();
    const keys = new SigningKeys(world.folder);
    using repository = new Repository();
    repository.signWith(keys.make("ana"));
    keys.allow("ana");
    const id = repository.commit("policy.yaml", "one", "first");
    await using enterprise = await anEnterprise(world, { repository, pulls: merged("https://ghe.example.com") });
    const { connection, place } = enterprise.place(anAppOf(world).identity, keys.file);
    enterprise.wants(await connection.token());
    const { host } = new URL(enterprise.server.url);
    expect(place.name).toBe(`${host}/acme/policy@main:policy.yaml, signed by a key of ${keys.file}`);
    expect(await readingOf(place)).toMatchObject({
      kind: "read",
      content: "one",
      commit: {
        id,
        url: `https://${host}/acme/policy/commit/${id}`,
        pull: { number: 7, url: "https://ghe.example.com/acme/policy/pull/7" },
      },
      verified: "ana@example.com",
    });
    const asked = () => enterprise.server.heard.filter(({ url }) => url.includes("/pulls")).length;
    await readingOf(place);
    expect(asked()).toBe(1);
  });

  test("a pull request that GitHub links later is known then, and the signature as before", async () => {
    const world = await aPrivateGitHub();
    const keys = new SigningKeys(world.folder);
    using repository = new Repository();
    repository.signWith(keys.make("ana"));
    keys.allow("ana");
    const id = repository.commit("policy.yaml", "one", "first");
    const pulls: unknown[] = [];
    await using enterprise = await anEnterprise(world, { repository, pulls });
    const { place } = enterprise.place({ kind: "nobody" }, keys.file);
    const asked = () => enterprise.server.heard.filter(({ url }) => url.includes("/pulls")).length;
    const signed = { kind: "read", verified: "ana@example.com", keysDigest: expect.any(String) };
    expect(await readingOf(place)).toMatchObject({ ...signed, commit: { id, pull: null } });
    await world.advance(MINUTE);
    expect(await readingOf(place)).toMatchObject({ ...signed, commit: { id, pull: null } });
    pulls.push(...merged("https://ghe.example.com"));
    for (let reading = 0; reading < 3; reading += 1) {
      await world.advance(MINUTE);
      expect(await readingOf(place)).toMatchObject({ ...signed, commit: { id, pull: { number: 7 } } });
    }
    expect(asked()).toBe(3);
  });

  test("keys changed: the commit in force is judged though GitHub gives no token", async () => {
    const world = await aPrivateGitHub();
    const keys = new SigningKeys(world.folder);
    using repository = new Repository();
    repository.signWith(keys.make("ana"));
    keys.allow("ana");
    const commit = repository.commit("policy.yaml", "one", "first");
    await using enterprise = await anEnterprise(world, { repository, pulls: [] });
    const { identity, installation } = anAppOf(world);
    const { place, connection } = enterprise.place(identity, keys.file);
    enterprise.wants(await connection.token());
    const read = takerOf(place);
    expect(await read()).toMatchObject({ kind: "read" });
    world.github.uninstall(installation);
    await world.advance(2 * HOUR);
    vi.setSystemTime(world.clock.now());
    expect((await read()).kind).toBe("unreachable");
    keys.allow();
    expect(await read()).toMatchObject({ kind: "unsigned", commit });
  });

  test.each(["git", "GitHub"])(
    "over restarts a policy from %s goes on by the keys that allowed it only",
    async (from) => {
      const world = await aPrivateGitHub();
      const keys = new SigningKeys(world.folder);
      using repository = new Repository();
      repository.signWith(keys.make("ana"));
      keys.make("ben");
      await using enterprise = await anEnterprise(world, { repository, pulls: [] });
      const place = () => {
        if (from === "GitHub") return enterprise.place({ kind: "nobody" }, keys.file).place;
        const at = { url: repository.url, ref: "main", path: "policy.yaml" };
        return gitPolicy(at, {
          git: gitCommand(20_000),
          workDir: join(world.folder, "own"),
          allowedSigners: keys.file,
        });
      };
      keys.allow("ana", "ben");
      const first = repository.commit("policy.yaml", "one", "first");
      const records = [await aLife(place(), null)];
      const lives = async (...allowed: readonly string[]) => {
        keys.allow(...allowed);
        const record = await aLife(place(), records.at(-1) ?? null);
        records.push(record);
        return [record?.commit, record?.putAside?.commit, record?.problems.length];
      };
      repository.remove("policy.yaml");
      expect(await lives("ana", "ben")).toEqual([first, undefined, 1]);
      expect(await lives("ben"), "the newest can't be used, and the key of the last is gone").toEqual([null, first, 2]);
      expect(records.at(-1)?.problems.at(-1)).toContain("the file of allowed signers is not the one");
      expect(await lives("ben"), "a second restart").toEqual([null, first, 2]);
      expect(await lives("ana", "ben"), "the file put back").toEqual([first, undefined, 1]);
      expect(await lives("ben")).toEqual([null, first, 2]);
      repository.git("reset", "--quiet", "--hard", first);
      expect(await lives("ben"), "its own key is not allowed").toEqual([null, undefined, 1]);
      expect(await lives("ana", "ben"), "read anew").toEqual([first, undefined, 0]);
    },
  );

  test("what the API says of a commit does not make it a signed one", async () => {
    const world = await aPrivateGitHub();
    const keys = new SigningKeys(world.folder);
    keys.make("ana");
    keys.allow("ana");
    using repository = new Repository();
    const commit = repository.commit("policy.yaml", "one", "first");
    await using enterprise = await anEnterprise(world, { repository, pulls: [{ verification: { verified: true } }] });
    const { place } = enterprise.place({ kind: "nobody" }, keys.file);
    expect(await readingOf(place)).toMatchObject({ kind: "unsigned", commit });
  });

  test("a token that can't be had is said as a place of git says it", async () => {
    const world = await aPrivateGitHub();
    const keys = new SigningKeys(world.folder);
    using repository = new Repository();
    await using enterprise = await anEnterprise(world, { repository, pulls: [] });
    const { identity, installation } = anAppOf(world);
    world.github.uninstall(installation);
    const reading = await readingOf(enterprise.place(identity, keys.file).place);
    expect(reading.kind).toBe("unreachable");
    expect(problemOf(reading)).toMatch(
      /^The policy could not be read from https:\/\/.*acme\/policy\.git@main:policy\.yaml: .*is not installed on acme\/policy/,
    );
  });
});
