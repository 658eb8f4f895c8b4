import { onTestFinished } from "vitest";
import { OPERATORS, OPS } from "../../bot/sim/slack/a-workspace.ts";
import { BOT } from "../../bot/sim/slack/directory.ts";
import { Office } from "./office.ts";

export const POOLS = Array.from({ length: 15 }, (_, index) => `pool-${String(index).padStart(2, "0")}`);
export const NODES = Array.from({ length: 200 }, (_, index) => ({
  name: `node-${String(index).padStart(3, "0")}`,
  pool: POOLS[index % POOLS.length] ?? "",
}));
export const PEOPLE = Array.from({ length: 20 }, (_, index) => `U0PERSON${String(index).padStart(2, "0")}`);

/** It is 22:00, so that nothing goes while people decide. */
const policyOf = (pools: readonly string[]): string => `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
groups: { operators: { slackGroups: [${OPERATORS}] } }
slack: { channel: ${OPS} }
defaults:
  mode: approval
  windows: [{ from: "23:00", to: "05:00" }]
  may: { approve: { by: operators, people: 2 }, skip: { by: operators }, other: { by: operators } }
pools:
${pools.map((name) => `  - { name: ${name}, nodes: { matchLabels: { pool: ${name} } } }`).join("\n")}
`;

const WORKSPACE = {
  users: PEOPLE.map((id) => ({ id, name: id.toLowerCase() })),
  channels: [{ id: OPS, name: "ops", members: [...PEOPLE, BOT.userId] }],
  groups: [{ id: OPERATORS, handle: "operators", users: PEOPLE }],
};

interface FleetNode {
  readonly name: string;
  readonly pool: string;
  /** Why it needs a reboot. */
  readonly why?: string;
}

/** Nodes that all need a reboot, and ask people for it; ends with its test. */
export async function largeFleet(nodes: readonly FleetNode[], bots: readonly string[] = ["a"]): Promise<Office> {
  const pools = [...new Set(nodes.map(({ pool }) => pool))];
  const office = await Office.open({ policy: policyOf(pools), workspace: WORKSPACE });
  onTestFinished(() => office.close());
  for (const { name, pool, why = "kernel" } of nodes) {
    office.cluster.addNode({ name, labels: { pool } }).need(why);
    office.cluster.startAgent(name);
  }
  for (const bot of bots) await office.startBot(bot);
  return office;
}
