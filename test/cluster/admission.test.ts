import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { condition, field, type Json, type JsonObject, stringAt } from "../control-plane/json.ts";
import { type Answer, mustSend, type Rest } from "../control-plane/rest.ts";
import { waitFor, waitForList } from "../control-plane/wait.ts";
import { createDeployment } from "../control-plane/workloads.ts";
import { tokenOfPod } from "./agent-token.ts";
import { decide, PEOPLE } from "./around/decide.ts";
import { Grounds } from "./drain/grounds.ts";
import { createPod } from "./drain/pods.ts";
import { installAdmission } from "./install.ts";
import { BOT_USER } from "./stage.ts";

// deploy/admission.yaml on the API server itself, and what the bot makes of it.
const API = "/apis/bootswain.dev/v1alpha1";
const FLEET = `${API}/rebootfleets/cluster`;
const BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

let grounds: Grounds;
let plane: ControlPlane;

beforeAll(async () => {
  grounds = await Grounds.open({ pools: { plain: "" }, policy: PEOPLE });
  plane = grounds.stage.plane;
});

afterEach(() => grounds.leave());

afterAll(() => grounds?.close());

const refusal = (policy: string, says: string): object => ({
  code: 403,
  body: {
    message: expect.stringContaining(
      `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${says}`,
    ),
  },
});

describe("a decision", () => {
  /** As kubectl --as-group: the groups besides those that everybody is in. */
  async function create(as: readonly string[], spec: JsonObject): Promise<{ code: number; stderr: string }> {
    const object = {
      apiVersion: "bootswain.dev/v1alpha1",
      kind: "RebootDecision",
      metadata: { generateName: "retry-" },
      spec: { verb: "retry", targets: [], ...spec },
    };
    return plane.kubectl([...as, "create", "-f", "-"], JSON.stringify(object));
  }

  const lea = { system: "kubernetes", id: "lea" };

  test("is made in one's own name, and in those of one's own groups", async () => {
    const asLea = ["--as", "lea", "--as-group", "ops", "--as-group", "system:authenticated"];
    expect(await create(asLea, { by: lea, groups: ["ops"] })).toMatchObject({ code: 0 });
    expect(await create(asLea, { by: lea })).toMatchObject({ code: 0 });
  });

  test.each<[string, readonly string[], JsonObject, string]>([
    [
      "in another's name",
      ["--as", "mo"],
      { by: lea },
      "a decision is made in one's own name: spec.by must be {system: kubernetes, id: mo}",
    ],
    [
      "in the name of somebody in Slack",
      ["--as", "mo"],
      { by: { system: "slack", id: "U01AB" } },
      "a decision is made in one's own name",
    ],
    [
      "with groups that one is not in",
      ["--as", "lea"],
      { by: lea, groups: ["ops"] },
      "spec.groups may name only groups that lea is in; kubectl auth whoami shows them",
    ],
    [
      "in another's name by the administrator",
      [],
      { by: lea },
      "a decision is made in one's own name: spec.by must be {system: kubernetes, id: admin}",
    ],
  ])("is not made %s", async (_, as, spec, says) => {
    const made = await create(as, spec);
    expect(made.code).not.toBe(0);
    expect(made.stderr).toContain(
      `ValidatingAdmissionPolicy 'bootswain-decision' with binding 'bootswain-decision' denied request: ${says}`,
    );
  });

  test("is made by the bot for people in Slack, with their groups there, and for nobody else", async () => {
    const bot = plane.restAs(BOT_USER);
    const ask = (name: string, by: JsonObject): Promise<Answer> =>
      bot.request("POST", `${API}/rebootdecisions`, {
        apiVersion: "bootswain.dev/v1alpha1",
        kind: "RebootDecision",
        metadata: { name },
        spec: { verb: "retry", targets: [], by, groups: ["S01"] },
      });
    expect((await ask("clicked", { system: "slack", id: "U01AB" })).code).toBe(201);
    expect(await ask("other", lea)).toMatchObject(
      refusal("bootswain-decision", "the bot decides for people in Slack alone"),
    );
    expect(await ask("admission-probe", { system: "slack", id: "U01AB" })).toMatchObject(
      refusal("bootswain-decision", "a decision is made in one's own name"),
    );
  });
});

async function heartbeat(rest: Rest, node: string): Promise<Answer> {
  const path = `${API}/hostreports/${node}`;
  const report = await mustSend(plane.rest, "GET", path);
  const object = { ...(report as JsonObject), status: { heartbeat: new Date().toISOString() } };
  return rest.request("PUT", `${path}/status`, object);
}

test("an agent in a pod writes the report of the node that its pod is on, and no other; nor does anyone else", async () => {
  const { nodes } = await grounds.wideGround("plain", 2);
  const [own = "", other = ""] = nodes;
  for (const node of nodes) await grounds.stage.reportIs(node, () => true);
  await createPod(plane.rest, {
    namespace: "bootswain",
    name: "agent",
    node: own,
    spec: { serviceAccountName: "bootswain-agent" },
  });
  const agent = plane.restWith(await tokenOfPod(plane.rest, "agent"));
  expect((await heartbeat(agent, own)).code).toBe(200);
  expect(await heartbeat(agent, other)).toMatchObject(
    refusal(
      "bootswain-host-report",
      `the status of HostReport ${other} is written by the agent on that node alone, and system:serviceaccount:bootswain:bootswain-agent has a token of node ${own}; run the agent there`,
    ),
  );
  for (const rest of [plane.rest, plane.restAs(BOT_USER)])
    expect(await heartbeat(rest, own)).toMatchObject(
      refusal("bootswain-host-report", `the status of HostReport ${own} is written by`),
    );
});

describe("of a Deployment the bot", () => {
  const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web";
  const restart = { "kubectl.kubernetes.io/restartedAt": "2026-12-05T04:30:00Z" };

  beforeAll(async () => {
    await createDeployment(plane.rest, { namespace: "default", name: "web", replicas: 0 });
  });

  /** Written by the bot again until nobody has written it in between. */
  async function write(change: JsonObject): Promise<Answer> {
    const bot = plane.restAs(BOT_USER);
    for (;;) {
      const now = await mustSend(bot, "GET", DEPLOYMENT);
      const answer = await bot.request("PUT", DEPLOYMENT, merged(now, change));
      if (answer.code !== 409) return answer;
    }
  }

  const ofPods = (change: JsonObject): JsonObject => ({ spec: { template: change } });

  test("changes the restart, and takes it back", async () => {
    expect((await write(ofPods({ metadata: { annotations: restart } }))).code).toBe(200);
    expect(
      (await write(ofPods({ metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": null } } }))).code,
    ).toBe(200);
  });

  test.each<[string, JsonObject]>([
    ["its replicas", { spec: { replicas: 3 } }],
    ["whether it is paused", { spec: { paused: true } }],
    ["a label of its own", { metadata: { labels: { mine: "yes" } } }],
    ["a note of its own", { metadata: { annotations: { mine: "yes" } } }],
    ["what holds it", { metadata: { finalizers: ["test.bootswain.dev/held"] } }],
    ["a label of its pods", ofPods({ metadata: { labels: { mine: "yes" } } })],
    ["another note of its pods", ofPods({ metadata: { annotations: { ...restart, mine: "yes" } } })],
    ["what its pods may do", ofPods({ spec: { hostNetwork: true } })],
    ["the service account of its pods", ofPods({ spec: { serviceAccountName: "admin" } })],
  ])("does not change %s", async (_, change) => {
    expect(await write(change)).toMatchObject(
      refusal(
        "bootswain-bot-deployments",
        "the bot may change nothing of a Deployment but the annotation kubectl.kubernetes.io/restartedAt",
      ),
    );
    expect((await plane.rest.request("PATCH", DEPLOYMENT, change)).code).toBe(200);
    await plane.rest.request("PATCH", DEPLOYMENT, nulled(change));
  });
});

/** As a merge patch makes it: null takes a key away. */
function merged(object: Json | undefined, change: Json | undefined): Json {
  if (!isObject(change)) return change ?? null;
  const base = isObject(object) ? object : {};
  const keys = Object.entries(change).filter(([, value]) => value !== null);
  const kept = Object.entries(base).filter(([key]) => change[key] !== null);
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(keys.map(([key, value]) => [key, merged(base[key], value)])),
  };
}

const nulled = (change: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(change).map(([key, value]) => [key, isObject(value) ? nulled(value) : null]));

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

describe("the bot", () => {
  const admissionIs = (status: "True" | "False"): Promise<Json | undefined> =>
    waitFor(plane.rest, FLEET, (fleet) => stringAt(condition(fleet, "AdmissionMissing"), "status") === status, 20_000);

  test("says that admission is missing once a binding is gone, counts no decision by kubectl, and again once it is back", async () => {
    const { node } = await grounds.ground("plain");
    await grounds.stage.rebootIs(node, () => true);
    await admissionIs("False");
    await mustSend(plane.rest, "DELETE", `${BINDINGS}/bootswain-decision`);
    const fleet = await admissionIs("True");
    expect(field(condition(fleet, "AdmissionMissing"), "message")).toBe(
      "Decisions made with kubectl or the command line don't count, since nothing proves who made them. Not in force: bootswain-decision. Apply deploy/rbac.yaml and deploy/admission.yaml; Kubernetes 1.30 or newer is needed.",
    );
    expect(await decide(grounds.stage, { verb: "retry", node })).toMatchObject({
      status: {
        outcome: "refused",
        says: "Decisions made with kubectl or the command line don't count here, since nothing proves who made them: the admission policies are not installed. Decide in Slack, or apply deploy/admission.yaml.",
      },
    });
    await installAdmission(plane);
    const waited = await plane.kubectl([
      "wait",
      "--for=condition=AdmissionMissing=False",
      "rebootfleet/cluster",
      "--timeout=20s",
    ]);
    expect(waited).toMatchObject({ code: 0 });
    expect(await decide(grounds.stage, { verb: "retry", node })).toMatchObject({ status: { person: "lea" } });
  });

  test("tries the policy about Deployments on its own, where it runs in the pod of one", async () => {
    await createDeployment(plane.rest, { namespace: "bootswain", name: "bootswain", replicas: 1 });
    const pods = "/api/v1/namespaces/bootswain/pods?labelSelector=app%3Dbootswain";
    const [pod] = await waitForList(plane.rest, pods, (found) => found.length > 0);
    const bot = grounds.stage.startBot({ pod: stringAt(pod, "metadata", "name") });
    await bot.says("admission policies in force");
    await mustSend(plane.rest, "DELETE", `${BINDINGS}/bootswain-bot-deployments`);
    expect(await bot.says("admission policy not in force")).toMatchObject({ policy: "bootswain-bot-deployments" });
    await installAdmission(plane);
    await bot.says("admission policies in force", 2);
    await bot.kill();
    const deployment = await mustSend(plane.rest, "GET", "/apis/apps/v1/namespaces/bootswain/deployments/bootswain");
    expect(field(deployment, "spec", "replicas")).toBe(1);
  });

  test("writes nothing by looking", async () => {
    const tried = (await grounds.audit()).filter(
      ({ user, name, resource, subresource }) =>
        user === BOT_USER && (name === "admission-probe" || (resource === "hostreports" && subresource === "status")),
    );
    const isDryRun = ({ requestURI }: { readonly requestURI: string }): boolean => requestURI.includes("dryRun=All");
    expect(tried.some(isDryRun)).toBe(true);
    expect(tried.filter((one) => !isDryRun(one) && one.code !== 403)).toEqual([]);
  });
});
