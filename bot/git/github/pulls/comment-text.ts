import { formatInstant, type Instant } from "../../../core/instant.ts";
import type { Policy } from "../../../core/policy/policy.ts";
import { codeSpan } from "../../review/markdown.ts";
import { cutAtLine } from "./cut-at-line.ts";
import { textOf, type Verdict } from "./verdict.ts";

/** GitHub takes 65,536 characters. */
const MOST_CHARACTERS = 65_536;
const FOOTER = "<sub>Judged ";

/** The hidden line by which a bot knows its comment again; whatever the names hold, the line ends where it should. */
export function markerOf(cluster: string, file: string): string {
  const safe = (name: string): string => name.replace(/[^\w./@+-]|-(?=-)/g, (one) => hex(one));
  return `<!-- bootswain: ${safe(cluster)} ${safe(file)} -->`;
}

const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");

export interface Judged {
  readonly headSha: string;
  readonly inForce: Policy | undefined;
  readonly now: Instant;
  readonly isAgain: boolean;
  /** Stands before it, on a line of its own. */
  readonly caution: string | null;
}

/** What was judged, against what, and when: this line alone is never a reason for an edit. */
export function footerOf({ headSha, inForce, now, isAgain, caution }: Judged): string {
  const commit = inForce?.commit == null ? "" : `, ${codeSpan(inForce.commit.slice(0, 7))}`;
  const against = inForce === undefined ? "with no policy in force" : `against the policy in force${commit}`;
  const before = caution === null ? "" : `${caution}\n\n`;
  return `${before}${FOOTER}commit ${codeSpan(headSha.slice(0, 7))}${isAgain ? " once again" : ""} ${against}, at ${minuteOf(now)}.</sub>`;
}

/** As 2026-03-01 10:00 UTC. */
export const minuteOf = (instant: Instant): string => `${formatInstant(instant).slice(0, 16).replace("T", " ")} UTC`;

interface Written {
  readonly marker: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly footer: string;
}

export function commentOf({ marker, name, verdict, footer }: Written): string {
  const head = `${marker}\n**${codeSpan(name)}**`;
  const room = MOST_CHARACTERS - head.length - footer.length - 4;
  return `${head}\n\n${cutAtLine(textOf(verdict), room)}\n\n${footer}`;
}

export const hasMarker = (body: string, marker: string): boolean => body.split(/\r?\n/, 1)[0]?.trim() === marker;

/** Whether two comments say the same, whenever they were written. */
export const saysTheSame = (one: string, other: string): boolean => withoutFooter(one) === withoutFooter(other);

function withoutFooter(body: string): string {
  const lines = body.replaceAll("\r\n", "\n").trimEnd().split("\n");
  return (lines.at(-1)?.startsWith(FOOTER) === true ? lines.slice(0, -1) : lines).join("\n").trimEnd();
}
