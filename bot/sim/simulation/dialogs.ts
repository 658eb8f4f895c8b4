import type { SeededRandom } from "../random.ts";
import { at, list, text } from "../rules/world.ts";
import type { Entries } from "../slack/form.ts";
import type { View } from "../slack/view.ts";

/** A wrong one keeps the dialog open. */
const TIMES = ["30 min", "in 20 minutes", "45 minutes", "1 hour", "soon"];

/** As somebody fills in a dialog of the bot. `mayWait`: a node may be put off for days. */
export function fillIn(view: View, random: SeededRandom, mayWait: boolean): Entries {
  const options = (block: string): readonly string[] =>
    list(view.blocks)
      .filter((one) => at(one, "block_id") === block)
      .flatMap((one) => list(at(one, "element", "options")).map((option) => text(at(option, "value"))));
  switch (view.callbackId.split(":")[0]) {
    case "skip": {
      const [choice] = options("choice");
      const some = options("nodes").filter(() => random.chance(0.5));
      const until =
        choice !== undefined && mayWait && random.chance(0.03) ? { choice } : { time: random.pick(TIMES) ?? "" };
      return { ...until, ...(some.length === 0 ? {} : { nodes: some }) };
    }
    case "force":
      return { reason: "it must go" };
    default:
      return { reason: random.chance(0.5) ? "an upgrade" : null };
  }
}

/** What the dialog says about the nodes that it is about. */
export function digestsShown(view: View): ReadonlyMap<string, string> {
  const targets = list(at(JSON.parse(view.privateMetadata), "targets"));
  return new Map(targets.map((target) => [text(at(target, "node")), text(at(target, "digest"))]));
}
