import { describe, expect, test } from "vitest";
import { gitHubProposals } from "../../bot/git/github/propose-freeze.ts";
import { aPrivateGitHub, TOKEN } from "../../bot/git/github/testing/connected.ts";
import { addFreeze } from "../../bot/policy/add-freeze.ts";
import { systemClock } from "../../bot/process/clock.ts";
import { mergePull } from "../../bot/sim/github/pulls.ts";
import { AT } from "../../bot/sim/github/testing/real-octokit.ts";
import { ANA, BEN, OPS } from "../../bot/sim/slack/a-workspace.ts";
import { BOT } from "../../bot/sim/slack/directory.ts";
import { messageEvents } from "../../bot/sim/slack/envelope.ts";
import { aPolicy } from "./a-policy.ts";
import { Night } from "./office-night.ts";
import { CONTROL_PLANES } from "./starting-cluster.ts";

const ASKED = /^🔐 control-plane: 3 nodes want/;
const PATH = "clusters/abal-kuber.yaml";
const POLICY = aPolicy({
  more: "# Times in which nothing moves.\nfreezes:\n  - { name: old, from: 2026-01-01, to: 2026-01-02 }   # kept",
});
const AFTER = "Nothing is frozen before it is merged. To stop reboots now: `pause`.";

/** The starting cluster, whose policy is on an emulated GitHub. */
async function aNight({
  bots = ["a"],
  ...more
}: Partial<Parameters<typeof Night.begin>[0]> & { readonly bots?: readonly string[] } = {}) {
  const world = await aPrivateGitHub();
  const { repository, files } = world;
  repository.commit({ files: { [PATH]: POLICY }, message: "Reboot nights" });
  const { octokit } = world.connect({ kind: "token", file: files.token });
  const proposals = gitHubProposals({
    ...{ ...AT, octokit, branch: "main", path: PATH, after: systemClock.after },
    edit: (text, request) => addFreeze(text, request, PATH),
  });
  const night = await Night.begin({ policy: POLICY, proposals, ...more }, bots);
  const main = repository.head("main")?.sha;
  const textOn = (branch: string): string => {
    const entry = repository.head(branch)?.tree.get(PATH);
    return entry?.kind === "file" ? entry.content.toString("utf8") : "";
  };
  const pulls = () => [...repository.pulls.values()];
  return { ...world, night, office: night.office, main, textOn, pulls };
}

type Evening = Awaited<ReturnType<typeof aNight>>;

const lastTold = ({ office }: Evening, user: string): string => office.person(user).ephemerals().at(-1)?.text ?? "";

/** Says it to the bot in the channel. */
async function mention(evening: Evening, user: string, words: string): Promise<string> {
  const { office } = evening;
  await office.done(() => office.person(user).say({ channel: OPS, text: `<@${BOT.userId}> ${words}` }));
  return lastTold(evening, user);
}

test("words in Slack become a pull request of one line, and merged it holds the nodes", async () => {
  const evening = await aNight();
  const { night, office, repository, main, textOn, pulls, github } = evening;
  const says = await mention(evening, ANA, "freeze until mon 09:00: etcd upgrade");
  const [pull] = pulls();
  expect(says).toBe(
    `Pull request #1 would freeze all pools until Mon Dec 7, 09:00 CST: ${evening.server.links.web}/acme/policy/pull/1\n${AFTER}`,
  );
  expect(pull).toMatchObject({ state: "open", base: { ref: "main", sha: main } });
  expect(pull?.body).toContain("ana asked for this in Slack, through Bootswain of cluster `abal-kuber`.");
  const kept = "  - { name: old, from: 2026-01-01, to: 2026-01-02 }   # kept\n";
  expect(textOn(pull?.head.ref ?? "")).toBe(
    POLICY.replace(kept, (line) => `${line}  - { name: etcd upgrade, from: 2026-11-30T22:01, to: 2026-12-07T09:00 }\n`),
  );
  expect(repository.head("main")?.sha).toBe(main);
  expect(night.decisions()).toEqual([]);
  mergePull(github, repository, 1);
  office.setPolicy(textOn("main"));
  expect(await office.until(() => CONTROL_PLANES.every((node) => night.holdsOf(node).includes("freeze")))).toBe(true);
});

test("a reply in a card's thread, and the slash command, do the same", async () => {
  const evening = await aNight();
  const { night, office, pulls } = evening;
  const card = await night.card(ASKED);
  const replied = await night.reply(ANA, card, "please freeze workers from fri 18:00 for 2 days");
  expect(replied).toContain(
    "Pull request #1 would freeze workers from Fri Dec 4, 18:00 CST until Sun Dec 6, 18:00 CST: ",
  );
  const typed = { channel: OPS, command: "/bootswain", text: "freeze for 2 days audit of the year" };
  await office.done(() => office.person(ANA).command(typed));
  await office.workspace.log.until(() => (/#2/.test(lastTold(evening, ANA)) ? true : null), 0);
  expect(pulls().map(({ title }) => title)).toEqual([
    "Freeze reboots of workers until Sun Dec 6, 18:00 CST",
    expect.stringMatching(/^Freeze reboots of all pools until Wed Dec 2, 22:\d\d CST$/),
  ]);
});

test("the same words on two replicas, the standby too, are one pull request and one answer", async () => {
  const chosen = { index: 0 };
  const evening = await aNight({ bots: ["a", "b"], server: { choose: (count) => chosen.index % count } });
  const { office, pulls, repository, main } = evening;
  const text = `<@${BOT.userId}> freeze for 2 days`;
  const [event] = messageEvents(office.workspace, office.workspace.say({ channel: OPS, text, user: ANA }));
  if (event === undefined) throw new Error("no event");
  await office.done(async () => {
    await office.server.deliver(event);
    chosen.index = 2;
    await office.server.deliver(event);
  }, 2);
  const links = office.server.sendings.filter(({ envelope }) => envelope === event).map(({ link }) => link);
  expect(new Set(links).size).toBe(2);
  expect(pulls()).toHaveLength(1);
  expect(repository.head(pulls()[0]?.head.ref ?? "")?.parents).toEqual([main]);
  expect(
    office
      .person(ANA)
      .ephemerals()
      .map((one) => one.text),
  ).toEqual([expect.stringContaining("Pull request #1 would freeze")]);
});

describe("nothing is proposed", () => {
  test("by one who may not pause", async () => {
    const policy = aPolicy({ operators: "{ people: [ana] }" });
    const evening = await aNight({ policy });
    expect(await mention(evening, BEN, "freeze until mon 09:00")).toBe("Only operators may freeze reboots. Ask ana.");
    expect([evening.pulls(), [...evening.repository.refs.keys()]]).toEqual([[], ["refs/heads/main"]]);
  });

  test("by a bot that may only read there, which says so", async () => {
    const evening = await aNight();
    const { github, server, pulls } = evening;
    github.revoke(TOKEN);
    github.addToken({
      token: TOKEN,
      login: "ana",
      permissions: { metadata: "read", contents: "read", pull_requests: "read" },
    });
    expect(await mention(evening, ANA, "freeze until mon 09:00")).toBe(
      [
        `No pull request was opened: ${new URL(server.links.web).host} refuses this to the bot (403: Resource not accessible by personal access token); give the App or the token of this bot the permissions contents: write and pull requests: write on acme/policy.`,
        "To stop reboots now: `pause`. To leave a node out: `skip &lt;node&gt; until &lt;time&gt;`.",
      ].join("\n"),
    );
    expect(pulls()).toEqual([]);
  });

  test("where the policy is not on GitHub, which is said", async () => {
    const night = await Night.begin({ policy: POLICY });
    const says = await night.reply(ANA, await night.card(ASKED), "freeze until mon 09:00");
    expect(says).toContain("This bot does not read its policy from GitHub");
    expect(says).toContain("To stop reboots now: `pause`.");
  });
});
