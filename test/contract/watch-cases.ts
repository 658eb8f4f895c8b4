import type { ContractCase } from "./case.ts";
import { report, reportStatus } from "./objects.ts";
import { ask, at, items, text, versionOf } from "./world.ts";

export const watchCases: readonly ContractCase[] = [
  {
    says: "a watch brings what came after its version, in order, with the version of each change, a deletion's own among them",
    run: async (world) => {
      const list = await ask(world, { verb: "list", resource: "hostreports" });
      const made = await ask(world, { verb: "create", resource: "hostreports", object: report("watched") });
      const changed = await ask(world, {
        verb: "update",
        resource: "hostreports",
        name: "watched",
        subresource: "status",
        object: { ...report("watched", versionOf(made)), status: reportStatus("boot-1") },
      });
      await ask(world, { verb: "delete", resource: "hostreports", name: "watched" });
      const { events } = await world.watch({ resource: "hostreports", resourceVersion: versionOf(list) }, (seen) =>
        seen.some(({ type }) => type === "DELETED"),
      );
      const versions = events.map(({ object }) => versionOf({ body: object }));
      return {
        types: events.map(({ type }) => type),
        names: events.map(({ object }) => at(object, "metadata", "name")),
        isMade: versions[0] === versionOf(made),
        isChanged: versions[1] === versionOf(changed),
        isDeletedLater: BigInt(versions[2] ?? "0") > BigInt(versionOf(changed)),
      };
    },
  },
  {
    says: "a watch by name brings only that object",
    run: async (world) => {
      const list = await ask(world, { verb: "list", resource: "hostreports" });
      for (const name of ["other", "chosen"])
        await ask(world, { verb: "create", resource: "hostreports", object: report(name) });
      const call = {
        resource: "hostreports",
        fieldSelector: "metadata.name=chosen",
        resourceVersion: versionOf(list),
      } as const;
      const { events } = await world.watch(call, (seen) => seen.length > 0);
      return events.map(({ type, object }) => [type, at(object, "metadata", "name")]);
    },
  },
  {
    says: "a watch by node brings a pod when it comes to that node",
    run: async (world) => {
      await world.addNode("watch-node");
      const list = await ask(world, { verb: "list", resource: "pods" });
      await world.addPod({ name: "arriving", app: "arriving", node: "watch-node" });
      const call = {
        resource: "pods",
        fieldSelector: "spec.nodeName=watch-node",
        resourceVersion: versionOf(list),
      } as const;
      const { events } = await world.watch(call, (seen) => seen.length > 0);
      const found = await ask(world, { verb: "list", resource: "pods", fieldSelector: "spec.nodeName=watch-node" });
      const names = at(found.body, "items");
      return [
        events[0]?.type,
        at(events[0]?.object, "metadata", "name"),
        Array.isArray(names) && names.map((pod) => at(pod, "metadata", "name")),
      ];
    },
  },
  {
    says: "a list and a watch by namespace and labels show what has them and nothing else",
    run: async (world) => {
      const { namespace } = world;
      const list = await ask(world, { verb: "list", resource: "pods" });
      for (const app of ["unlike", "alike"]) await world.addPod({ name: app, app });
      const selectors = ["app=alike", "app in (alike)", "app,app notin (unlike),!zone", "app=alike,zone=a"];
      const listed = selectors.map(async (labelSelector) => {
        const found = await ask(world, { verb: "list", resource: "pods", namespace, labelSelector });
        const names = items(found).map((pod) => at(pod, "metadata", "name"));
        return names.filter((name) => name === "alike" || name === "unlike");
      });
      const selection = { namespace, labelSelector: "app=alike" };
      const call = { resource: "pods", ...selection, resourceVersion: versionOf(list) } as const;
      const { events } = await world.watch(call, (seen) => seen.length > 0);
      return { listed: await Promise.all(listed), watched: at(events[0]?.object, "metadata", "name") };
    },
  },
  {
    says: "a watch from a version whose history is gone ends as gone",
    run: async (world) => {
      await ask(world, { verb: "create", resource: "hostreports", object: report("old") });
      const resourceVersion = text(await world.expiredVersion());
      const { events, end } = await world.watch({ resource: "hostreports", resourceVersion }, () => false);
      return { events: events.length, end };
    },
  },
];
