import type { ReplyPlace } from "../replies/asked-back.ts";

/** Friday 2026-12-04, 22:30 in Chicago. */
const NOW = Date.UTC(2026, 11, 5, 4, 30);
export const all: readonly string[] = ["abal-kuber01", "abal-kuber02", "abal-kuber12"];
export const card: ReplyPlace = {
  nodes: all,
  pools: ["control-plane", "workers"],
  waves: [all],
  isCard: true,
  isAddressed: false,
  zone: "America/Chicago",
  now: NOW,
};
export const fleet: ReplyPlace = {
  ...card,
  nodes: [...all, "abal-worker01", "abal-worker07"],
  waves: [],
  isCard: false,
  isAddressed: true,
};
export const chicago = (text: string): number => Date.parse(`${text}-06:00`);
export const MON = chicago("2026-12-07T09:00:00");
export const [n01 = "", n02 = "", n12 = ""] = all;
