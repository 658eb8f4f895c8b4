import { afterAll, afterEach, beforeAll, expect, onTestFailed, test } from "vitest";
import { MINUTE } from "../../../bot/core/instant.ts";
import type { GitHubEvent } from "../../../bot/sim/github/github-news.ts";
import { closePull } from "../../../bot/sim/github/pulls.ts";
import { condition, stringAt } from "../../control-plane/json.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { automaticPolicyText } from "../policy-text.ts";
import type { Program } from "../program.ts";
import { Stage } from "../stage.ts";
import { FILE, Forge } from "./forge.ts";

// Leader and standby; GitHub tells the standby of a pull request, and the leader dies while it answers that.
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const WIDER = automaticPolicyText.replace("maxRebooting: 1", "maxRebooting: 2");
const MISTAKES = 60;
/** More notes than GitHub takes at a time, so that the check run is written in two calls. */
const WRONG = `${WIDER}${Array.from({ length: MISTAKES }, (_, index) => `mistake${index}: 1\n`).join("")}`;
const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";

interface Moment {
  readonly name: string;
  readonly proposed: string;
  readonly isCome: (event: GitHubEvent) => boolean;
  /** Before it comes. */
  readonly prepare?: () => void;
  readonly isThereThen: { readonly notes: number; readonly comments: number };
  readonly inTheEnd: { readonly conclusion: string; readonly notes: number; readonly says: string };
}

const MOMENTS: readonly Moment[] = [
  {
    name: "in the middle of the check run",
    proposed: WRONG,
    isCome: (event) => event.kind === "check-run" && event.action === "created",
    isThereThen: { notes: 50, comments: 0 },
    inTheEnd: { conclusion: "failure", notes: MISTAKES, says: `${MISTAKES} problems` },
  },
  {
    name: "between the check run and the comment",
    proposed: WIDER,
    isCome: (event) => event.kind === "check-run" && event.run.status === "completed",
    isThereThen: { notes: 0, comments: 0 },
    inTheEnd: { conclusion: "success", notes: 0, says: "2 nodes could be rebooted at a time" },
  },
  {
    name: "when its comment was made, unanswered",
    proposed: WIDER,
    isCome: (event) => event.kind === "comment",
    prepare: () => forge.server.faults.failNext(COMMENT, { kind: "cut", arrived: true }),
    isThereThen: { notes: 0, comments: 1 },
    inTheEnd: { conclusion: "success", notes: 0, says: "2 nodes could be rebooted at a time" },
  },
];

let forge: Forge;
let stage: Stage;
const bots: Program[] = [];

beforeAll(async () => {
  forge = await Forge.open(automaticPolicyText);
  stage = await Stage.set({
    policy: { from: forge.args },
    nodes: [],
    timings: { leaseDuration: 3_000, leaseRenew: 1_000, callDeadline: 2_000, policyPoll: 30 * MINUTE },
  });
});

afterEach(async () => {
  for (const bot of bots.splice(0)) await bot.kill();
});

afterAll(async () => {
  await stage?.clear();
  await forge?.close();
});

function startBot(): Program {
  const bot = stage.startBot();
  bots.push(bot);
  return bot;
}

/** The bot that leads now has answered this pull request, or found it answered. */
const isAnswered = (number: number): Promise<unknown> =>
  waitFor(stage.plane.rest, FLEET, (fleet) => {
    const answered = condition(fleet, "PullRequestsAnswered");
    const says = stringAt(answered, "message");
    return (
      stringAt(answered, "status") === "True" &&
      says.startsWith(`The newest pull request that changes ${FILE}, #${number},`)
    );
  });

test.each(MOMENTS)(
  "told to the standby, and the leader killed $name: the other completes it, with one check run and one comment",
  async ({ proposed, isCome, prepare, isThereThen, inTheEnd }) => {
    onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));
    const leader = startBot();
    await leader.says("leads");
    const standby = startBot();
    await standby.says("stands by");
    await forge.hookTo(standby);
    await forge.server.webhooks.settled();
    prepare?.();
    const from = forge.github.log.events.length;
    const come = forge.github.log.until((event) => (isCome(event) ? event : null), from);
    const number = forge.propose(proposed, `branch-${from}`);
    await come;
    await leader.kill();
    const [run] = forge.runs(number);
    expect({ notes: run?.annotations.length, comments: forge.comments(number).length }).toEqual(isThereThen);

    await standby.says("leads");
    await isAnswered(number);
    const [one, ...others] = forge.runs(number);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ id: run?.id, status: "completed", conclusion: inTheEnd.conclusion });
    const lines = (one?.annotations ?? []).map((note) => note["start_line"]);
    expect([lines.length, new Set(lines).size]).toEqual([inTheEnd.notes, inTheEnd.notes]);
    expect(forge.comments(number).map(({ body }) => body)).toEqual([expect.stringContaining(inTheEnd.says)]);
    closePull(forge.github, forge.repository, number);
  },
);

test("no secret left the bots", () => {
  expect(forge.leaksIn(stage.botLog())).toEqual([]);
});
