import { stringAt } from "../control-plane/json.ts";
import { mustSend, type Rest } from "../control-plane/rest.ts";

const TOKENS = "/api/v1/namespaces/bootswain/serviceaccounts/bootswain-agent/token";

/** A token of the agents' service account that is good for as long as the Node is there, and names it. */
export const tokenOnNode = (rest: Rest, node: string): Promise<string> =>
  boundTo(rest, "Node", `/api/v1/nodes/${node}`);

/** As the kubelet gets one for a pod; it names the node that the pod is on. */
export const tokenOfPod = (rest: Rest, pod: string): Promise<string> =>
  boundTo(rest, "Pod", `/api/v1/namespaces/bootswain/pods/${pod}`);

async function boundTo(rest: Rest, kind: "Node" | "Pod", path: string): Promise<string> {
  const object = await mustSend(rest, "GET", path);
  const boundObjectRef = {
    apiVersion: "v1",
    kind,
    name: stringAt(object, "metadata", "name"),
    uid: stringAt(object, "metadata", "uid"),
  };
  const made = await mustSend(rest, "POST", TOKENS, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { boundObjectRef },
  });
  return stringAt(made, "status", "token");
}
