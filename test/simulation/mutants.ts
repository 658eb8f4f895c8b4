import type { Answer, Api } from "../../bot/coordinator/ports.ts";

/** The server is asked to write the slots whatever their version is: the compare-and-set is gone. */
export function withoutSlotVersions(process: string, api: Api): Api {
  if (!process.startsWith("bot")) return api;
  return {
    call: (call, deadline) => {
      const isSlots = call.verb === "update" && call.resource === "rebootfleets";
      return api.call(isSlots ? { ...call, object: withMetadata(call.object, { name: call.name }) } : call, deadline);
    },
    watch: (call, listener) => api.watch(call, listener),
  };
}

/** Agents are told that their order never ends. */
export function ignoreNotAfter(process: string, api: Api): Api {
  if (!process.startsWith("agent")) return api;
  return {
    call: async (call, deadline) => endless(await api.call(call, deadline)),
    watch: (call, listener) => api.watch(call, listener),
  };
}

const record = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

const withMetadata = (object: unknown, metadata: object): object => ({ ...record(object), metadata });

function endless(answer: Answer): Answer {
  if (answer.kind === "unanswered") return answer;
  const text = JSON.stringify(answer.body).replace(
    /("order":\{[^}]*"notAfter":")[^"]*"/,
    '$12099-01-01T00:00:00.000Z"',
  );
  return { ...answer, body: JSON.parse(text) };
}
