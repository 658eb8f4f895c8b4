import { parsePolicy } from "../parse-policy.ts";
import { formatProblem } from "../problem.ts";
import { shown } from "./arguments.ts";
import { type ClusterWide, clusterWide } from "./cluster-wide.ts";
import { differencesOf, placementRemarks } from "./differences.ts";
import { fatesOf } from "./fates.ts";
import { isIncomplete, type Kured, understand } from "./kured.ts";
import { render, wrap } from "./lines.ts";
import { poolsOf } from "./pools.ts";
import { readKured } from "./read-kured.ts";
import { policyLines } from "./write-policy.ts";

export interface FromKuredOptions {
  /** How the text is called in messages. */
  readonly file: string;
  /** Null leaves a placeholder. */
  readonly cluster: string | null;
  readonly slackChannel: string | null;
  /** A pool of its own for control-plane nodes, which then need approval. */
  readonly isControlPlaneSeparate: boolean;
}

export type FromKured =
  | { readonly ok: true; readonly text: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A commented policy that does what kured did with these flags. */
export function fromKured(text: string, options: FromKuredOptions): FromKured {
  const read = readKured(text, options.file);
  if (!read.ok) return read;
  const understood = read.sources.map(understand);
  const [first, ...more] = understood.map(({ kured }) => kured);
  if (first === undefined) return { ok: false, problems: [`${options.file}: found nothing of kured`] };
  const kureds = [first, ...more] as const;
  const wide = clusterWide(kureds);
  const pools = poolsOf(kureds, options.isControlPlaneSeparate);
  const problems = [...understood.flatMap((one) => one.problems), ...wide.problems, ...pools.problems];
  if (problems.length > 0) return { ok: false, problems: problems.map((problem) => `${options.file}: ${problem}`) };
  const { cluster, slackChannel } = options;
  const body = render(policyLines({ cluster, slackChannel, wide, pools: pools.pools, kureds }));
  const whole = `${[head(kureds), body, ...tail(kureds, wide)].join("\n\n")}\n`;
  return checked(whole, { file: options.file, warnings: warningsOf(kureds, wide) });
}

function head(kureds: readonly Kured[]): string {
  const titles = kureds.map(({ source }) => {
    const version = source.version === null ? "" : ` (kured ${source.version})`;
    return `${shown(source.title)}${version}`;
  });
  const read = 'Where it says "say", only you know. Then: bootswain policy check FILE';
  return `${wrap(`What kured did by ${titles.join(", ")}, as a policy of Bootswain.`, "# ")}\n# ${read}`;
}

function tail(kureds: readonly Kured[], wide: ClusterWide): readonly string[] {
  const sections = [
    ["Flags that are not in the policy", together(kureds, fatesOf)],
    ["What nobody knows", together(kureds, ({ source }) => source.unknown.map((sentence) => `Left out: ${sentence}`))],
    ["Look at this", [...together(kureds, placementRemarks), ...wide.warnings]],
    ["What differs from kured", together(kureds, (kured) => differencesOf(kured, wide))],
  ] as const;
  return sections.flatMap(([title, items]) => {
    if (items.length === 0) return [];
    return [[`# ${title}`, ...items.map((item) => wrap(item, "# - ", "#   "))].join("\n")];
  });
}

/** Each sentence once; one that is not true of all says of whom it is. */
function together(kureds: readonly Kured[], say: (kured: Kured) => readonly string[]): readonly string[] {
  const speakers = new Map<string, Set<Kured>>();
  for (const kured of kureds) {
    for (const sentence of say(kured)) speakers.set(sentence, (speakers.get(sentence) ?? new Set()).add(kured));
  }
  return [...speakers].map(([sentence, all]) => {
    const names = [...all].map(({ source }) => source.name).join(", ");
    return all.size === kureds.length ? sentence : `${sentence} (${shown(names)})`;
  });
}

function warningsOf(kureds: readonly Kured[], wide: ClusterWide): readonly string[] {
  const incomplete = kureds.some(isIncomplete)
    ? ["a selector of kured's could not be converted, so its pool has mode: observe; see the end of the policy"]
    : [];
  return [...together(kureds, ({ source }) => source.unknown), ...incomplete, ...wide.warnings];
}

/** A value that kured took, or never looked at, may still be none that a policy takes. */
function checked(text: string, { file, warnings }: { file: string; warnings: readonly string[] }): FromKured {
  const parsed = parsePolicy(text, { file: "the policy", commit: null, subject: null });
  if (parsed.ok) {
    const ofPolicy = parsed.warnings.map(({ path, message }) => `${path} ${message}`);
    return { ok: true, text, warnings: [...warnings, ...ofPolicy] };
  }
  const errors = parsed.problems.filter(({ severity }) => severity === "error");
  return { ok: false, problems: errors.map((error) => `${file}: this makes no valid policy: ${formatProblem(error)}`) };
}
