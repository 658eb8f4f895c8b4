import { pin } from "../cluster/drain/pods.ts";
import { automaticPolicyText } from "../cluster/policy-text.ts";
import { isRebooted, read, Stage } from "../cluster/stage.ts";
import type { AuditEvent } from "../control-plane/audit.ts";
import { waitForList } from "../control-plane/wait.ts";
import { createNamespace } from "../control-plane/workloads.ts";

const PODS = 100;
/** Of each; every second round the bot's drain is the first. */
const ROUNDS = 5;

type Drainer = "kubectl" | "bootswain";

/**
 * 100 pods of a Deployment leave a node, by `kubectl drain` as it comes and by the bot; from the write of the cordon to the end
 * of the last pod, both from the API server's audit log. Returns how many times as long the bot takes.
 */
export async function benchDrain(print: (line: string) => void): Promise<number> {
  const stage = await Stage.set({ policy: automaticPolicyText, nodes: [] });
  try {
    await stage.startBot().says("leads");
    const times: Record<Drainer, number[]> = { kubectl: [], bootswain: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      const order: readonly Drainer[] = round % 2 === 0 ? ["kubectl", "bootswain"] : ["bootswain", "kubectl"];
      for (const drainer of order) times[drainer].push(await drainOnce(stage, drainer, `${drainer}-${round + 1}`));
    }
    const [kubectl, bootswain] = [median(times.kubectl), median(times.bootswain)];
    print(`drain: ${PODS} pods by kubectl drain: ${shown(times.kubectl)}`);
    print(`drain: ${PODS} pods by bootswain: ${shown(times.bootswain)}`);
    print(`drain: bootswain takes ${(bootswain / kubectl).toFixed(2)} times as long as kubectl`);
    return bootswain / kubectl;
  } finally {
    await stage.clear();
  }
}

async function drainOnce(stage: Stage, drainer: Drainer, name: string): Promise<number> {
  const { rest } = stage.plane;
  await createNamespace(rest, name);
  await stage.addMachines([{ name, labels: {} }]);
  await pin(rest, { namespace: name, name: "web", node: name, replicas: PODS });
  if (drainer === "kubectl") await drainByKubectl(stage, name);
  else await drainByBot(stage, name);
  const taken = drainTime(await stage.audit(), name);
  // So that what came back after this drain costs the next one nothing.
  await stage.patch(`/apis/apps/v1/namespaces/${name}/deployments/web`, { spec: { replicas: 0 } });
  await waitForList(rest, `/api/v1/namespaces/${name}/pods`, (pods) => pods.length === 0, 60_000);
  await stage.removeMachine(name);
  return taken;
}

async function drainByKubectl(stage: Stage, node: string): Promise<void> {
  const flags = ["--ignore-daemonsets", "--delete-emptydir-data", "--force"];
  const { code, stderr } = await stage.plane.kubectl(["drain", node, ...flags]);
  if (code !== 0) throw new Error(`kubectl drain failed: ${stderr}`);
}

async function drainByBot(stage: Stage, node: string): Promise<void> {
  const machine = stage.machine(node);
  await machine.needReboot();
  machine.startAgent();
  await stage.rebootIs(node, isRebooted, 120_000);
}

/** From the answer to the cordon to the answer to the kubelet that ended the last of the pods, in milliseconds. */
function drainTime(audit: readonly AuditEvent[], node: string): number {
  const cordon = audit.find(
    ({ resource, name, code, responseObject }) =>
      resource === "nodes" && name === node && code === 200 && read(responseObject, "spec", "unschedulable") === true,
  );
  const since = cordon?.stageTimestamp ?? "";
  const evicted = audit.filter((event) => event.subresource === "eviction" && event.namespace === node);
  const left = new Set(evicted.filter(({ code }) => code === 201).map(({ name }) => name));
  const ends = new Map<string, string>();
  for (const { user, verb, resource, namespace, name, code, stageTimestamp } of audit) {
    const isEnd = user === "kwok" && verb === "delete" && resource === "pods" && namespace === node && code === 200;
    // kwok may ask twice; the first answer is the end.
    if (isEnd && left.has(name) && !ends.has(name)) ends.set(name, stageTimestamp);
  }
  if (ends.size !== PODS) throw new Error(`${ends.size} of ${PODS} pods were evicted from ${node} and ended`);
  const last = [...ends.values()].sort().at(-1) ?? "";
  return Date.parse(last) - Date.parse(since);
}

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

const shown = (times: readonly number[]): string =>
  `${(median(times) / 1_000).toFixed(2)} s (median of ${times.map((time) => (time / 1_000).toFixed(2)).join(", ")})`;
