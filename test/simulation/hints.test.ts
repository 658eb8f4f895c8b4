import { expect, test } from "vitest";
import { LOOK_AGAIN } from "../../bot/cluster/resources/reboot-fleet.ts";
import { SECOND } from "../../bot/core/instant.ts";
import { at, text } from "../../bot/sim/rules/world.ts";
import { automaticPolicyText } from "../cluster/policy-text.ts";
import { StartingCluster } from "./starting-cluster.ts";

test("hints without end make the leader's writes of slots and status conflict, and the night goes on all the same", async () => {
  let conflicts = 0;
  const night = new StartingCluster(automaticPolicyText, {
    tamper: {
      answered: (_, call, answer) => {
        const isOfLeader = call.verb === "update" && call.resource === "rebootfleets" && call.subresource === "status";
        if (isOfLeader && answer.code === 409) conflicts += 1;
        return answer;
      },
    },
  });
  night.setBudget({ minAvailable: 0 });
  const { cluster } = night;
  const hint = (): void => {
    const fleet = cluster.store.get("rebootfleets", "cluster");
    const metadata = { ...fleet?.metadata, annotations: { [LOOK_AGAIN]: `${cluster.clock.now()}` } };
    if (fleet !== undefined)
      cluster.server.handle("ana", {
        ...{ verb: "update", resource: "rebootfleets", name: "cluster" },
        object: { ...fleet, metadata },
      });
    cluster.clock.after(SECOND / 10, hint);
  };
  hint();
  await night.begin();
  const nodes = [...cluster.hosts.keys()];
  expect(await night.until(() => nodes.every((node) => night.isRebooted(node)))).toBe(true);
  for (const node of nodes) expect({ node, calls: night.callsOf(node) }).toEqual({ node, calls: 1 });
  expect(await night.until(() => night.slots().length === 0)).toBe(true);
  expect(conflicts).toBeGreaterThan(0);
  expect(text(at(cluster.store.get("rebootfleets", "cluster"), "metadata", "annotations", LOOK_AGAIN))).not.toBe("");
});
