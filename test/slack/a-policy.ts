import { ANA, BEN, OPERATORS, OPS } from "../../bot/sim/slack/a-workspace.ts";

interface PolicySettings {
  /** How many have to approve the control plane. */
  readonly approve?: number;
  /** Keys of the control plane's pool, as YAML of one line. */
  readonly windows?: string;
  /** More keys of the control plane's pool, as lines of YAML. */
  readonly controlPlane?: string;
  /** More keys of the policy, as lines of YAML. */
  readonly more?: string;
  /** The group of those who may approve and skip, as YAML of one line. */
  readonly operators?: string;
}

/** The starting cluster's policy: ana and ben are operators and leads, and so is the user group that Slack knows as operators. */
export const aPolicy = ({
  approve = 1,
  windows = "always",
  controlPlane = "",
  more = "",
  operators = `{ people: [ana, ben], slackGroups: [${OPERATORS}] }`,
}: PolicySettings = {}): string => `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
people:
  ana: { slack: ${ANA}, kubernetes: ana@example.com }
  ben: { slack: ${BEN} }
groups:
  operators: ${operators}
  leads: { people: [ana, ben] }
slack: { channel: ${OPS} }
${more}
pools:
  - name: control-plane
    nodes: { matchLabels: { node-role.kubernetes.io/control-plane: "true" } }
    mode: approval
    windows: ${windows}
    may:
      approve: { by: operators, people: ${approve} }
      now: { by: leads }
      skip: { by: operators, upTo: 7d }
      other: { by: operators }
${controlPlane}
  - name: workers
    mode: automatic
    windows: always
    may:
      force: { by: leads, people: 2 }
      skip: { by: operators, upTo: 7d }
      other: { by: operators }
`;
