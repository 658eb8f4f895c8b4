import { labelSelectorText } from "../../bot/cluster/resources/label-selector.ts";
import type { Requirement } from "../../bot/core/fleet/label-selector.ts";
import type { ContractCase } from "./case.ts";
import { change, mustCreate, nameOf, podObject, podsOf } from "./workload-objects.ts";
import { ask, at, type ContractWorld, items, versionOf } from "./world.ts";

const NOWHERE = { nodeSelector: { nowhere: "true" } };

async function labelledPods(world: ContractWorld): Promise<void> {
  const labels = { one: { app: "a", tier: "front" }, two: { app: "b", tier: "back" }, three: { app: "c" }, four: {} };
  for (const [name, own] of Object.entries(labels))
    await mustCreate(world, "pods", podObject(world, name, { labels: own }, NOWHERE));
}

const requirement = (key: string, operator: Requirement["operator"], ...values: string[]): Requirement => ({
  key,
  operator,
  values,
});

const SELECTORS: readonly (readonly Requirement[])[] = [
  [requirement("app", "In", "a")],
  [requirement("app", "In", "a", "b")],
  [requirement("app", "NotIn", "a", "b")],
  [requirement("tier", "Exists")],
  [requirement("tier", "DoesNotExist")],
  [requirement("app", "In", "a", "c"), requirement("tier", "DoesNotExist")],
];

export const selectorCases: readonly ContractCase[] = [
  {
    says: "a list takes label selectors as the bot writes them, and those by equality",
    run: async (world) => {
      await labelledPods(world);
      const texts = [...SELECTORS.map(labelSelectorText), "app=a", "app!=a", "app=b,tier=back"];
      const found: Record<string, readonly string[]> = {};
      for (const selector of texts) found[selector] = (await podsOf(world, selector)).map(nameOf);
      return found;
    },
  },
  {
    says: "a list with a limit goes on within its selector",
    run: async (world) => {
      await labelledPods(world);
      const call = {
        verb: "list",
        resource: "pods",
        namespace: world.namespace,
        labelSelector: "app",
        limit: 2,
      } as const;
      const first = await ask(world, call);
      const token = String(at(first.body, "metadata", "continue"));
      const rest = await ask(world, { ...call, continue: token });
      return [items(first).map(nameOf), items(rest).map(nameOf)];
    },
  },
  {
    says: "to a watch with a selector an object that gets the label is added, and one that loses it is deleted",
    run: async (world) => {
      const list = await ask(world, { verb: "list", resource: "pods", namespace: world.namespace });
      await labelledPods(world);
      const withLabels = (labels: object) => (pod: unknown) => ({
        ...Object(pod),
        metadata: { ...Object(at(pod, "metadata")), labels },
      });
      await change(world, { resource: "pods", name: "four" }, withLabels({ tier: "front" }));
      await change(world, { resource: "pods", name: "one" }, withLabels({ tier: "back" }));
      const { events } = await world.watch(
        {
          resource: "pods",
          namespace: world.namespace,
          labelSelector: "tier=front",
          resourceVersion: versionOf(list),
        },
        (seen) => seen.some(({ type }) => type === "DELETED"),
      );
      // The scheduler's word on each pod comes at any time in between.
      return events.filter(({ type }) => type !== "MODIFIED").map(({ type, object }) => [type, nameOf(object)]);
    },
  },
];
