import { type Command, Option } from "commander";
import { type Effect, effectOf } from "../../core/effect/effect.ts";
import { basisMarkdown, effectMarkdown } from "../../git/review/effect-text.ts";
import { systemClock } from "../../process/clock.ts";
import { EXIT } from "../../process/exit.ts";
import { addViewOptions, type ViewOptions, viewCluster } from "../cluster-view.ts";
import type { Io } from "../io.ts";
import { goodPolicy } from "./good-policy.ts";
import { effectJson } from "./plan-json.ts";
import { effectText } from "./plan-text.ts";

const FORMATS = ["text", "json", "markdown"] as const;
type Format = (typeof FORMATS)[number];

interface Options extends ViewOptions {
  readonly format: Format;
}

/** Comments of GitHub take no more, with some room for what is around it. */
const MARKDOWN_MOST = 60_000;

export function addPlan(parent: Command, io: Io): void {
  const command = parent
    .command("plan")
    .description("what a policy would do to a cluster, beside the policy in force")
    .argument("<file>", "the policy");
  addViewOptions(command)
    .addOption(
      new Option("--format <format>", "text, json, or markdown as on a pull request").choices(FORMATS).default("text"),
    )
    .action(async (file: string, { format, ...options }: Options) => {
      const policy = await goodPolicy(file);
      const effect = await viewCluster(options, ({ snapshot, inForce }) =>
        effectOf(snapshot, policy, { inForce, now: systemClock.now() }),
      );
      for (const line of shown(effect, format)) io.print(line);
      io.done(EXIT.fine);
    });
}

function shown(effect: Effect, format: Format): readonly string[] {
  switch (format) {
    case "json":
      return [JSON.stringify(effectJson(effect), null, 2)];
    case "markdown":
      return [effectMarkdown(effect, MARKDOWN_MOST), "", basisMarkdown(effect)];
    case "text":
      return effectText(effect);
    default:
      return format satisfies never;
  }
}
