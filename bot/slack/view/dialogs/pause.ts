import type { Policy } from "../../../core/policy/policy.ts";
import type { Submission } from "../../deeds.ts";
import { REASON_MOST, reasonTyped } from "../../replies/reason.ts";
import { escaped, section } from "../mrkdwn.ts";
import { dialog, textInput, type View } from "./dialog.ts";
import type { Seen } from "./seen.ts";

const REASON = "reason";

export function pauseDialog(policy: Policy, seen: Pick<Seen, "channel" | "ts" | "seen">): View {
  const first = `This stops all reboots in ${escaped(policy.cluster)} until someone resumes them.`;
  const second =
    "Drains under way step aside and their nodes are uncordoned; orders are taken back. A node that reboots already comes back and is verified.";
  return dialog({
    kind: "pause",
    cluster: policy.cluster,
    title: "Pause all reboots",
    submit: "Pause",
    seen: { ...seen, targets: [], zone: policy.timeZone, upTo: null },
    blocks: [
      section(`${first}\n${second}`),
      textInput({ id: REASON, label: "Reason", placeholder: "etcd upgrade", most: REASON_MOST, isOptional: true }),
    ],
  });
}

export const parsePause = ({ values }: Pick<Submission, "values">): { readonly reason: string | null } => ({
  reason: reasonTyped(values[REASON]),
});
