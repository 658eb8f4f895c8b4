import { z } from "zod";
import { parseReportStatus } from "../../../agent/protocol.ts";
import type { Json } from "../../coordinator/ports.ts";
import type { NodeName, NodeUid } from "../../core/fleet/node.ts";
import type { HostReport } from "../../core/fleet/report.ts";
import type { Definition } from "./crd.ts";
import { time } from "./fields.ts";
import { nodeUidOf, ownedByNode, parseMetadata } from "./metadata.ts";

const reasonSchema = z.object({ kind: z.string(), identity: z.string(), text: z.string(), since: time() });

const progressSchema = z.object({
  id: z.string(),
  ready: time().optional(),
  accepted: time().optional(),
  rebooting: time().optional(),
  dropped: time().optional(),
  message: z.string().optional(),
});

export const HOST_REPORT: Definition = {
  kind: "HostReport",
  plural: "hostreports",
  shortNames: ["hr"],
  describes: "What a node's agent says of its host. Made by the bot; its status is written by that node's agent alone.",
  spec: null,
  status: z.object({
    bootID: z.string().optional(),
    bootedAt: time().optional(),
    os: z.string().optional(),
    kernel: z.string().optional(),
    pending: z.object({ since: time(), reasons: z.array(reasonSchema) }).optional(),
    order: progressSchema.optional(),
    heartbeat: time().optional(),
    agentVersion: z.string().optional(),
  }),
  columns: [
    { name: "Pending", type: "date", path: ".status.pending.since" },
    { name: "Reason", type: "string", path: ".status.pending.reasons[0].text" },
    { name: "Kernel", type: "string", path: ".status.kernel" },
    { name: "Heard", type: "date", path: ".status.heartbeat" },
  ],
};

export const newHostReport = (node: NodeName, uid: NodeUid): Json => ownedByNode("HostReport", node, uid);

/** The agent's own parser reads the status: both sides of the handshake understand it alike. */
export function parseHostReport(object: Json): HostReport | null {
  const metadata = parseMetadata(object);
  if (metadata === null) return null;
  return { node: metadata.name, nodeUid: nodeUidOf(metadata), ...parseReportStatus(object) };
}
