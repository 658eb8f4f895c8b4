import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../../bot/core/instant.ts";
import { happen } from "../../../bot/sim/simulation/incidents.ts";
import { ANA, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { clickEnvelope } from "../../../bot/sim/slack/envelope.ts";
import { buttonsOf } from "../../../bot/sim/slack/person.ts";
import { aPolicy } from "../a-policy.ts";
import { Night } from "../office-night.ts";
import { CONTROL_PLANES, WORKER } from "../starting-cluster.ts";

const ASKED = /^🔐 control-plane: \d nodes? wants? to reboot/;
const [NODE] = CONTROL_PLANES;

test("a button from an older policy", async () => {
  const night = await Night.begin({ policy: aPolicy({ windows: '[{ from: "23:00", to: "05:00" }]' }) });
  const seen = await night.card(ASKED);
  night.office.setPolicy(aPolicy({ windows: '[{ from: "00:00", to: "05:00" }]' }));
  expect(await night.press(ANA, seen, "approve")).toMatch(/the pool's policy changed/);
  await night.office.pass(MINUTE);
  // The old one is void, and the question is asked anew: a yes to that counts.
  expect(night.shown(/^↻ control-plane: void/)?.ts).toBe(seen.ts);
  expect(await night.press(ANA, await night.card(ASKED), "approve")).toContain("is approved by ana");
});

test("a button from an older boot ID, rebooted by hand: nothing is left to say yes to", async () => {
  const night = await Night.begin({ policy: aPolicy({ windows: '[{ from: "23:00", to: "05:00" }]' }) });
  const seen = await night.card(ASKED);
  for (const node of CONTROL_PLANES) night.office.cluster.hosts.get(node)?.goDown();
  await night.office.pass(10 * MINUTE);
  expect(await night.press(ANA, seen, "approve")).toBe(
    "Nothing on this card waits for a decision. See the board for what does.",
  );
  expect(night.decisions()).toEqual([]);
});

test("one of the card's nodes rebooted by hand in the moment of the click: the click is refused, and says which", async () => {
  const night = await Night.begin({ policy: aPolicy({ windows: '[{ from: "23:00", to: "05:00" }]' }) });
  const seen = await night.card(ASKED);
  const host = night.office.cluster.hosts.get(NODE);
  host?.goDown();
  const first = host?.bootId();
  await night.office.until(() => host?.isUp() === true && host.bootId() !== first);
  expect(await night.press(ANA, seen, "approve")).toMatch(
    /This changed since the card was drawn: .*abal-kuber01.*rebooted|is approved by ana/,
  );
  expect(night.isRebooted(NODE)).toBe(false);
});

test.each([
  ["a node deleted", false],
  ["a node deleted and made again under the same name", true],
])("%s", async (_, again) => {
  const night = await Night.begin({ policy: aPolicy({ windows: '[{ from: "23:00", to: "05:00" }]' }) });
  const { office } = night;
  const seen = await night.card(ASKED);
  for (const node of CONTROL_PLANES) {
    if (again) happen(office.cluster, { at: 0, kind: "replace node", node });
    else office.cluster.store.remove("people", "nodes", node);
  }
  expect(await night.press(ANA, seen, "approve")).toMatch(
    /no node|replaced by another of the same name|Nothing on this card/,
  );
  await office.pass(2 * HOUR);
  expect(night.decisions().filter((one) => one.endsWith("counted"))).toEqual([]);
  expect(office.cluster.store.all("nodereboots").every(({ metadata }) => !night.isRebooted(metadata.name))).toBe(true);
});

test("a PDB cleared between drawing and click: there is nothing to force", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const { ts } = await night.card(/^⛔/);
  office.cluster.workloads.deploy({ namespace: "web", name: "web", replicas: 2, graceSeconds: 5 });
  await office.until(() => !night.holdsOf(WORKER).includes("would be blocked"));
  await office.done(() => office.person(ANA).reply({ channel: OPS, threadTs: ts, text: "force: it must go" }));
  expect(office.person(ANA).ephemerals().at(-1)?.text).toMatch(/nothing to force|Nothing on this card|changed/);
  expect(night.decisions().filter((one) => one === "force counted")).toEqual([]);
});

test("a PDB appeared between drawing and click, in the Force dialog: refused, with what changed", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  await night.press(ANA, await night.card(/^⛔/), "force");
  const ana = office.person(ANA);
  expect(ana.view()?.title).toBe("Force");
  office.cluster.workloads.deploy({ namespace: "web", name: "db", replicas: 1, graceSeconds: 5, onlyOn: WORKER });
  office.cluster.workloads.addBudget({ namespace: "web", name: "db", promise: { minAvailable: 1 } });
  await night.card(/^⛔ .*web\/db/);
  await office.done(() => ana.submit({ reason: "the fix must go in" }));
  expect(ana.view()).toBeNull();
  expect(ana.ephemerals().at(-1)?.text).toContain("abal-kuber04: what blocks it changed (now PDB web/db, web/web)");
  expect(night.decisions().filter((one) => one.endsWith("counted"))).toEqual([]);
});

test("window closed between click and drain: the yes is for that window alone", async () => {
  // It is 22:00; the window closes at 22:30, and another node has the slot until then.
  const night = await Night.begin({
    policy: aPolicy({
      windows: '[{ from: "21:00", to: "22:20" }]',
      more: "freezes: [{ name: audit, from: 2026-11-30T22:05, to: 2026-11-30T22:19 }]",
    }),
  });
  const { office } = night;
  const seen = await night.card(ASKED);
  expect(await night.press(ANA, seen, "approve")).toContain("is approved by ana");
  await office.pass(4 * HOUR);
  expect(CONTROL_PLANES.map((node) => night.isRebooted(node))).toEqual([false, false, false]);
  expect(night.holdsOf(NODE)).toEqual(expect.arrayContaining(["window", "approval"]));
});

test("a card from another cluster", async () => {
  const night = await Night.begin({ policy: aPolicy() });
  const { office } = night;
  const message = await night.card(ASKED);
  const [placed] = buttonsOf(message);
  if (placed === undefined) throw new Error("no button");
  const button = { ...placed.button, action_id: "approve:other:approval-1" };
  const click = clickEnvelope(office.workspace, {
    user: ANA,
    message,
    blockId: placed.blockId,
    button,
    responseUrl: "",
  });
  await office.done(() => office.server.deliver(click));
  expect(
    office
      .person(ANA)
      .ephemerals()
      .map(({ text }) => text),
  ).toEqual([
    "This card is of cluster other, and I am the bot of abal-kuber: two clusters share one Slack app. Give each its own.",
  ]);
  expect(night.decisions()).toEqual([]);
});
