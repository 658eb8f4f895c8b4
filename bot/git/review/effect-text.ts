import type { Effect } from "../../core/effect/effect.ts";
import { headline } from "../../core/effect/headline.ts";
import { openingsText } from "../../core/effect/openings.ts";
import type { PoolChange } from "../../core/effect/pools.ts";
import { voidedTexts } from "../../core/effect/voided-text.ts";
import { wallClock } from "../../core/instant.ts";
import { listed } from "../../core/listed.ts";
import { capital, cell, codeSpan, escaped, sentence } from "./markdown.ts";
import { nodeRows } from "./node-rows.ts";
import { fitted, type Section } from "./sections.ts";

/**
 * The effect as Markdown, at most `most` characters. Times are in the policy's zone. It doesn't say when it was worked out,
 * so that two of them are the same as long as they say the same.
 */
export function effectMarkdown(effect: Effect, most: number, notes: readonly Section[] = []): string {
  return fitted(
    [
      paragraph(`**${sentence(`${capital(headline(effect))}.`)}**`),
      list("**Warnings**", effect.warnings),
      nodesTable(effect),
      paragraph(...unchanged(effect)),
      windowsTable(effect),
      list("**Decisions that would be void**", voidedTexts(effect)),
      paragraph(...gatesText(effect)),
      paragraph(...poolsText(effect)),
      ...notes,
    ],
    most,
  );
}

const paragraph = (...lines: readonly string[]): Section => ({
  title: null,
  lines: lines.length < 2 ? lines : lines.flatMap((line, index) => (index === 0 ? [line] : ["", line])),
  more: () => "",
});

const list = (title: string, sentences: readonly string[]): Section => ({
  title,
  lines: sentences.map((one) => `- ${sentence(one)}`),
  more: (count) => `… and ${count} more.`,
});

/** What it was compared with, and when, as Markdown. */
export function basisMarkdown({ inForce, proposed, at }: Effect): string {
  const when = wallClock(at, proposed.timeZone, 0);
  if (inForce === undefined) return escaped(`As of ${when}.`);
  const commit = inForce.commit === null ? "a file" : codeSpan(inForce.commit.slice(0, 7));
  return `${escaped("Beside the policy in force")}, ${commit}, ${escaped(`as of ${when}.`)}`;
}

function nodesTable(effect: Effect): Section {
  const hasBefore = effect.inForce !== undefined;
  const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  const titles = hasBefore ? ["Node", "In force", "With this policy"] : ["Node", "With this policy"];
  return {
    title: null,
    head: [row(titles), row(titles.map(() => "---"))],
    lines: nodeRows(effect).map(({ nodes, before, after }) =>
      row(hasBefore ? [nodes, before, after].map(escaped) : [nodes, after].map(escaped)),
    ),
    more: (count) => `… and ${count} more rows like these.`,
  };
}

function unchanged({ nodes, inForce }: Effect): readonly string[] {
  const count = inForce === undefined ? 0 : nodes.filter(({ isMoved, shift }) => !isMoved && shift === null).length;
  if (count === 0) return [];
  return [count === nodes.length ? "All nodes as before." : `${count} ${count === 1 ? "node" : "nodes"} as before.`];
}

function windowsTable({ pools, proposed, at }: Effect): Section {
  const differing = pools.filter(({ openings }) => openings !== null);
  const shown = (openings: Parameters<typeof openingsText>[0]): string =>
    escaped(openingsText(openings, proposed.timeZone, at));
  return {
    title: "**The first openings that differ**",
    head: ["| Pool | In force | With this policy |", "| --- | --- | --- |"],
    lines: differing.map(
      ({ name, openings }) =>
        `| ${[escaped(name), shown(openings?.before ?? null), shown(openings?.after ?? null)].map(cell).join(" | ")} |`,
    ),
    more: (count) => `… and ${count} more pools.`,
  };
}

function gatesText({ unreadGates }: Effect): readonly string[] {
  if (unreadGates.length === 0) return [];
  const [what, are] = unreadGates.length === 1 ? ["Gate", "is"] : ["Gates", "are"];
  return [
    sentence(
      `${what} ${listed(unreadGates)} ${are} not read yet: the forecast takes ${are === "is" ? "it" : "them"} for open.`,
    ),
  ];
}

function poolsText({ pools, inForce }: Effect): readonly string[] {
  if (inForce === undefined) return [];
  const of = (kind: PoolChange["kind"]): readonly string[] =>
    pools.filter((pool) => pool.kind === kind).map(({ name, nodes }) => `${name} (${nodes.length})`);
  const [added, gone] = [of("new"), of("gone")];
  const texts = [
    ...(added.length === 0 ? [] : [`New pools, with their nodes: ${listed(added, 20)}.`]),
    ...(gone.length === 0 ? [] : [`Pools that are gone, with the nodes that they have: ${listed(gone, 20)}.`]),
  ];
  return texts.length === 0 ? [] : [sentence(texts.join(" "))];
}
