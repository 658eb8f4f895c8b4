import { expect, onTestFinished, test } from "vitest";
import { aReceiver, SECRET } from "../../../bot/sim/github/testing/hook-receiver.ts";
import { startEmulated } from "./emulated.ts";
import { AT } from "./hub.ts";
import { startMended } from "./mended.ts";
import { startOurs } from "./ours.ts";
import { landOnMain, mergePull, notedLines, openPull, putPolicy } from "./policy-pulls.ts";

const HUBS = [
  { whose: "the project's own", start: startOurs },
  { whose: "the package's", start: startEmulated },
] as const;

test.each(HUBS)("on $whose GitHub a policy is noted on, mended and merged", async ({ start }) => {
  const hub = await start();
  onTestFinished(() => hub.close());
  await putPolicy(hub, "pools: []\n");
  const { head } = await openPull(hub, "wider", "a\nb\nc\n");
  const { checks } = hub.asInstallation.rest;
  const note = (line: number) => ({
    path: "policy.yaml",
    start_line: line,
    end_line: line,
    annotation_level: "failure" as const,
    message: `Line ${line} is wrong.`,
  });
  const run = { ...AT, name: "policy", status: "completed" } as const;
  const output = { title: "3 mistakes", summary: "See the lines.", annotations: [1, 2, 3].map(note) };
  await checks.create({ ...run, head_sha: head, conclusion: "failure", output });
  expect(await notedLines(hub, head)).toEqual([1, 2, 3]);
  // Under a number of its own: the package's pull requests stay where they were opened.
  const { number, head: mended } = await openPull(hub, "mended", "pools: [a]\n");
  await checks.create({ ...run, head_sha: mended, conclusion: "success" });
  expect(await notedLines(hub, mended)).toEqual([]);
  const { data: pull } = await hub.asInstallation.rest.pulls.get({ ...AT, pull_number: number });
  expect(pull).toMatchObject({ state: "open", head: { ref: "mended", sha: mended }, base: { ref: "main" } });
  const merge = await mergePull(hub, number);
  const { data: commit } = await hub.asInstallation.rest.repos.getCommit({ ...AT, ref: "main" });
  expect(commit.sha).toBe(merge);
  const { data: file } = await hub.asInstallation.rest.repos.getContent({ ...AT, path: "policy.yaml" });
  expect("content" in file && Buffer.from(file.content, "base64").toString()).toBe("pools: [a]\n");
});

test.each([HUBS[0], { whose: "the package's mended", start: startMended }])(
  "on $whose GitHub a pull request moves with its branch, until a push to main lands it",
  async ({ start }) => {
    const { received, url } = await aReceiver();
    const hub = await start({ url, secret: SECRET });
    onTestFinished(() => hub.close());
    await putPolicy(hub, "pools: []\n");
    const { number, head } = await openPull(hub, "wider", "a\n");
    const { pulls, checks, repos } = hub.asInstallation.rest;
    const moved = await putPolicy(hub, "pools: [a]\n", "wider");
    expect(moved).not.toBe(head);
    const one = { ...AT, pull_number: number };
    expect((await pulls.get(one)).data.head.sha).toBe(moved);
    expect((await pulls.list({ ...AT, base: "main" })).data.map((pull) => pull.head.sha)).toEqual([moved]);
    expect((await pulls.listFiles(one)).data.map(({ filename }) => filename)).toEqual(["policy.yaml"]);
    await checks.create({ ...AT, name: "policy", head_sha: moved });
    const { data } = await checks.listForRef({ ...AT, ref: moved });
    expect(data.check_runs.map(({ app }) => app?.id)).toEqual([hub.app.appId]);
    await landOnMain(hub, moved);
    expect((await repos.getCommit({ ...AT, ref: "main" })).data.sha).toBe(moved);
    const pushed = expect.objectContaining({ ref: "refs/heads/main", after: moved });
    await expect.poll(() => received.map(({ payload }) => payload)).toContainEqual(pushed);
  },
);

const TOLD_BY_BOTH = [
  "push refs/heads/main first",
  "push refs/heads/wider head",
  "pull_request opened head",
  "pull_request closed head",
  "check_run created head",
];

const TELLERS = [
  // GitHub tells of every ref that moves, whoever moved it; and the hook began with a ping.
  { ...HUBS[0], more: ["ping", "push refs/heads/wider first", "push refs/heads/main merge"] },
  // The package is silent about the push of a ref that is made over the API, and of a merge. Its delivery ids are times
  // in milliseconds, so that two deliveries may have the same one; GitHub's never do.
  { ...HUBS[1], more: [] },
] as const;

test.each(TELLERS)("$whose GitHub tells the app of it, with a signature that holds", async ({ start, more }) => {
  const { received, url } = await aReceiver();
  const hub = await start({ url, secret: SECRET });
  onTestFinished(() => hub.close());
  const first = await putPolicy(hub, "pools: []\n");
  const { number, head } = await openPull(hub, "wider", "pools: [a]\n");
  const merge = await mergePull(hub, number);
  await hub.asInstallation.rest.checks.create({ ...AT, name: "policy", head_sha: head });
  const names = new Map([
    [first, "first"],
    [head, "head"],
    [merge, "merge"],
  ]);
  const told = () => received.map(({ event, payload }) => toldOf(event, payload, names)).toSorted();
  await expect.poll(told).toEqual([...TOLD_BY_BOTH, ...more].toSorted());
  for (const { event, isGenuine, payload, guid } of received) {
    expect(isGenuine).toBe(true);
    expect(guid).not.toBe("");
    if (event === "ping") continue;
    expect(payload).toMatchObject({
      repository: { full_name: "acme/policy" },
      installation: { id: hub.app.installationId },
    });
  }
});

/** The event, what of, and which of our commits it is about. */
function toldOf(event: string, payload: object, names: ReadonlyMap<string, string>): string {
  const { ref, action, after, pull_request, check_run }: Payload = payload;
  const sha = after ?? pull_request?.head.sha ?? check_run?.head_sha;
  return [event, ref ?? action, sha === undefined ? undefined : (names.get(sha) ?? "another")]
    .filter((word) => word !== undefined)
    .join(" ");
}

interface Payload {
  readonly ref?: string;
  readonly action?: string;
  readonly after?: string;
  readonly pull_request?: { readonly head: { readonly sha: string } };
  readonly check_run?: { readonly head_sha: string };
}
