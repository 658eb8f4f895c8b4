import { type Instant, wallClock } from "../instant.ts";
import type { Standing } from "./standing.ts";

const NOUN = { approve: "approval", force: "force" } as const;

/** "The approval of ana counts no more: …", one sentence for each, with a space before it; empty where none is gone. */
export function lapsedText({ lapsed }: Pick<Standing, "lapsed">, what: "approve" | "force"): string {
  const gone = lapsed.filter(({ verb }) => verb === what || (what === "approve" && verb === "now"));
  return gone.map(({ person, why }) => ` The ${NOUN[what]} of ${person} counts no more: ${why}.`).join("");
}

/** "cem wanted it rebooted, which counts no more: …", of a node that asks for nothing itself; null where nobody's wish is gone. */
export function lapsedWishText({ lapsed }: Pick<Standing, "lapsed">): string | null {
  const wish = lapsed.findLast(({ verb }) => verb === "reboot");
  return wish === undefined ? null : `${wish.person} wanted it rebooted, which counts no more: ${wish.why}`;
}

/** "That of ben ran out (Fri 23:00).", as above; for whoever adds a vote and wonders where the others are. */
export function expiredText(
  { expired }: Pick<Standing, "expired">,
  { what, person, zone, now }: { what: "approve" | "force"; person: string; zone: string; now: Instant },
): string {
  const others = expired.filter((vote) => vote.verb === what && vote.person !== person);
  return others
    .map((vote) => ` The ${NOUN[what]} of ${vote.person} ran out (${wallClock(vote.validUntil ?? now, zone, now)}).`)
    .join("");
}
