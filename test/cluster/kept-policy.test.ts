import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFailed, test } from "vitest";
import { SECOND } from "../../bot/core/instant.ts";
import { Repository } from "../../bot/git/testing/repository.ts";
import { isWithoutSshKeygen, SigningKeys } from "../../bot/git/testing/signing-keys.ts";
import { waitFor } from "../control-plane/wait.ts";
import { automaticPolicyText } from "./policy-text.ts";
import { read, Stage } from "./stage.ts";

const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const FILE = "abal-kuber.yaml";

let stage: Stage | null = null;
let folder = "";

afterEach(async () => {
  await stage?.clear();
  stage = null;
  rmSync(folder, { recursive: true, force: true });
});

const policyOf = (fleet: unknown): unknown => read(fleet, "status", "policy");

/** Lets a bot live until it says that and its record of the policy is so; then it leaves, and the cluster is without one. */
async function aLife(set: Stage, says: string, isSo: (policy: unknown) => boolean): Promise<unknown> {
  const bot = set.startBot();
  await Promise.all([bot.says("leads"), bot.says(says)]);
  const fleet = await waitFor(set.plane.rest, FLEET, (now) => isSo(policyOf(now)), 30 * SECOND);
  await bot.signal("SIGTERM");
  await bot.says("stopped");
  return policyOf(fleet);
}

describe.skipIf(isWithoutSshKeygen("test/cluster/kept-policy.test.ts"))("what is kept of a policy", () => {
  test("a force-push while no bot ran is said, and a policy that other keys put aside comes back with its own", async () => {
    folder = mkdtempSync(join(tmpdir(), "bootswain-kept-"));
    using repository = new Repository();
    const keys = new SigningKeys(folder);
    keys.make("ben");
    repository.signWith(keys.make("ana"));
    keys.allow("ana");
    const first = repository.commit(FILE, automaticPolicyText, "One");
    const second = repository.commit(FILE, `${automaticPolicyText}# two\n`, "Two");
    const place = ["--policy-repo", repository.url, "--policy-path", FILE, "--policy-allowed-signers", keys.file];
    const set = await Stage.set({ policy: { from: place }, nodes: [] });
    stage = set;
    onTestFailed(() => void process.stderr.write(`${set.botLog()}\n`));
    const isInForce = (commit: string) => (policy: unknown) => read(policy, "commit") === commit;
    const isAside = (policy: unknown) => read(policy, "putAside", "commit") === first;
    await aLife(set, "policy in force", isInForce(second));

    repository.git("reset", "--quiet", "--hard", first);
    const moved = await aLife(set, "policy moved by force", isInForce(first));
    expect(read(moved, "note")).toMatch(/^main was moved by force: /);

    repository.commit(FILE, "not a policy", "Three");
    keys.allow("ana", "ben");
    for (const life of ["the first", "the second"]) {
      const policy = await aLife(set, "last good policy not used", isAside);
      expect(read(policy, "commit"), life).toBeUndefined();
      expect(JSON.stringify(read(policy, "problems")), life).toContain("the file of allowed signers is not the one");
    }
    keys.allow("ana");
    const again = await aLife(set, "last good policy kept", isInForce(first));
    expect(read(again, "text")).toBe(automaticPolicyText);
    expect(read(again, "putAside")).toBeUndefined();
  });
});
