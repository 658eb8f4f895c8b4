import type { Standing } from "./decide/standing.ts";
import type { Member } from "./fleet/member.ts";

/**
 * A node that a person wants to be rebooted is pending, though its host asks for nothing. What the host asks for by itself
 * is left as it is.
 */
export function withAsked<M extends Member>(member: M, { rebootAsked }: Pick<Standing, "rebootAsked">): M {
  const { report } = member;
  if (rebootAsked === null || report === null || report.pending !== null) return member;
  const { at: since, by, name, reason } = rebootAsked;
  const text = `${by} wants it rebooted${reason === null ? "" : `: ${reason}`}`;
  const reasons = [{ kind: "asked", identity: `asked/${name}`, text, since }];
  return { ...member, report: { ...report, pending: { since, reasons } } };
}
