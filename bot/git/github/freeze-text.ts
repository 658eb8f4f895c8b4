import type { FreezeRequest } from "../../coordinator/proposals.ts";
import { wallClock } from "../../core/instant.ts";
import { listed } from "../../core/listed.ts";

export interface FreezeText {
  readonly title: string;
  readonly body: string;
  /** Of the commit. */
  readonly message: string;
}

/** A title is cut off where it is long. */
const POOLS_IN_TITLE = 2;
const POOLS_IN_BODY = 20;

/** What people read before they merge. `zone` is that in which the policy writes its times. */
export function freezeText({ cluster, from, until, pools, reason, by }: FreezeRequest, zone: string): FreezeText {
  const [begins, ends] = [from, until].map((at) => wallClock(at, zone, 0));
  const whom = (most: number): string => (pools === null ? "all pools" : listed(pools, most));
  const who = by.replace(/^slack:/, "Slack user ");
  const title = `Freeze reboots of ${whom(POOLS_IN_TITLE)} until ${ends}`;
  const said = cleaned(reason ?? "");
  const body = [
    `${who} asked for this in Slack, through Bootswain of cluster ${coded(cluster)}.`,
    // Among code nothing mentions, links or closes anything.
    ...(said === "" ? ["No reason was given."] : ["The reason, in their own words:", `    ${said}`]),
    `Once this is merged, no node of ${whom(POOLS_IN_BODY)} is cordoned or rebooted from ${begins} until ${ends} (${zone}), whatever else the policy says.`,
    "Nothing is frozen before it is merged. To stop all reboots at once, say `pause` to Bootswain in Slack, or `bootswain pause`; to let them go on, `resume`.",
    "If it is not wanted, close it: it changes nothing then.",
  ];
  return { title, body: body.join("\n\n"), message: `${title}\n\nAsked for by ${who} in Slack.\n` };
}

const coded = (text: string): string => `\`${cleaned(text).replaceAll("`", "'")}\``;

/** One line of visible characters. */
const cleaned = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
