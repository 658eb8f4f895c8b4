import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Git, GitFailed, gitCommand } from "./git.ts";
import { gitPolicy } from "./git-policy.ts";
import type { PolicyPlace, Reading } from "./reading.ts";
import { keysIn } from "./signature.ts";
import { Repository } from "./testing/repository.ts";
import { isWithoutSshKeygen, SigningKeys } from "./testing/signing-keys.ts";
import { takerOf } from "./testing/taker.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-signed-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

function placeOf(repository: Repository, keys: SigningKeys): PolicyPlace {
  const place = { url: repository.url, ref: "main", path: "policy.yaml" };
  return gitPolicy(place, { git: gitCommand(20_000), workDir: join(folder, "work"), allowedSigners: keys.file });
}

const problemOf = (reading: Reading): string => (reading.kind === "read" ? "it was read" : reading.problem);

/** Commits a copy of the newest commit's object with something changed in it. */
function forge(repository: Repository, change: (commit: string) => string): string {
  const forged = change(repository.git("cat-file", "commit", "HEAD"));
  const { stdout } = spawnSync("git", ["-C", repository.folder, "hash-object", "-t", "commit", "-w", "--stdin"], {
    input: `${forged}\n`,
    encoding: "utf8",
  });
  repository.git("update-ref", "refs/heads/main", stdout.trim());
  return stdout.trim();
}

describe.skipIf(isWithoutSshKeygen("bot/git/signature.test.ts"))("signatures", () => {
  test("a signed commit is used, and says whose key signed it", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    keys.allow("ana");
    repository.commit("policy.yaml", "one", "first");
    expect(await placeOf(repository, keys).read(never)).toMatchObject({
      kind: "read",
      content: "one",
      verified: "ana@example.com",
    });
  });

  test("an unsigned commit is not used, and it is said who made what", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    keys.make("ana");
    keys.allow("ana");
    const commit = repository.commit("policy.yaml", "one", "first");
    const reading = await placeOf(repository, keys).read(never);
    expect(reading).toMatchObject({ kind: "unsigned", commit });
    expect(problemOf(reading)).toContain(
      `commit ${commit.slice(0, 7)} by Ana is not signed by a key of ${keys.file}: it has no signature that an SSH key made.`,
    );
  });

  test('an unknown key whose text says "Good signature" is not believed', async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    keys.make("ana");
    keys.allow("ana");
    repository.signWith(keys.make("eve"));
    const commit = repository.commit("policy.yaml", "one", "first");
    const said = spawnSync(
      "git",
      ["-C", repository.folder, "-c", `gpg.ssh.allowedSignersFile=${keys.file}`, "verify-commit", commit],
      { encoding: "utf8" },
    );
    expect(said.stdout + said.stderr, "what git prints of it").toMatch(/^Good "git" signature/m);
    const reading = await placeOf(repository, keys).read(never);
    expect(reading.kind).toBe("unsigned");
    expect(problemOf(reading)).toMatch(/is signed by SHA256:\S+, which that file does not allow\.$/);
  });

  test("keys changed: an unchanged commit is judged anew, both ways", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    keys.make("ben");
    keys.allow("ben");
    repository.commit("policy.yaml", "one", "first");
    const place = placeOf(repository, keys);
    const kinds = [(await place.read(never)).kind];
    for (const allowed of [["ana", "ben"], ["ben"], ["ana"]]) {
      keys.allow(...allowed);
      kinds.push((await place.read(never)).kind);
    }
    expect(kinds).toEqual(["unsigned", "read", "unsigned", "read"]);
  });

  test("a newer commit without a signature is not used, and the next signed one is", async () => {
    using repository = new Repository();
    using plain = new Repository();
    const keys = new SigningKeys(folder);
    const key = keys.make("ana");
    keys.allow("ana");
    repository.signWith(key);
    repository.commit("policy.yaml", "one", "first");
    const read = takerOf(placeOf(repository, keys));
    expect(await read()).toMatchObject({ kind: "read", content: "one" });
    plain.git("pull", "--quiet", repository.url, "main");
    plain.commit("policy.yaml", "two", "sneaked in");
    repository.git("pull", "--quiet", plain.url, "main");
    expect(await read()).toMatchObject({ kind: "unsigned" });
    repository.commit("policy.yaml", "three", "third");
    expect(await read()).toMatchObject({ kind: "read", content: "three", note: null });
  });

  test("keys changed: the commit in force is judged anew, though the branch moved on and the server is gone", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    keys.make("ben");
    keys.allow("ana", "ben");
    const inForce = repository.commit("policy.yaml", "one", "first");
    const read = takerOf(placeOf(repository, keys));
    await read();
    repository.signWith(keys.make("eve"));
    const unknown = repository.commit("policy.yaml", "two", "second");
    expect(await read()).toMatchObject({ kind: "unsigned", commit: unknown });
    repository[Symbol.dispose]();
    expect(await read()).toMatchObject({ kind: "unreachable" });
    keys.allow("ben");
    expect(await read()).toMatchObject({ kind: "unsigned", commit: inForce });
    expect(await read()).toMatchObject({ kind: "unreachable" });
  });

  test.each<readonly [string, (commit: string) => string]>([
    ["a signature of another message", (commit) => commit.replace("first", "other")],
    [
      "a signature of another kind",
      (commit) =>
        commit.replace(
          /gpgsig -----BEGIN SSH[\s\S]*?END SSH SIGNATURE-----/,
          "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----",
        ),
    ],
  ])("%s is not believed", async (_, change) => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    keys.allow("ana");
    const signed = repository.commit("policy.yaml", "one", "first");
    const commit = forge(repository, change);
    expect(commit).not.toBe(signed);
    expect(await placeOf(repository, keys).read(never)).toMatchObject({ kind: "unsigned", commit });
  });

  test("a key that is allowed to sign other things than commits is not believed", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    writeFileSync(keys.file, keys.lineOf("ana", 'namespaces="file"'));
    repository.commit("policy.yaml", "one", "first");
    expect(await placeOf(repository, keys).read(never)).toMatchObject({ kind: "unsigned" });
  });

  test("without the file of keys nothing is used, and it is said", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    repository.commit("policy.yaml", "one", "first");
    rmSync(keys.file);
    const reading = await placeOf(repository, keys).read(never);
    expect(reading.kind).toBe("unreachable");
    expect(problemOf(reading)).toContain(`the file of allowed signers ${keys.file} can't be read (ENOENT)`);
  });

  test("each reading tells by which keys it was judged, good, bad or unreachable", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    keys.make("ben");
    const told = async (reading: Promise<Reading>) => {
      const { kind, keysDigest } = await reading;
      return [kind, keysDigest];
    };
    const by = async (...names: readonly string[]): Promise<string> => {
      keys.allow(...names);
      return (await keysIn(keys)).digest;
    };
    const [neither, ana, both] = [await by(), await by("ana"), await by("ana", "ben")];
    expect(new Set([neither, ana, both]).size).toBe(3);
    repository.commit("policy.yaml", "one", "first");
    const read = takerOf(placeOf(repository, keys));
    expect(await told(read())).toEqual(["read", both]);
    await by("ana");
    expect(await told(read()), "the commit in force is judged as well").toEqual(["read", ana]);
    repository.remove("policy.yaml");
    expect(await told(read())).toEqual(["unfit", ana]);
    repository[Symbol.dispose]();
    await by("ana", "ben");
    expect(await told(read())).toEqual(["unreachable", both]);
    await by();
    expect(await told(read())).toEqual(["unsigned", neither]);
    rmSync(keys.file);
    expect(await told(read())).toEqual(["unreachable", null]);
    const place = { url: repository.url, ref: "main", path: "policy.yaml" };
    const unasked = gitPolicy(place, { git: gitCommand(20_000), workDir: join(folder, "work") });
    expect(await unasked.read(never)).not.toHaveProperty("keysDigest");
  });

  test("keys changed: by which keys what is in force was judged can't be told while git fails", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    keys.make("ben");
    keys.allow("ana");
    repository.commit("policy.yaml", "one", "first");
    const git = gitCommand(20_000);
    let isBroken = false;
    const run: Git["run"] = (...call) => (isBroken ? Promise.reject(new GitFailed("no space left")) : git.run(...call));
    const place = { url: repository.url, ref: "main", path: "policy.yaml" };
    const parts = { git: { run }, workDir: join(folder, "work"), allowedSigners: keys.file };
    const read = takerOf(gitPolicy(place, parts));
    await read();
    keys.allow("ben");
    isBroken = true;
    expect(await read()).toMatchObject({ kind: "unreachable", keysDigest: null });
    isBroken = false;
    expect(await read()).toMatchObject({ kind: "unsigned", keysDigest: (await keysIn(keys)).digest });
  });

  test("keys changed in mid-reading: a commit is judged by those that it is said to be judged by", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    const [ben] = [keys.make("ben"), keys.make("ana")];
    keys.allow("ana");
    repository.signWith(ben);
    repository.commit("policy.yaml", "one", "first");
    const git = gitCommand(20_000);
    const run: Git["run"] = (args, options) => {
      if (args.includes("verify-commit")) keys.allow("ben");
      return git.run(args, options);
    };
    const place = { url: repository.url, ref: "main", path: "policy.yaml" };
    const signed = gitPolicy(place, { git: { run }, workDir: join(folder, "work"), allowedSigners: keys.file });
    const kinds = [(await signed.read(never)).kind, (await signed.read(never)).kind];
    expect(kinds).toEqual(["unsigned", "read"]);
  });

  test("keys changed: the commit in force is judged, not one that could be read and was not taken", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    const [ana, ben] = [keys.make("ana"), keys.make("ben")];
    keys.allow("ana", "ben");
    repository.signWith(ana);
    const inForce = repository.commit("policy.yaml", "one", "first");
    const place = placeOf(repository, keys);
    await place.read(never);
    repository.signWith(ben);
    repository.commit("policy.yaml", "not a policy", "second");
    expect(await place.read(never, () => inForce)).toMatchObject({ kind: "read", content: "not a policy" });
    const read = () => place.read(never, () => inForce);
    repository[Symbol.dispose]();
    keys.allow("ana");
    expect(await read()).toMatchObject({ kind: "unreachable", keysDigest: (await keysIn(keys)).digest });
    keys.allow("ben");
    expect(await read()).toMatchObject({ kind: "unsigned", commit: inForce });
  });

  test("keys changed: a commit that is not in force is not judged in the place of one that was never read here", async () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    repository.signWith(keys.make("ana"));
    keys.allow("ana");
    repository.commit("policy.yaml", "not a policy", "first");
    const place = placeOf(repository, keys);
    const read = () => place.read(never, () => "a".repeat(40));
    expect((await read()).kind).toBe("read");
    repository[Symbol.dispose]();
    keys.allow();
    expect(await read()).toMatchObject({ kind: "unreachable", keysDigest: (await keysIn(keys)).digest });
  });

  test("a policy from before signatures were asked for is of another source", () => {
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    expect(placeOf(repository, keys).name).toBe(`${repository.url}@main:policy.yaml, signed by a key of ${keys.file}`);
  });
});
