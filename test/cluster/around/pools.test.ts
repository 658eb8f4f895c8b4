import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { setNodeDown, setNodeUp } from "../../control-plane/fleet.ts";
import { type Json, type JsonObject, stringAt } from "../../control-plane/json.ts";
import { mustSend, type Rest } from "../../control-plane/rest.ts";
import { waitForList } from "../../control-plane/wait.ts";
import { tokenOnNode } from "../agent-token.ts";
import { botWrites, phasesOf, turnsOf } from "../audit-checks.ts";
import { Grounds, nodePath } from "../drain/grounds.ts";
import { createPod, HELD, letGo, pin, protect } from "../drain/pods.ts";
import { deletionsIn } from "../drain/requests.ts";
import { CYCLE } from "../expected-phases.ts";
import { AGENT_USER, BOT_USER, phaseOf, read } from "../stage.ts";

// What decides whose turn it is within a pool.
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";

let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      one: "maxUnavailable: 1, drain: { giveUpAfter: 10m }",
      half: "maxUnavailable: 50%, drain: { giveUpAfter: 10m }",
      many: "drain: { giveUpAfter: 10m }",
      hasty: "drain: { giveUpAfter: 2s }",
    },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds?.close());

const pause = (paused: { by: string; reason: string } | null): Promise<void> =>
  grounds.stage.patch(FLEET, { spec: { paused } });

/** A pod that was told to end and does not keeps the drain of its node where it is. */
async function holdDrain(namespace: string, node: string): Promise<void> {
  await createPod(grounds.rest, { namespace, name: `on-${node}`, node, metadata: { finalizers: [HELD] } });
}

// Machine config operator, pkg/controller/node/node_controller_test.go.
describe("MCO", () => {
  test("SyncNode: what is written to a node and its record, one after the other", async () => {
    const { node, namespace } = await grounds.ground("many");
    await createPod(grounds.rest, { namespace, name: "web", node });
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    const audit = botWrites(await grounds.audit());
    const marks = audit.flatMap(({ resource, subresource, name, requestObject, responseObject }) => {
      const isDryRun = read(requestObject, "deleteOptions", "dryRun") !== undefined;
      if (subresource === "eviction" && name === "web" && !isDryRun) return ["evict"];
      if (name !== node) return [];
      if (resource === "nodereboots" && subresource === "status") return [phaseOf(responseObject)];
      if (resource !== "nodes") return [];
      return [read(requestObject, "spec", "unschedulable") === true ? "cordon" : "uncordon"];
    });
    const cycle = marks.slice(marks.indexOf("preparing"));
    expect(cycle.filter((mark, index) => mark !== cycle[index - 1])).toEqual([
      "preparing",
      "draining",
      "cordon",
      "evict",
      "draining",
      "rebooting",
      "verifying",
      "uncordon",
      "verifying",
      "waiting",
    ]);
  });

  test("candidate selection: only a node that is pending, Ready and cordoned by nobody", async () => {
    const { nodes } = await grounds.wideGround("many", 4);
    const [candidate = "", content = "", down = "", cordoned = ""] = nodes;
    await setNodeDown(grounds.rest, down, "False");
    expect((await grounds.stage.plane.kubectl(["cordon", cordoned])).code).toBe(0);
    grounds.stage.machine(content).startAgent();
    await grounds.needsReboot(down, cordoned);
    await grounds.isHeld(down, "node not ready");
    await grounds.isHeld(cordoned, "cordoned by someone");
    await grounds.needsReboot(candidate);
    await grounds.rebooted(candidate);
    expect(turnsOf(await grounds.audit(), nodes)).toEqual([candidate]);
    for (const other of [content, down, cordoned]) expect(grounds.stage.machine(other).calls).toBe(0);
  });

  test("maxUnavailable: a node that is not Ready uses it up", async () => {
    const { nodes } = await grounds.wideGround("one", 2);
    const [down = "", node = ""] = nodes;
    await setNodeDown(grounds.rest, down, "False");
    await grounds.needsReboot(node);
    await grounds.isHeld(node, "budget");
    expect(phasesOf(await grounds.audit(), node)).toEqual(["waiting"]);
    const [bootId = ""] = grounds.stage.machine(down).bootIds;
    await setNodeUp(grounds.rest, down, bootId);
    await grounds.rebooted(node);
  });

  test("maxUnavailable: a percentage of the pool goes at once, and never more", async () => {
    const { nodes, namespace } = await grounds.wideGround("half", 5);
    for (const node of nodes) await holdDrain(namespace, node);
    await pause({ by: "lea", reason: "not yet" });
    await grounds.needsReboot(...nodes);
    for (const node of nodes) await grounds.isHeld(node, "paused");
    await pause(null);
    // Which two is the agents' doing: whose was the first to see that it needs a reboot.
    await waitForList(grounds.rest, "/apis/bootswain.dev/v1alpha1/nodereboots", (all) => {
      const ours = all.filter((reboot) => nodes.includes(stringAt(reboot, "metadata", "name")));
      const isHeld = (reboot: Json): boolean => read(reboot, "status", "holds", 0, "kind") === "budget";
      return ours.filter((reboot) => phaseOf(reboot) === "draining").length === 2 && ours.filter(isHeld).length === 3;
    });
    for (const node of nodes) await letGo(grounds.rest, namespace, `on-${node}`);
    for (const node of nodes) await grounds.rebooted(node);
    const turns = turnsOf(await grounds.audit(), nodes).map((turn) => turn.split(",").length);
    expect(Math.max(...turns)).toBe(2);
  });

  test("sorting: who has been pending for longest goes first, and of those the first by name", async () => {
    const { nodes } = await grounds.wideGround("one", 3);
    const [first = "", second = "", third = ""] = nodes;
    await pause({ by: "lea", reason: "not yet" });
    for (const node of [third, first, second]) {
      await grounds.needsReboot(node);
      await grounds.isHeld(node, "paused");
    }
    await pause(null);
    for (const node of nodes) await grounds.rebooted(node);
    expect(turnsOf(await grounds.audit(), nodes)).toEqual([third, first, second]);
  });

  describe("scope of a node's own object", () => {
    const API = "/apis/bootswain.dev/v1alpha1";

    /** Two nodes with their records, and what an agent may send. */
    async function asAgent(): Promise<{ own: string; other: string; rest: Rest }> {
      const { nodes } = await grounds.wideGround("many", 2);
      const [own = "", other = ""] = nodes;
      for (const node of nodes) {
        await grounds.stage.reportIs(node, () => true);
        await grounds.stage.rebootIs(node, () => true);
      }
      const token = await tokenOnNode(grounds.rest, own);
      return { own, other, rest: grounds.stage.plane.restWith(token) };
    }

    const report = (rest: Rest, node: string): Promise<Json> => mustSend(rest, "GET", `${API}/hostreports/${node}`);

    async function heartbeat(rest: Rest, node: string): Promise<number> {
      const read = await report(rest, node);
      const status = { heartbeat: new Date().toISOString() };
      const object = { ...(read as JsonObject), status };
      return (await rest.request("PUT", `${API}/hostreports/${node}/status`, object)).code;
    }

    test("happy: an agent writes the status of its node's report", async () => {
      const { own, rest } = await asAgent();
      expect(await heartbeat(rest, own)).toBe(200);
      await grounds.stage.reportIs(own, (one) => read(one, "status", "heartbeat") !== undefined);
    });

    test("sad path: it writes nothing else of its node, and nothing of others", async () => {
      const { own, other, rest } = await asAgent();
      const labels = { metadata: { labels: { mine: "yes" } } };
      const decision = { spec: { verb: "force", targets: [{ node: own }], by: { system: "kubernetes", id: "lea" } } };
      const sent = [
        await rest.request("PATCH", `${API}/hostreports/${own}`, labels),
        await rest.request("DELETE", `${API}/hostreports/${own}`),
        await rest.request("PATCH", `${API}/nodereboots/${own}/status`, { status: { phase: "waiting" } }),
        await rest.request("PATCH", nodePath(own), { spec: { unschedulable: null } }),
        await rest.request("POST", `${API}/rebootdecisions`, { metadata: { name: "mine" }, ...decision }),
        await rest.request("GET", "/api/v1/namespaces/bootswain/secrets"),
        await rest.request("GET", "/api/v1/pods"),
      ];
      expect(sent.map(({ code }) => code)).toEqual(sent.map(() => 403));
      // Rights by role can't tell two agents apart, which have one service account; the node in their tokens does.
      expect(await heartbeat(rest, other)).toBe(403);
    });

    test("impersonation: neither agent nor bot may act as somebody else", async () => {
      const { plane } = grounds.stage;
      for (const [user, as] of [
        [AGENT_USER, BOT_USER],
        [BOT_USER, "lea"],
      ] as const) {
        const answer = await plane.kubectl(["--kubeconfig", plane.kubeconfig(user), "--as", as, "get", "nodes"]);
        expect(answer.code).not.toBe(0);
        expect(answer.stderr).toContain(`User "${user}" cannot impersonate`);
      }
    });
  });
});

// Flatcar update operator, pkg/operator/operator_test.go.
describe("FLUO", () => {
  test("counts nodes as rebooting: in every phase from the drain to the last check the slot is in use", async () => {
    const { nodes, namespace } = await grounds.wideGround("one", 2);
    const [node = "", next = ""] = nodes;
    const boots = Promise.withResolvers<void>();
    grounds.stage.machine(node).bootsAfter(boots.promise);
    await holdDrain(namespace, node);
    await grounds.needsReboot(node);
    await grounds.inPhase(node, "draining");
    await grounds.needsReboot(next);
    await grounds.isHeld(next, "budget");
    await letGo(grounds.rest, namespace, `on-${node}`);
    await grounds.inPhase(node, "rebooting");
    await grounds.isHeld(next, "budget");
    boots.resolve();
    await grounds.rebooted(node);
    await grounds.rebooted(next);
    const audit = await grounds.audit();
    expect(turnsOf(audit, nodes)).toEqual([node, next]);
    const begun = audit.findIndex(
      ({ name, responseObject }) => name === next && phaseOf(responseObject) === "preparing",
    );
    const ended = audit.findIndex(
      ({ name, responseObject }) => name === node && read(responseObject, "status", "outcome", "kind") === "rebooted",
    );
    expect(ended).toBeGreaterThan(-1);
    expect(begun).toBeGreaterThan(ended);
  });

  test("inverted: a failing drain is never ignored", async () => {
    const { node, namespace } = await grounds.ground("hasty");
    await pin(grounds.rest, { namespace, name: "web", node, replicas: 2 });
    await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 2 });
    await grounds.needsReboot(node);
    expect(await grounds.gaveUp(node)).toMatchObject({ kind: "blocked", refused: [{ kind: "budget" }] });
    expect(await grounds.isCordoned(node)).toBe(false);
    const audit = await grounds.audit();
    expect(phasesOf(audit, node)).toEqual([...CYCLE.slice(0, 3), "yielding", "waiting"]);
    expect(deletionsIn(audit, namespace)).toEqual([]);
    expect(grounds.stage.machine(node).calls).toBe(0);
  });
});
