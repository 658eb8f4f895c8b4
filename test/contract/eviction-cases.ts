import type { ContractCase } from "./case.ts";
import { ask, at, type ContractWorld, items, refusal, text, versionOf } from "./world.ts";

/** A running pod of its own app on a node of its own. */
async function aPod(world: ContractWorld, name: string): Promise<{ uid: string }> {
  await world.addNode(`node-${name}`);
  await world.addPod({ name, app: name, node: `node-${name}` });
  await world.until(async () => isReady(await get(world, name)));
  return { uid: text(at((await get(world, name)).body, "metadata", "uid")) };
}

const get = (world: ContractWorld, name: string) =>
  ask(world, { verb: "get", resource: "pods", namespace: world.namespace, name });

const isReady = ({ body }: { readonly body: unknown }): boolean => {
  const conditions = at(body, "status", "conditions");
  return (
    Array.isArray(conditions) && conditions.some((one) => at(one, "type") === "Ready" && at(one, "status") === "True")
  );
};

const evict = (world: ContractWorld, name: string, uid: string, dryRun = false) =>
  ask(world, { verb: "evict", resource: "pods", namespace: world.namespace, name, uid, dryRun });

/** A budget on the pod's app that the controller has judged as wanted. */
async function aBudget(world: ContractWorld, app: string, minAvailable: number, name = app): Promise<void> {
  await world.addBudget({ name, app, minAvailable });
  await world.until(async () => {
    const { body } = await budget(world, name);
    return (
      at(body, "status", "observedGeneration") === at(body, "metadata", "generation") &&
      at(body, "status", "expectedPods") === 1
    );
  });
}

const budget = (world: ContractWorld, name: string) =>
  ask(world, { verb: "get", resource: "poddisruptionbudgets", namespace: world.namespace, name });

const allowed = async (world: ContractWorld, name: string) =>
  at((await budget(world, name)).body, "status", "disruptionsAllowed");

const isGone = async (world: ContractWorld, name: string): Promise<boolean> => (await get(world, name)).code === 404;

export const evictionCases: readonly ContractCase[] = [
  {
    says: "an eviction that no budget forbids is 201 and the pod goes; a dry run is 201 and it stays",
    run: async (world) => {
      const { uid } = await aPod(world, "free");
      const dry = await evict(world, "free", uid, true);
      const stays = (await get(world, "free")).code;
      const real = await evict(world, "free", uid);
      await world.until(() => isGone(world, "free"));
      return {
        dry: dry.code,
        stays,
        real: real.code,
        kind: at(real.body, "kind"),
        after: refusal(await evict(world, "free", uid)),
      };
    },
  },
  {
    says: "a budget that allows nothing is 429 with the cause DisruptionBudget and its numbers, in a dry run too",
    run: async (world) => {
      const { uid } = await aPod(world, "blocked");
      await aBudget(world, "blocked", 1);
      return [
        refusal(await evict(world, "blocked", uid)),
        refusal(await evict(world, "blocked", uid, true)),
        (await get(world, "blocked")).code,
      ];
    },
  },
  {
    says: "against a closed budget a wrong uid is 429; against an open one it is 409 and spends the budget",
    run: async (world) => {
      const other = "00000000-0000-4000-8000-000000000000";
      await aPod(world, "closed");
      await aBudget(world, "closed", 1);
      const closed = await evict(world, "closed", other);
      await aPod(world, "open");
      await aBudget(world, "open", 0);
      const before = await allowed(world, "open");
      const open = await evict(world, "open", other);
      return {
        closed: refusal(closed),
        open: refusal(open),
        before,
        spent: at((await budget(world, "open")).body, "status", "disruptedPods", "open") !== undefined,
      };
    },
  },
  {
    says: "two budgets on one pod are 500",
    run: async (world) => {
      const { uid } = await aPod(world, "double");
      await aBudget(world, "double", 0);
      await aBudget(world, "double", 0, "double-2");
      const answer = await evict(world, "double", uid);
      return [answer.code, text(at(answer.body, "message")).includes("PodDisruptionBudget")];
    },
  },
  {
    says: "a budget that was changed and not judged yet is 429 and says that it is still being processed",
    run: async (world) => {
      const { uid } = await aPod(world, "changed");
      await aBudget(world, "changed", 1);
      const release = await world.holdDisruptionController();
      try {
        const { body } = await budget(world, "changed");
        const object = {
          ...(typeof body === "object" ? body : {}),
          spec: { selector: at(body, "spec", "selector"), minAvailable: 0 },
        };
        const changed = await ask(world, {
          verb: "update",
          resource: "poddisruptionbudgets",
          namespace: world.namespace,
          name: "changed",
          object,
        });
        const answer = await evict(world, "changed", uid);
        return [changed.code, refusal(answer), answer.retryAfter];
      } finally {
        release();
      }
    },
  },
  {
    says: "a pod that no node has yet is evicted whatever its budget says",
    run: async (world) => {
      await world.addPod({ name: "homeless", app: "homeless" });
      await aBudget(world, "homeless", 1);
      const answer = await evict(world, "homeless", text(at((await get(world, "homeless")).body, "metadata", "uid")));
      return [answer.code, (await get(world, "homeless")).code];
    },
  },
  {
    says: "a delete of a running pod answers it with a deletionTimestamp, the next one too, and a wrong uid is 409",
    run: async (world) => {
      const { uid } = await aPod(world, "deleted");
      const place = { verb: "delete", resource: "pods", namespace: world.namespace, name: "deleted" } as const;
      const wrong = await ask(world, { ...place, uid: "00000000-0000-4000-8000-000000000000" });
      const answer = await ask(world, { ...place, uid });
      await world.until(() => isGone(world, "deleted"));
      return [
        refusal(wrong),
        answer.code,
        at(answer.body, "kind") ?? "Pod",
        at(answer.body, "metadata", "deletionTimestamp") !== undefined,
      ];
    },
  },
  {
    says: "pods that the scheduler had chosen a node for are bound to it after its cordon was answered",
    run: async (world) => {
      for (let attempt = 1; attempt <= 30; attempt += 1)
        if (await isBoundLate(world, attempt)) return "bound after the cordon";
      return "never seen";
    },
  },
];

const BURST = 100;
const LOOKS = 100;

/**
 * A burst of pods meets a cordon in its middle: is one bound to the node under a later version than the cordon's? Versions of
 * all kinds are one sequence where one store is behind them, as here.
 */
async function isBoundLate(world: ContractWorld, attempt: number): Promise<boolean> {
  const node = `race-${attempt}`;
  await world.addNode(node);
  await setSchedulable(world, node, false);
  await world.deploy(node, BURST);
  await world.until(async () => (await waiting(world, node)) === BURST);
  const list = await ask(world, { verb: "list", resource: "pods", fieldSelector: `spec.nodeName=${node}` });
  const call = { resource: "pods", fieldSelector: `spec.nodeName=${node}`, resourceVersion: versionOf(list) } as const;
  const first = world.watch(call, (events) => events.length > 0);
  await setSchedulable(world, node, true);
  await first;
  const cordonedAt = BigInt(await setSchedulable(world, node, false));
  const isLate = (event: { readonly type: string; readonly object: unknown }): boolean =>
    event.type === "ADDED" && BigInt(versionOf({ body: event.object })) > cordonedAt;
  let looks = 0;
  const patience = world.until(async () => {
    await ask(world, { verb: "list", resource: "pods", fieldSelector: `spec.nodeName=${node}` });
    looks += 1;
    return looks >= LOOKS;
  });
  const late = world.watch(call, (events) => events.some(isLate)).then(({ events }) => events.some(isLate));
  return Promise.race([late, patience.then(() => false)]);
}

/** How many pods of the burst there are. */
async function waiting(world: ContractWorld, app: string): Promise<number> {
  const list = await ask(world, { verb: "list", resource: "pods", namespace: world.namespace });
  return items(list).filter((pod) => at(pod, "metadata", "labels", "app") === app).length;
}

/** As kubectl cordon and uncordon; the version of the Node after it. */
async function setSchedulable(world: ContractWorld, name: string, schedulable: boolean): Promise<string> {
  for (;;) {
    const { body } = await ask(world, { verb: "get", resource: "nodes", name });
    const { unschedulable: _, ...spec } = { unschedulable: true, ...Object(at(body, "spec")) };
    const changed = schedulable ? spec : { ...spec, unschedulable: true };
    const answer = await ask(world, {
      verb: "update",
      resource: "nodes",
      name,
      object: { ...Object(body), spec: changed },
    });
    if (answer.code === 200) return versionOf(answer);
  }
}
