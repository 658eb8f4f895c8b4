import { expect, test } from "vitest";
import { DAY, HOUR } from "../../core/instant.ts";
import { aNode, aReport, type Parts } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import { allText, only, referenceOf } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import { cardsOf } from "./cards.ts";

const pool = aPool({ windows: [aWindow("23:00", "01:00")] });
const policy = aPolicy({ pools: [pool], mention: { ...aPolicy().mention, overdue: "operators" } });
const since = NOW - 14 * DAY;
const pendingSince = (name: string, at: number) =>
  aReport({ node: name, pending: { since: at, reasons: [{ kind: "k", identity: "i", text: "kernel", since: at }] } });
const late = (at: number = since): Parts => ({ reports: [pendingSince("worker-1", at)] });
const overdueOn = (parts: Parts, now = NOW) =>
  cardsOf(aTurn(parts, { policy, now }), []).filter(({ kind }) => kind === "overdue");

test("a node that waits for longer than overdue.after has a card that says why, and calls those who are to know", () => {
  const card = only(cardsOf(aTurn(late(), { policy }), []), "overdue");
  expect(card.text).toBe(
    "⏰ workers: 1 node is overdue\nNothing is down. They have wanted to reboot for more than 14 d.",
  );
  expect(allText(card)).toContain(
    "worker-1  pending since Fri Nov 20, 22:30 CST. The window of workers opens at 23:00 CST.",
  );
  expect(card.alert).toEqual({ key: "overdue-0", says: "⏰ workers: 1 node is overdue <@U01AB> <@U02CD>" });
});

test("it is reminded of by remindEvery", () => {
  const keys = [0, 3 * DAY - 1, 3 * DAY, 7 * DAY].map((more) => overdueOn(late(since - more))[0]?.alert?.key);
  expect(keys).toEqual(["overdue-0", "overdue-0", "overdue-1", "overdue-2"]);
});

test.each<[string, Parts]>([
  ["one that is not late yet", late(since + 1)],
  ["one that needs no reboot", { reports: [aReport({ pending: null })] }],
])("there is none for %s", (_, parts) => {
  expect(overdueOn(parts)).toEqual([]);
});

test("there is none for one that its approval card reminds of", () => {
  const approval = aPolicy({ pools: [aPool({ mode: "approval" })] });
  const kinds = cardsOf(aTurn(late(), { policy: approval }), []).map(({ kind }) => kind);
  expect(kinds).toEqual(["approval", "board"]);
});

test("it stays one message while nodes come and go, and ends when none is late", () => {
  const nodes = ["worker-1", "worker-2"].map((name) => aNode({ name }));
  const both = { nodes, reports: [pendingSince("worker-1", since - HOUR), pendingSince("worker-2", since)] };
  const first = only(cardsOf(aTurn(both, { policy }), []), "overdue");
  const rest = { nodes, reports: [aReport({ pending: null }), pendingSince("worker-2", since)] };
  const second = only(cardsOf(aTurn(rest, { policy }), [referenceOf(first)]), "overdue");
  expect([second.key, second.targets.map(({ node }) => node)]).toEqual([first.key, ["worker-2"]]);
  const none = { nodes, reports: nodes.map(({ name }) => aReport({ node: name, pending: null })) };
  const last = only(cardsOf(aTurn(none, { policy }), [referenceOf(second)]), "overdue");
  expect([last.key, last.isOpen, last.alert]).toEqual([first.key, false, null]);
  expect(last.text).toMatch(/^✔ workers: no node is overdue any more/);
});
