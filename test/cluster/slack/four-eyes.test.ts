import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { ANA, BEN, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import type { Message } from "../../../bot/sim/slack/message.ts";
import type { Person } from "../../../bot/sim/slack/person.ts";
import { stringAt } from "../../control-plane/json.ts";
import { decide } from "../around/decide.ts";
import { run } from "../command.ts";
import { isRebooted, phaseOf, read, Stage } from "../stage.ts";
import { press } from "./press.ts";

// It takes two people, and a person is one however they decide.
const POOLS = ["one-person", "two-people", "left-slack", "left-the-policy"] as const;
type Pool = (typeof POOLS)[number];
const ANA_BY_KUBECTL = "ana@example.com";
const BEN_BY_KUBECTL = "ben@example.com";

const policyOf = (operators: string): string => `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
people:
  ana: { slack: ${ANA}, kubernetes: ${ANA_BY_KUBECTL} }
  ben: { slack: ${BEN}, kubernetes: ${BEN_BY_KUBECTL} }
  cid: { kubernetes: cid@example.com }
groups: { operators: { people: ${operators} } }
slack: { channel: ${OPS} }
maxRebooting: 4
defaults:
  mode: approval
  windows: always
  may: { approve: { by: operators, people: 2 }, other: { by: operators } }
  reboot: { delay: 1s, backWithin: 60s }
  verify: { soak: 1s, atMost: 60s }
pools:
${POOLS.map((name) => `  - { name: ${name}, nodes: { matchLabels: { pool: ${name} } } }`).join("\n")}
`;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set({
    policy: policyOf("[ana, ben]"),
    nodes: [],
    timings: { peopleEvery: 500 },
    people: [{ name: ANA_BY_KUBECTL, groups: [] }],
  });
  const users = [ANA_BY_KUBECTL, BEN_BY_KUBECTL].map((name) => `--user=${name}`);
  const bind = ["create", "clusterrolebinding", "operators", "--clusterrole=bootswain-operator", ...users];
  expect(await stage.plane.kubectl(bind)).toMatchObject({ code: 0 });
  await stage.addMachines(POOLS.map((pool) => ({ name: nodeOf(pool), labels: { pool } })));
  await stage.startBot().says("leads");
  for (const machine of stage.machines.values()) {
    await machine.needReboot();
    machine.startAgent();
  }
});

afterAll(() => stage?.clear());

const nodeOf = (pool: Pool): string => `node-${pool}`;

function cardOf(pool: Pool): Promise<Message> {
  onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));
  return stage.card(new RegExp(`^\\S+ ${pool}: `));
}

const BENS = /ben at [^"]+ approved, 1 more must/;

/** Once the card counts the yes of ben; resolves with how to wait until it counts no more. */
async function bensCounts(pool: Pool): Promise<() => Promise<void>> {
  const edited = (counts: boolean, from: number): Promise<number> =>
    stage.workspace.log.until((event) => {
      if (event.kind !== "edited" || !event.message.text.includes(`${pool}: `)) return null;
      return BENS.test(JSON.stringify(event.message.blocks)) === counts ? event.index : null;
    }, from);
  const since = await edited(true, 0);
  return async () => void (await edited(false, since));
}

/** Presses Approve, and what the person is told. */
async function approve(person: Person, card: Message): Promise<string> {
  await press(person, card, "approve");
  return (await person.nextEphemeral()).text;
}

async function isUntouched(pool: Pool): Promise<void> {
  const reboot = await stage.rebootIs(nodeOf(pool), () => true);
  expect({ phase: phaseOf(reboot), calls: stage.machine(nodeOf(pool)).calls }).toEqual({ phase: "waiting", calls: 0 });
  expect(read(reboot, "status", "holds", 0, "kind")).toBe("approval");
}

test("ana in Slack and ana@example.com by the command line are one person", async () => {
  const card = await cardOf("one-person");
  expect(await approve(stage.ana, card)).toMatch(/^Your approval of .+ counts; 1 more of operators must approve/);
  const kubeconfig = stage.plane.kubeconfig(ANA_BY_KUBECTL);
  const again = await run("approve", nodeOf("one-person"), "--kubeconfig", kubeconfig);
  expect(again.lines[0]).toMatch(/^You already approved node-one-person/);
  await isUntouched("one-person");
  expect(await approve(stage.ben, card)).toMatch(/ is approved by ana and ben/);
  await stage.rebootIs(nodeOf("one-person"), isRebooted);
});

test("ana in Slack and ben by kubectl are two", async () => {
  await approve(stage.ana, await cardOf("two-people"));
  await isUntouched("two-people");
  const judged = await decide(stage, { verb: "approve", node: nodeOf("two-people"), by: BEN_BY_KUBECTL });
  expect(stringAt(judged, "status", "says")).toMatch(/^node-two-people is approved by ana and ben/);
  await stage.rebootIs(nodeOf("two-people"), isRebooted);
});

test("ben counts no more once he is deactivated in Slack", async () => {
  const card = await cardOf("left-slack");
  await approve(stage.ben, card);
  const countsNoMore = await bensCounts("left-slack");
  stage.workspace.setUser(BEN, { deleted: true });
  await countsNoMore();
  const answer = await approve(stage.ana, card);
  expect(answer).toMatch(/counts; 1 more of operators must approve.+The approval of ben counts no more: /);
  await isUntouched("left-slack");
  stage.workspace.setUser(BEN, { deleted: false });
  await stage.rebootIs(nodeOf("left-slack"), isRebooted);
});

test("ben counts no more once the policy does not name him", async () => {
  const card = await cardOf("left-the-policy");
  await approve(stage.ben, card);
  const countsNoMore = await bensCounts("left-the-policy");
  stage.repository.commit("abal-kuber.yaml", policyOf("[ana, cid]"), "Ben left");
  await countsNoMore();
  const answer = await approve(stage.ana, card);
  expect(answer).toMatch(/counts; 1 more of operators must approve.+The approval of ben counts no more: /);
  expect(await approve(stage.ben, card)).toBe("Only operators may approve left-the-policy. Ask ana or cid.");
  await isUntouched("left-the-policy");
});
