import type { Chat } from "../../bot/coordinator/ports.ts";
import { MINUTE } from "../../bot/core/instant.ts";
import { failure } from "../../bot/sim/answers.ts";
import { type DrainData, type PolicyData, type PoolData, poolFor } from "../../bot/sim/rules/policy-data.ts";
import { at, text, time } from "../../bot/sim/rules/world.ts";
import type { Tamper } from "../../bot/sim/sim-api.ts";
import type { Scenario } from "../../bot/sim/simulation/scenario.ts";

/** Every other write of slots comes minutes late, when its bot has long given it up: harmless while its version is looked at. */
export const lateSlots = (): Tamper => {
  let writes = 0;
  return {
    delays: (process, call) => {
      if (!process.startsWith("bot") || call.verb !== "update" || call.resource !== "rebootfleets") return 0;
      writes += 1;
      return writes % 2 === 0 ? 4 * MINUTE : 0;
    },
  };
};

/** And slots are written against whatever version is there: the compare-and-set is gone. */
export const withoutSlotVersions = (): Tamper => ({
  ...lateSlots(),
  arriving: (process, call, store) => {
    if (!process.startsWith("bot") || call.verb !== "update" || call.resource !== "rebootfleets") return call;
    const resourceVersion = store.get("rebootfleets", call.name)?.metadata.resourceVersion ?? "";
    return { ...call, object: { ...record(call.object), metadata: { name: call.name, resourceVersion } } };
  },
});

/** Every other order can't be read by its agent before it is over: harmless while its notAfter is looked at. */
export const lateOrders = (): Required<Pick<Tamper, "answered">> => {
  const late = new Map<string, boolean>();
  return {
    answered: (process, call, answer, now) => {
      if (!process.startsWith("agent") || call.resource !== "nodereboots") return answer;
      const order = at(answer.body, "status", "order");
      const notAfter = time(at(order, "notAfter"));
      if (Number.isNaN(notAfter)) return answer;
      const id = text(at(order, "id"));
      if (!late.has(id)) late.set(id, late.size % 2 === 0);
      return late.get(id) === true && now <= notAfter ? failure(503, "Trouble", "The server has trouble.") : answer;
    },
  };
};

/** And agents are told that their order never ends. */
export const ignoreNotAfter = (): Tamper => {
  const { answered } = lateOrders();
  return {
    answered: (process, call, honest, now) => {
      const answer = answered(process, call, honest, now);
      if (!process.startsWith("agent") || call.resource !== "nodereboots") return answer;
      const body = JSON.stringify(answer.body).replace(
        /("order":\{[^}]*"notAfter":")[^"]*"/,
        '$12099-01-01T00:00:00.000Z"',
      );
      return { ...answer, body: JSON.parse(body) };
    },
  };
};

const record = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

const inEachPool =
  (change: (pool: PoolData) => PoolData) =>
  (policy: PolicyData): PolicyData => ({ ...policy, pools: policy.pools.map(change) });

const inEachDrain = (drain: Partial<DrainData>) =>
  inEachPool((pool) => ({ ...pool, drain: { ...pool.drain, ...drain } }));

/** Two nodes of one pool may go at once, and stand in one zone while there is another. */
function hasToSpread({ nodes, policies }: Scenario): boolean {
  const policy = policies[0]?.policy;
  if (policy == null || policy.maxRebooting < 2) return false;
  return policy.pools.some(({ name, spreadOver, maxUnavailable }) => {
    if (spreadOver === undefined || maxUnavailable === 1) return false;
    const members = nodes.filter(({ labels }) => poolFor(policy, labels)?.name === name);
    const zones = new Set(members.map(({ labels }) => labels[spreadOver]));
    return zones.size > 1 && zones.size < members.length;
  });
}

/** Pods stand on a node whose pool protects their kind. */
function hasProtectedPods({ nodes, policies, obstacles }: Scenario): boolean {
  const policy = policies[0]?.policy;
  if (policy == null) return false;
  return obstacles.some(({ kind, node }) => {
    const drain = poolFor(policy, nodes.find(({ name }) => name === node)?.labels ?? {})?.drain;
    return kind === "naked pod"
      ? drain?.unmanaged === "protect"
      : kind === "scratch pods" && drain?.emptyDir === "protect";
  });
}

interface Belief {
  readonly policy: (policy: PolicyData) => PolicyData;
  readonly rule: string;
  /** Where few scenarios meet what the belief is about: those that do. */
  readonly meets?: (scenario: Scenario) => boolean;
}

/** Bots that are told another policy than the one that the checker knows, and the rule that they break by it. */
export const believed: Readonly<Record<string, Belief>> = {
  "that windows are always open": { policy: inEachPool((pool) => ({ ...pool, windows: "always" })), rule: "rule 2" },
  "that nothing is frozen": { policy: ({ freezes: _, ...policy }) => policy, rule: "rule 2" },
  "that nobody has to approve": {
    policy: inEachPool((pool) => (pool.mode === "approval" ? { ...pool, mode: "automatic" } : pool)),
    rule: "rule 3",
  },
  "that one approval is enough": {
    policy: inEachPool((pool) => ({
      ...pool,
      may: { ...pool.may, approve: { ...pool.may.approve, people: 1 } },
    })),
    rule: "rule 3",
  },
  "that a whole pool may be unavailable": {
    policy: inEachPool((pool) => ({ ...pool, maxUnavailable: "100%" })),
    rule: "rule 1",
  },
  "that nothing is spread": {
    policy: inEachPool(({ spreadOver: _, ...pool }) => pool),
    rule: "rule 1",
    meets: hasToSpread,
  },
  "that no quorum is needed": { policy: inEachPool((pool) => ({ ...pool, quorum: "none" })), rule: "rule 1" },
  "that budgets may be broken after a minute": { policy: inEachDrain({ forceAfter: "1m" }), rule: "rule 6" },
  "that a blocked node may keep its slot": {
    policy: inEachDrain({ giveUpAfter: "12h" }),
    rule: "rule 9",
    meets: ({ obstacles }) =>
      obstacles.some(({ kind, from, until }) => kind === "impossible budget" && from === 0 && until === null),
  },
  "that no pod is protected": {
    policy: inEachDrain({ emptyDir: "delete", unmanaged: "delete" }),
    rule: "rule 11",
    meets: hasProtectedPods,
  },
  "that there are no rules for pods": { policy: inEachDrain({ pods: [] }), rule: "rule 11" },
  "that there are no gates": { policy: ({ gates: _, ...policy }) => policy, rule: "rule 12" },
  "that pools are only observed": { policy: inEachPool((pool) => ({ ...pool, mode: "observe" })), rule: "rule 10" },
};

/** What people decide in Slack counts for whatever stands by the time it is judged. */
export const withoutDigests = (): Tamper => ({
  arriving: (process, call) => {
    if (!process.startsWith("bot") || call.verb !== "create" || call.resource !== "rebootdecisions") return call;
    return { ...call, object: JSON.parse(JSON.stringify(call.object).replaceAll(/,"digest":"[^"]*"/g, "")) };
  },
});

const changedRecords = (change: (record: string) => string): Tamper => ({
  arriving: (process, call) => {
    if (!process.startsWith("bot") || call.verb !== "update" || call.resource !== "nodereboots") return call;
    return { ...call, object: JSON.parse(change(JSON.stringify(call.object))) };
  },
});

/** Nodes' records don't say under which policy. */
export const withoutCommits = (): Tamper => changedRecords((text) => text.replaceAll(/,"policyCommit":"[^"]*"/g, ""));

/** Or say of each line what is true of the newest. */
export const withOneCommit = (): Tamper =>
  changedRecords((text) => {
    const newest = [...text.matchAll(/"policyCommit":"[^"]*"/g)].at(-1)?.[0] ?? "";
    return text.replaceAll(/"policyCommit":"[^"]*"/g, newest);
  });

/** Bots that are made to see Slack otherwise than it is, and what the checker says of it. */
export const deceived: Readonly<Record<string, { chat: (chat: Chat) => Chat; says: RegExp }>> = {
  "that no post whose answer was lost arrived": {
    chat: (chat) => ({ ...chat, find: async () => ({ ok: true, ts: "" }) }),
    says: / rule 13: .* (stands there|is said) twice/,
  },
  "that all must hear of everything": {
    chat: (chat) => ({ ...chat, post: (message) => chat.post({ ...message, blocks: [CALL, ...message.blocks] }) }),
    says: / rule 13: message .* of board-.* calls \d people/,
  },
  "that a message needs no words": {
    chat: (chat) => ({ ...chat, post: (message) => chat.post({ ...message, text: "" }) }),
    says: / rule 13: chat.postMessage was refused: no_text/,
  },
  "that a dialog has all the room it wants": {
    chat: (chat) => ({ ...chat, open: (id, view) => chat.open(id, { ...record(view), title: LONG }) }),
    says: / rule 13: views.open was refused: invalid_arguments/,
  },
};

const CALL = { type: "section", text: { type: "mrkdwn", text: "<!here>" } };
const LONG = { type: "plain_text", text: "a title of more than 24 characters" };
