import type { Tamper } from "../../bot/sim/sim-api.ts";

/** Slots are written against whatever version is there: the compare-and-set is gone. */
export const withoutSlotVersions: Tamper = {
  arriving: (process, call, store) => {
    if (!process.startsWith("bot") || call.verb !== "update" || call.resource !== "rebootfleets") return call;
    const resourceVersion = store.get("rebootfleets", call.name)?.metadata.resourceVersion ?? "";
    return { ...call, object: { ...record(call.object), metadata: { name: call.name, resourceVersion } } };
  },
};

/** Agents are told that their order never ends. */
export const ignoreNotAfter: Tamper = {
  answered: (process, call, answer) => {
    if (!process.startsWith("agent") || call.resource !== "nodereboots") return answer;
    const text = JSON.stringify(answer.body).replace(
      /("order":\{[^}]*"notAfter":")[^"]*"/,
      '$12099-01-01T00:00:00.000Z"',
    );
    return { ...answer, body: JSON.parse(text) };
  },
};

const record = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
