import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../../core/instant.ts";
import { aDecision, aJudgement, aNode, currentDigest } from "../../../core/testing/builders.ts";
import { ana, ben } from "../../../core/testing/decisions.ts";
import { NOW } from "../../../core/testing/now.ts";
import { aRefusal } from "../../../core/testing/pods.ts";
import { aGroup, aPolicy, aPool, aWindow } from "../../../core/testing/policies.ts";
import { blockedReboot, STUCK } from "../../testing/cards.ts";
import { aTurn } from "../../testing/turns.ts";
import type { CardTarget } from "../card.ts";
import type { View } from "./dialog.ts";
import { forceDialog, parseForce } from "./force.ts";
import { parsePause, pauseDialog } from "./pause.ts";
import { formatSeen, parseSeen } from "./seen.ts";
import { parseSkip, skipDialog } from "./skip.ts";

const seen = { channel: "C1", ts: "1.1", seen: "h1" };
const targetsOf = (...nodes: readonly string[]): readonly CardTarget[] =>
  nodes.map((node) => ({ node, digest: `${node}-digest`, isOver: false }));
const textOf = (view: View | string): string => (typeof view === "string" ? view : JSON.stringify(view));
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value !== "object" || value === null) return [];
  const text: unknown = Reflect.get(value, "text");
  return [...(typeof text === "string" ? [text] : []), ...Object.values(value).flatMap(textsIn)];
};
const blocksOf = (view: View): readonly unknown[] => (Array.isArray(view["blocks"]) ? view["blocks"] : []);

const pool = aPool({ windows: [aWindow("02:00", "06:00")] });
const policy = aPolicy({ pools: [pool] });
const skip = (changes: Partial<Parameters<typeof skipDialog>[0]> = {}): View =>
  skipDialog({ policy, pool, targets: targetsOf("kuber01"), seen, now: NOW, ...changes });

test("a skip offers times of the policy's zone, the earliest first, and says the limit", () => {
  const [first] = textsIn(skip()["blocks"]);
  expect(first).toBe("kuber01: nothing is rebooted until then. At most 14 d: until Fri Dec 18, 22:30 CST.");
  expect(textsIn(skip()).filter((text) => text.endsWith(")"))).toEqual([
    "Sat Dec 5, 06:00 CST (the next window is over)",
    "Sat Dec 5, 09:00 CST (tomorrow)",
    "Mon Dec 7, 09:00 CST (Monday)",
    "Fri Dec 11, 09:00 CST (in a week)",
  ]);
});

test("on a Sunday tomorrow is Monday, and is offered once", () => {
  const choices = textsIn(skip({ now: NOW + 2 * DAY })).filter((text) => text.includes("Mon Dec 7"));
  expect(choices).toEqual(["Mon Dec 7, 06:00 CST (the next window is over)", "Mon Dec 7, 09:00 CST (tomorrow)"]);
});

test.each([
  [
    "what is later than may.skip.upTo lets",
    { pool: aPool({ may: { ...pool.may, skip: { by: "operators", upTo: 2 * HOUR } } }) },
  ],
  ["a window that has no end", { pool: aPool() }],
])("%s is not offered", (_, changes) => {
  const texts = textsIn(skip(changes));
  expect(texts.filter((text) => text.includes("window is over"))).toEqual([]);
});

test.each([
  [1, null],
  [2, "checkboxes"],
  [10, "checkboxes"],
  [11, "static_select"],
  [200, "static_select"],
])("a card of %i nodes asks which by %s", (count, type) => {
  const targets = targetsOf(...Array.from({ length: count }, (_, index) => `node-${index}`));
  const nodes = blocksOf(skip({ targets })).find((block) =>
    textOf(JSON.stringify(block)).includes('"block_id":"nodes"'),
  );
  expect(nodes === undefined ? null : JSON.parse(JSON.stringify(nodes)).element.type).toBe(type);
});

test("a time that was chosen, and one that was typed, which goes before it", () => {
  const place = { zone: "America/Chicago", upTo: null };
  const values = { choice: String(NOW + HOUR), time: null };
  expect(parseSkip({ values }, place, NOW)).toMatchObject({ until: NOW + HOUR });
  expect(parseSkip({ values: { ...values, time: "3 days" } }, place, NOW)).toMatchObject({ until: NOW + 3 * DAY });
});

const PEOPLE = new Map([
  ["ana", { name: "ana", slack: ana.id, kubernetes: null }],
  ["ben", { name: "ben", slack: ben.id, kubernetes: null }],
]);

const forcing = (
  people = 2,
  decisions: NonNullable<Parameters<typeof aTurn>[0]>["decisions"] = [],
  reboot = blockedReboot(),
  user = "U01AB",
) => {
  const may = { ...pool.may, force: { by: "leads", people, validFor: 2 * HOUR } };
  const policy = aPolicy({
    people: PEOPLE,
    groups: new Map([["leads", aGroup("leads", ["ana", "ben"])]]),
    pools: [aPool({ may })],
  });
  const planned = aTurn({ ...STUCK, reboots: [reboot], decisions: decisions ?? [] }, { policy }).plan.nodes.get(
    "worker-1",
  );
  if (planned === undefined) throw new Error("no node");
  return forceDialog({ policy, planned, user, seen, now: NOW });
};
const forceBy = (person: "ana" | "ben") =>
  aDecision({
    by: person === "ana" ? ana : ben,
    name: `force-${person}`,
    verb: "force",
    judgement: aJudgement({
      person,
      at: NOW - 10 * MINUTE,
      validUntil: NOW + HOUR,
      blockers: ["web/web"],
      bound: [
        {
          node: "worker-1",
          digest: currentDigest({
            pool: aPool({ may: { ...pool.may, force: { by: "leads", people: 2, validFor: 2 * HOUR } } }),
          }),
        },
      ],
    }),
  });

test("a force says what it deletes and breaks, what it does not lift, and who must confirm", () => {
  const view = forcing();
  expect(textOf(view)).toContain(
    "*worker-1*\\nThis deletes pod web/web-1 and breaks PDB web/web. It does not lift freeze, budget or quorum.\\nA second person of leads must confirm within 2 h.",
  );
  expect(view).toMatchObject({ submit: { text: "Ask for confirmation" } });
});

test.each([
  ["one person is enough", 1, [], "Force", 'or quorum.\\n"'],
  ["a second one confirms", 2, [forceBy("ben")], "Force", "ben asked for this at 22:20 CST. You confirm it."],
  [
    "the one who asked can't confirm it",
    2,
    [forceBy("ana")],
    "Ask for confirmation",
    "ana asked for this at 22:20 CST. A second person of leads must confirm within 2 h.",
  ],
  ["three are needed", 3, [], "Ask for confirmation", "2 more people of leads must confirm within 2 h."],
])("the button says what a click does: %s", (_, people, decisions, submit, says) => {
  const view = forcing(people, decisions);
  expect(view).toMatchObject({ submit: { text: submit } });
  expect(textOf(view)).toContain(says);
});

test("names of pods and nodes can't mention or link", () => {
  const refused = aRefusal({ pod: "<!channel>", namespace: "a&b" });
  const view = forcing(2, [], blockedReboot({ blockers: [refused] }));
  expect(textOf(view)).toContain("a&amp;b/&lt;!channel&gt;");
});

test("a force needs a reason, and a pause may have one", () => {
  expect(parseForce({ values: { reason: "db\nis down " } })).toEqual({ reason: "db is down" });
  expect(parseForce({ values: {} })).toHaveProperty("errors");
  expect(parsePause({ values: { reason: null } })).toEqual({ reason: null });
  expect(textOf(pauseDialog(policy, seen))).toContain("Drains under way step aside");
});

test("what was seen comes back as it went, but for what Slack has no room for", () => {
  const whole = { ...seen, targets: targetsOf("a", "b"), zone: "UTC", upTo: 5 };
  expect(parseSeen(formatSeen(whole))).toEqual(whole);
  const many = { ...whole, targets: targetsOf(...Array.from({ length: 200 }, (_, index) => `node-${index}`)) };
  expect(formatSeen(many).length).toBeLessThanOrEqual(3_000);
  expect(parseSeen(formatSeen(many))).toEqual({ ...many, targets: null });
});

/** What Slack refuses of a modal: docs.slack.dev, "Block Kit", "Views". */
test.each([1, 2, 10, 11, 200])("the dialogs of %i nodes are within Slack's limits", (count) => {
  const long = "<!channel>-long-".repeat(15);
  const targets = targetsOf(...Array.from({ length: count }, (_, index) => `${long}${index}`));
  const refused = Array.from({ length: count }, (_, index) => aRefusal({ podUid: `${index}`, pod: `${long}${index}` }));
  const big = aPolicy({ ...policy, cluster: "c".repeat(300), timeZone: "America/Argentina/ComodRivadavia" });
  const views = [
    skip({ targets, policy: big }),
    pauseDialog(big, seen),
    forcing(2, [], blockedReboot({ blockers: refused })),
  ];
  for (const view of views) {
    if (typeof view === "string") throw new Error(view);
    expect(String(view["callback_id"]).length).toBeLessThanOrEqual(255);
    expect(String(view["private_metadata"]).length).toBeLessThanOrEqual(3_000);
    for (const key of ["title", "submit", "close"])
      expect(textsIn(view[key]).concat(String(Reflect.get(Object(view[key]), "text")))[0]?.length).toBeLessThanOrEqual(
        24,
      );
    for (const block of blocksOf(view)) checkBlock(block);
  }
});

function checkBlock(block: unknown): void {
  const { type, text, label, hint, element, block_id: id } = JSON.parse(JSON.stringify(block));
  if (type === "section") expect(text.text.length).toBeLessThanOrEqual(3_000);
  else {
    expect([type, id.length > 0, label.text.length <= 2_000, (hint?.text.length ?? 0) <= 2_000]).toEqual([
      "input",
      true,
      true,
      true,
    ]);
    expect(element.placeholder?.text.length ?? 0).toBeLessThanOrEqual(150);
    const most = element.type === "static_select" ? 100 : 10;
    expect(element.options?.length ?? 1).toBeLessThanOrEqual(most);
    const values = (element.options ?? []).map(({ value }: { value: string }) => value);
    expect(new Set(values).size).toBe(values.length);
    for (const option of element.options ?? []) {
      expect(option.text.text.length).toBeLessThanOrEqual(75);
      expect(option.value.length).toBeLessThanOrEqual(150);
    }
  }
}

test("a node that is on no card and a pool that lets nobody force open no dialog", () => {
  const may = { ...pool.may, force: null };
  const planned = aTurn(
    { ...STUCK, nodes: [aNode()], reboots: [blockedReboot()] },
    { policy: aPolicy({ pools: [aPool({ may })] }) },
  ).plan.nodes.get("worker-1");
  if (planned === undefined) throw new Error("no node");
  expect(forceDialog({ policy, planned, user: "U1", seen, now: NOW })).toBe("The policy lets nobody force workers.");
});
