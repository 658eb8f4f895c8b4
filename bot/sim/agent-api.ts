import type { Api as AgentApi, Reply } from "../../agent/ports.ts";
import type { Answer, Api } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";

/** The agent's small port over the same server. */
export function agentApi(api: Api, callDeadline: Duration): AgentApi {
  return {
    get: (resource, name) => api.call({ verb: "get", resource, name }, callDeadline).then(replyOf),
    putReportStatus: (name, object) =>
      api
        .call({ verb: "update", resource: "hostreports", name, subresource: "status", object }, callDeadline)
        .then(replyOf),
    watchReboot: (name, resourceVersion, listener) =>
      api.watch(
        { resource: "nodereboots", fieldSelector: `metadata.name=${name}`, resourceVersion },
        { event: () => listener.changed(), end: (end) => listener.ended(end.kind === "gone" ? "gone" : end.why) },
      ),
  };
}

function replyOf(answer: Answer): Reply {
  if (answer.kind === "unanswered") return answer;
  const { code, body, date } = answer;
  return { kind: "answered", code, body, date };
}
