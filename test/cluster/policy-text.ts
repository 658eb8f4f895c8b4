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
export const policyText = ({ forcePeople }: { readonly forcePeople: number }): string => `
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
    drain: { giveUpAfter: 6s, retryAfter: 30m }
    reboot: { delay: 1s, backWithin: 60s }
    verify: { soak: 1s, atMost: 60s }
`;
