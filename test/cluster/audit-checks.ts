import type { AuditEvent } from "../control-plane/audit.ts";
import { BOT_USER, read } from "./stage.ts";

const WRITES = new Set(["create", "update", "patch", "delete"]);

/** The bot's writes to the cluster that went through: not its lease, its Events, or what it remembers of Slack. */
export function botWrites(audit: readonly AuditEvent[]): readonly AuditEvent[] {
  const aside = new Set(["leases", "events", "configmaps"]);
  return audit.filter(
    ({ user, verb, resource, code }) => user === BOT_USER && WRITES.has(verb) && code < 300 && !aside.has(resource),
  );
}

export const describe = ({ verb, resource, subresource, name }: AuditEvent): string =>
  [verb, subresource === "" ? resource : `${resource}/${subresource}`, name].join(" ");

export const slotsIn = (event: AuditEvent): readonly string[] => {
  const slots = read(event.responseObject, "status", "slots");
  return Array.isArray(slots) ? slots.map((slot) => String(read(slot, "node"))) : [];
};

/** Rule 1 from the audit log: the most slots that were ever written at once. */
export function mostSlots(audit: readonly AuditEvent[]): number {
  const fleets = botWrites(audit).filter(({ resource }) => resource === "rebootfleets");
  return Math.max(0, ...fleets.map((event) => slotsIn(event).length));
}

/** The phases of one node as they were written, without repeats. */
export function phasesOf(audit: readonly AuditEvent[], node: string): readonly string[] {
  const written = botWrites(audit).filter(
    ({ resource, subresource, name }) => resource === "nodereboots" && subresource === "status" && name === node,
  );
  const phases = written.map((event) => String(read(event.responseObject, "status", "phase")));
  return phases.filter((phase, index) => phase !== phases[index - 1]);
}

/** Whose turn it was of these nodes, one after the other; those that had a slot at once are one entry. */
export function turnsOf(audit: readonly AuditEvent[], nodes: readonly string[]): readonly string[] {
  const fleets = botWrites(audit).filter(({ resource }) => resource === "rebootfleets");
  const turns = fleets.map((event) => slotsIn(event).filter((node) => nodes.includes(node)));
  return turns.map((turn) => turn.join()).filter((turn, index, all) => turn !== "" && turn !== all[index - 1]);
}
