import { mustSend, type Rest } from "./rest.ts";

const name = "kwok-is-late";
const api = "/apis/admissionregistration.k8s.io/v1";

/**
 * kwok does what it has to do with a pod by its name, now and then twice, and late: it would end another pod that has taken the
 * name by then, and make one ready again that a test has made unready. The API server refuses that.
 */
export async function guardFromKwok(rest: Rest): Promise<void> {
  const pods = { apiGroups: [""], apiVersions: ["v1"] };
  const resourceRules = [
    { ...pods, operations: ["DELETE"], resources: ["pods"] },
    { ...pods, operations: ["UPDATE"], resources: ["pods/status"] },
  ];
  const hasStarted = "oldObject.status.phase != 'Pending' && object.status.phase == 'Running'";
  await mustSend(rest, "POST", `${api}/validatingadmissionpolicies`, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules },
      matchConditions: [{ name: "by-kwok", expression: "request.userInfo.username == 'kwok'" }],
      validations: [
        {
          expression: "request.operation != 'DELETE' || has(oldObject.metadata.deletionTimestamp)",
          message: "the pod is not ending",
        },
        { expression: `request.operation != 'UPDATE' || !(${hasStarted})`, message: "the pod has started already" },
      ],
    },
  });
  await mustSend(rest, "POST", `${api}/validatingadmissionpolicybindings`, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name, validationActions: ["Deny"] },
  });
}
