import { expect, onTestFinished, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../../bot/core/instant.ts";
import { policyWith } from "../../../bot/git/review/testing/starting-cluster.ts";
import { AT, type Hub } from "./hub.ts";
import { startMended } from "./mended.ts";
import { startOurs } from "./ours.ts";
import { landOnMain, mergePull, notedLines, openPull, putPolicy } from "./policy-pulls.ts";
import { Product } from "./product.ts";

const GOOD = policyWith();
/** The worker's window, which is open in this story, closes before it. */
const NARROWER = policyWith([
  'mode: automatic\n    windows: [{ from: "22:00", to: "01:00" }]',
  'mode: automatic\n    windows: [{ from: "20:00", to: "22:00" }]',
]);
const WRONG = policyWith(["soak:", "soack:"], ["retryAfter:", "retriAfter:"], ["mode: approval", "mode: aproval"]);
const WRONG_LINES = [/aproval/, /retriAfter/, /soack/].map(
  (slip) => WRONG.split("\n").findIndex((line) => slip.test(line)) + 1,
);
/** A delivery is taken, then a second goes by between two writes; the package's pull requests are asked about for longer. */
const SOON = 30 * SECOND;
const ONE_POLL = MINUTE + SOON;

/** What the package lacks, and the product does without: each of these is seen in a test. */
const GITHUBS = [
  {
    whose: "the project's own",
    start: startOurs,
    ...{ saysThatPullsMove: true, hasTestMerges: true, knowsPullsOfCommits: true, hasStatuses: true },
  },
  {
    whose: "the package's mended",
    start: startMended,
    ...{ saysThatPullsMove: false, hasTestMerges: false, knowsPullsOfCommits: false, hasStatuses: false },
  },
] as const;

const commentsOn = async ({ asInstallation }: Hub, issue_number: number) =>
  (await asInstallation.rest.issues.listComments({ ...AT, issue_number })).data.map(({ body, user }) => ({
    body: body ?? "",
    author: user?.login,
  }));

test.each(GITHUBS)(
  "on $whose GitHub three mistakes are noted on their lines, mended the effect is said in one comment, merged it is read after the webhook",
  async ({ start, saysThatPullsMove, hasTestMerges, knowsPullsOfCommits }) => {
    const product = new Product(HOUR);
    const hub = await start(await product.door());
    onTestFinished(() => hub.close());
    const first = await putPolicy(hub, GOOD);
    product.begin(hub);
    expect(await product.until(() => product.policy?.commit === first, SOON)).toBe(true);

    const { number, head } = await openPull(hub, "narrower", WRONG);
    await product.told(2);
    expect(await product.until(() => product.answers().length === 1, SOON)).toBe(true);
    expect(await notedLines(hub, head)).toEqual(WRONG_LINES);
    expect(product.answers()).toEqual(["3 problems"]);

    const mended = await putPolicy(hub, NARROWER, "narrower");
    if (saysThatPullsMove) await product.told(3);
    expect(await product.until(() => product.answers().length === 2, saysThatPullsMove ? SOON : ONE_POLL)).toBe(true);
    expect(await notedLines(hub, mended)).toEqual([]);
    const comments = await commentsOn(hub, number);
    expect(comments).toEqual([{ body: expect.stringContaining("abal-kuber04"), author: "bootswain[bot]" }]);
    // Of a merge that was not tried GitHub says that it does not know yet, and the branch's own file is judged.
    expect(comments[0]?.body.includes("GitHub has not said yet")).toBe(!hasTestMerges);

    // By a push, as on the command line: the package's button would merge what the branch had at first.
    await landOnMain(hub, mended);
    await product.told(saysThatPullsMove ? 4 : 3);
    expect(await product.until(() => product.policy?.commit === mended, SOON)).toBe(true);
    expect(product.policy?.pull?.number).toBe(knowsPullsOfCommits ? number : undefined);
    expect(await commentsOn(hub, number)).toEqual(comments);
    expect(product.lines.filter(({ event }) => /not answered|not used|refused/.test(event))).toEqual([]);
  },
);

test.each(GITHUBS)(
  "on $whose GitHub what was merged is read within one poll without the webhook",
  async ({ start }) => {
    const product = new Product(MINUTE);
    const hub = await start();
    onTestFinished(() => hub.close());
    const first = await putPolicy(hub, GOOD);
    product.begin(hub);
    expect(await product.until(() => product.policy?.commit === first, SOON)).toBe(true);
    const { number } = await openPull(hub, "narrower", NARROWER);
    expect(await product.until(() => product.answers().length === 1, ONE_POLL)).toBe(true);
    const merged = await mergePull(hub, number);
    expect(await product.until(() => product.policy?.commit === merged, ONE_POLL)).toBe(true);
  },
);

test.each(GITHUBS)(
  "on $whose GitHub a plain token sets a commit status, where there are any, and else says what it could not do",
  async ({ start, hasStatuses }) => {
    const product = new Product(MINUTE);
    const hub = await start();
    onTestFinished(() => hub.close());
    await putPolicy(hub, GOOD);
    product.begin(hub, "token");
    const { head } = await openPull(hub, "narrower", NARROWER);
    const isSaid = () =>
      product.answers().length === 1 || product.lines.some(({ event }) => /not answered/.test(event));
    expect(await product.until(isSaid, ONE_POLL)).toBe(true);
    const refused = product.lines.filter(({ event }) => event === "pull request not answered");
    expect(refused.map(({ fields }) => fields["why"])).toEqual(hasStatuses ? [] : [expect.stringContaining("(404")]);
    if (!hasStatuses) return;
    const { data } = await hub.asAna.rest.repos.listCommitStatusesForRef({ ...AT, ref: head });
    expect(data.map(({ state, context }) => [state, context])).toEqual([["success", "bootswain/abal-kuber"]]);
  },
);
