import { hash } from "node:crypto";
import type { BootId, NodeUid, OrderId } from "./node.ts";

/** The same attempt has the same id whoever computes it, so a bot that died after taking a slot is continued, not repeated. */
export function orderId(nodeUid: NodeUid, bootId: BootId, ordersSoFar: number): OrderId {
  return shortHash([nodeUid, bootId, String(ordersSoFar)]);
}

/** Sixteen hex digits of SHA-256 over the parts. */
export function shortHash(parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts), "hex").slice(0, 16);
}
