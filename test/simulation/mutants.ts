import type { Chat } from "../../bot/coordinator/ports.ts";
import { MINUTE } from "../../bot/core/instant.ts";
import type { DrainData, PolicyData, PoolData } from "../../bot/sim/rules/policy-data.ts";
import type { Tamper } from "../../bot/sim/sim-api.ts";

/** So many runs are given to the checker to find a mutant out. */
export const MUTANT_SEEDS = 300;

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

/** Agents are told that their order never ends. */
export const ignoreNotAfter = (): Tamper => ({
  answered: (process, call, answer) => {
    if (!process.startsWith("agent") || call.resource !== "nodereboots") return answer;
    const text = JSON.stringify(answer.body).replace(
      /("order":\{[^}]*"notAfter":")[^"]*"/,
      '$12099-01-01T00:00:00.000Z"',
    );
    return { ...answer, body: JSON.parse(text) };
  },
});

const record = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

const inEachPool =
  (change: (pool: PoolData) => PoolData) =>
  (policy: PolicyData): PolicyData => ({ ...policy, pools: policy.pools.map(change) });

const inEachDrain = (drain: Partial<DrainData>) =>
  inEachPool((pool) => ({ ...pool, drain: { ...pool.drain, ...drain } }));

/** Bots that are told another policy than the one that the checker knows, and the rule that they break by it. */
export const believed: Readonly<Record<string, { policy: (policy: PolicyData) => PolicyData; rule: string }>> = {
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
  "that nothing is spread": { policy: inEachPool(({ spreadOver: _, ...pool }) => pool), rule: "rule 1" },
  "that no quorum is needed": { policy: inEachPool((pool) => ({ ...pool, quorum: "none" })), rule: "rule 1" },
  "that budgets may be broken after a minute": { policy: inEachDrain({ forceAfter: "1m" }), rule: "rule 6" },
  "that a blocked node may keep its slot": { policy: inEachDrain({ giveUpAfter: "12h" }), rule: "rule 9" },
  "that no pod is protected": { policy: inEachDrain({ emptyDir: "delete", unmanaged: "delete" }), rule: "rule 11" },
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
