import { expect, test } from "vitest";
import type { Call } from "../coordinator/ports.ts";
import { loseAdmission } from "./admission.ts";
import { SimCluster } from "./cluster.ts";
import { at } from "./rules/world.ts";

function aCluster(hasAdmission = true): SimCluster {
  const policySource = () => ({ start: () => ({ stop: () => {}, hurry: () => {} }) });
  const cluster = new SimCluster({ seed: "admission", start: 0, clusterName: "x", policySource, hasAdmission });
  const report = { apiVersion: "bootswain.dev/v1alpha1", kind: "HostReport", metadata: { name: "node-1" } };
  cluster.store.put("people", "hostreports", report);
  cluster.workloads.deploy({ namespace: "web", name: "web", replicas: 1, graceSeconds: 1 });
  return cluster;
}

const decision = (by: object, more: object = {}, name = "asked"): Call => ({
  verb: "create",
  resource: "rebootdecisions",
  object: { metadata: { name }, spec: { verb: "retry", targets: [], by, ...more } },
});

const lea = { system: "kubernetes", id: "lea" };
const inSlack = { system: "slack", id: "U01AB" };

const report: Call = {
  verb: "update",
  resource: "hostreports",
  name: "node-1",
  subresource: "status",
  object: { metadata: { name: "node-1", resourceVersion: "" }, status: { heartbeat: "now" } },
};

const deployment = (change: object): Call => ({
  verb: "update",
  resource: "deployments",
  namespace: "web",
  name: "web",
  object: { metadata: { name: "web", namespace: "web" }, ...change },
});

/** As the actor, against the newest version of what is written. */
function sent(cluster: SimCluster, actor: string, call: Call): { readonly code: number; readonly says: string } {
  const { store } = cluster;
  const current =
    call.verb === "update" ? store.get(call.resource, call.namespace === undefined ? call.name : "web/web") : {};
  const object =
    call.verb === "update" ? { ...current, ...Object(call.object), metadata: at(current, "metadata") } : {};
  const { code, body } = cluster.server.handle(actor, call.verb === "update" ? { ...call, object } : call);
  return { code, says: String(at(body, "message") ?? "") };
}

const restart = { "kubectl.kubernetes.io/restartedAt": "2026-12-05T04:30:00Z" };

function template(cluster: SimCluster, annotations: object): object {
  const spec = Object(at(cluster.store.get("deployments", "web/web"), "spec"));
  const metadata = { ...Object(at(spec, "template", "metadata")), annotations };
  return { spec: { ...spec, template: { ...spec.template, metadata } } };
}

test.each<[string, string, Call, string | null]>([
  ["a person decides in their own name", "lea", decision(lea), null],
  ["and not in another's", "mo", decision(lea), "bootswain-decision"],
  ["nor as somebody in Slack", "lea", decision(inSlack), "bootswain-decision"],
  ["nor with groups that they are not in", "lea", decision(lea, { groups: ["ops"] }), "bootswain-decision"],
  ["the bot decides for people in Slack", "bot a", decision(inSlack), null],
  ["and for nobody else", "bot a", decision(lea), "bootswain-decision"],
  ["and not to look whether this is refused", "bot a", decision(inSlack, {}, "admission-probe"), "bootswain-decision"],
  ["an agent writes its own node's report", "agent node-1", report, null],
  ["and no other's", "agent node-2", report, "bootswain-host-report"],
  ["nor does the bot", "bot a", report, "bootswain-host-report"],
])("%s", (_, actor, call, refusedBy) => {
  const { code, says } = sent(aCluster(), actor, call);
  if (refusedBy === null) expect(code).toBeLessThan(300);
  else
    expect({ code, says }).toEqual({
      code: 403,
      says: expect.stringContaining(`ValidatingAdmissionPolicy '${refusedBy}'`),
    });
  const without = aCluster();
  loseAdmission(without.store);
  for (const open of [without, aCluster(false)]) expect(sent(open, actor, call).code).toBeLessThan(300);
});

test("the bot restarts a Deployment, and changes nothing else of it", () => {
  const cluster = aCluster();
  expect(sent(cluster, "bot a", deployment(template(cluster, restart))).code).toBe(200);
  expect(sent(cluster, "bot a", deployment(template(cluster, {}))).code).toBe(200);
  const spec = Object(at(cluster.store.get("deployments", "web/web"), "spec"));
  for (const change of [{ spec: { ...spec, replicas: 2 } }, template(cluster, { ...restart, mine: "yes" })]) {
    expect(sent(cluster, "bot a", deployment(change))).toMatchObject({ code: 403 });
    expect(sent(cluster, "people", deployment(change)).code).toBe(200);
    sent(cluster, "people", deployment({ spec }));
  }
});
