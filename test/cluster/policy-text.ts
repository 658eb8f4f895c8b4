import { ANA, BEN, OPS } from "../../bot/sim/slack/a-workspace.ts";

/** One pool of workers that go by themselves. */
export const automaticPolicyText = `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
maxRebooting: 1
pools:
  - name: workers
    mode: automatic
    windows: always
    drain: { giveUpAfter: 20s, retryAfter: 1s }
    reboot: { delay: 1s, backWithin: 6s }
    verify: { soak: 1s, atMost: 60s }
`;

/** The starting cluster's policy with short times. Ana may approve and force, ben may only force. */
interface Settings {
  readonly forcePeople: number;
  readonly giveUpAfter?: string;
  /** More keys of the workers' drain, as YAML: ", moveByRollout: true". */
  readonly drain?: string;
}

export const policyText = ({ forcePeople, giveUpAfter = "6s", drain = "" }: Settings): string => `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
people:
  ana: { slack: ${ANA} }
  ben: { slack: ${BEN} }
groups:
  operators: { people: [ana] }
  leads: { people: [ana, ben] }
slack: { channel: ${OPS} }
pools:
  - name: control-plane
    nodes: { matchLabels: { node-role.kubernetes.io/control-plane: "true" } }
    mode: approval
    windows: always
    may: { approve: { by: operators }, other: { by: operators } }
    reboot: { delay: 1s, backWithin: 60s }
    verify: { soak: 1s, atMost: 60s }
  - name: workers
    mode: automatic
    windows: always
    maxUnavailable: 2            # one of them is cordoned by someone else
    may:
      force: { by: leads, people: ${forcePeople} }
      other: { by: operators }
    drain: { giveUpAfter: ${giveUpAfter}, retryAfter: 30m${drain} }
    reboot: { delay: 1s, backWithin: 60s }
    verify: { soak: 1s, atMost: 60s }
`;
