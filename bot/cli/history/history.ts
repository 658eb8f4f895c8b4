import { type Command, InvalidArgumentError, Option } from "commander";
import type { Duration } from "../../core/instant.ts";
import { parseDuration } from "../../policy/duration.ts";
import { systemClock } from "../../process/clock.ts";
import { EXIT } from "../../process/exit.ts";
import { addViewOptions, type ViewOptions, viewCluster } from "../cluster-view.ts";
import type { Io } from "../io.ts";
import { asJson, asText } from "./history-text.ts";
import { pastOf } from "./past.ts";

interface Options extends ViewOptions {
  readonly since?: Duration;
  readonly format: "text" | "json";
}

export function addHistory(parent: Command, io: Io): void {
  const command = parent
    .command("history")
    .description("who decided what and what came of it, and how each reboot went; newest last")
    .argument("[node]", "the node's name, or the end of it that no other has (01); all when left out")
    .option("--since <length>", "no further back than this: 7d, 12h", length);
  addViewOptions(command)
    .addOption(new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"))
    .action(async (node: string | undefined, { since, format, ...options }: Options) => {
      const now = systemClock.now();
      const lines = await viewCluster(options, ({ snapshot, inForce }) => {
        const asked = { node: node ?? null, since: since === undefined ? null : now - since };
        const past = pastOf(snapshot, asked, inForce);
        const zone = inForce?.timeZone ?? "utc";
        return format === "json" ? [JSON.stringify(asJson(past), null, 2)] : asText(past, zone, now);
      });
      for (const line of lines) io.print(line);
      io.done(EXIT.fine);
    });
}

function length(text: string): Duration {
  const parsed = parseDuration(text);
  if (parsed === null) throw new InvalidArgumentError("It must be a length such as 7d, 12h or 90m.");
  return parsed;
}
