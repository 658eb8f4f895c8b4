import { mustSend, type Rest } from "./rest.ts";

const name = "kwok-ends-what-is-ending";
const api = "/apis/admissionregistration.k8s.io/v1";

/**
 * kwok ends a pod that it saw ending by its name, at times late, and so would end another that has taken the name by then. The
 * API server refuses that.
 */
export async function guardFromKwok(rest: Rest): Promise<void> {
  const pods = { apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["pods"] };
  await mustSend(rest, "POST", `${api}/validatingadmissionpolicies`, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [pods] },
      matchConditions: [{ name: "by-kwok", expression: "request.userInfo.username == 'kwok'" }],
      validations: [{ expression: "has(oldObject.metadata.deletionTimestamp)", message: "the pod is not ending" }],
    },
  });
  await mustSend(rest, "POST", `${api}/validatingadmissionpolicybindings`, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name, validationActions: ["Deny"] },
  });
}
