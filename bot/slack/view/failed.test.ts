import { describe, expect, test } from "vitest";
import type { FailureCause } from "../../core/fleet/phase.ts";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import { HOUR } from "../../core/instant.ts";
import { aHookRun } from "../../core/testing/a-hook-run.ts";
import { aNode, aReboot } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy, aPool } from "../../core/testing/policies.ts";
import { allText, buttonsOn, failedPhase, only, referenceOf } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import { cardsOf } from "./cards.ts";

const smoke = (stage: "beforeDrain" | "afterReboot"): FailureCause => ({
  kind: "hook failed",
  stage,
  hook: "smoke test",
  what: "exit code 1",
});
const failedBy = (cause: FailureCause, { freed = false, log = [] as readonly string[] } = {}) => {
  const hooks = [aHookRun({ state: "failed", message: "exit code 1", log })];
  const reboots = [aReboot({ phase: { ...failedPhase, cause, freed }, orders: 1, hooks })];
  return only(cardsOf(aTurn({ nodes: [aNode({ ready: freed })], reboots }), []), "failed");
};

describe("what can be pressed", () => {
  test.each<[string, FailureCause, readonly string[]]>([
    ["a node that did not come back", { kind: "did not come back", calledAt: null }, ["Check again", "Release…"]],
    [
      "a node that is not well",
      { kind: "not healthy after reboot", what: "the node is not Ready" },
      ["Check again", "Release…"],
    ],
    ["a node whose hook after the reboot failed", smoke("afterReboot"), ["Check again", "Release…"]],
    ["a node whose hook before the drain failed", smoke("beforeDrain"), ["Check again", "Try again", "Release…"]],
  ])("%s", (_, cause, buttons) => {
    const dialog = ["Release the node?", "Cancel", "Release"];
    expect(buttonsOn(failedBy(cause)).filter((text) => buttons.includes(text))).toEqual(buttons);
    expect(allText(failedBy(cause))).toContain(`"confirm":{"type":"plain_text","text":"${dialog[2]}"}`);
  });

  test("nothing on a record that can't be read, and only a look where the policy lets nobody do more", () => {
    expect(buttonsOn(failedBy({ kind: "unreadable record", what: "phase" }))).toEqual([]);
    const policy = aPolicy({ pools: [aPool({ may: { ...aPool().may, other: null } })] });
    const turn = aTurn({ reboots: [aReboot({ phase: failedPhase, orders: 1 })] }, { policy });
    expect(buttonsOn(only(cardsOf(turn, []), "failed"))).toEqual(["Check again"]);
  });

  test("the question before a release says that the order can't be carried out any more", () => {
    expect(allText(failedBy({ kind: "did not come back", calledAt: null }))).toContain(
      "Removes our cordon from worker-1 and frees the slot. The order ran out at 22:20 CST, so it can't reboot later.",
    );
  });
});

test("a failed hook is named, with what it wrote last, which can neither format nor mention", () => {
  const card = failedBy(smoke("afterReboot"), { log: ["disk is slow", "<!channel> ``` & more"] });
  expect(card.text).toBe("🛑 worker-1: a hook failed\nIt is down since 21:30 CST (over 1 h).");
  const shown = allText(card);
  expect(shown).toContain("hook smoke test (afterReboot): exit code 1");
  expect(shown).toContain("Log of Job ops/node-smoke-1\n```disk is slow\n&lt;!channel&gt; ''' &amp; more```");
});

test("one that serves again says that other nodes go on", () => {
  const card = failedBy({ kind: "not healthy after reboot", what: "gate errors was not green" }, { freed: true });
  expect(allText(card)).toContain("it serves, and its slot is free: other nodes go on.");
});

test("one that comes back keeps its card while it is checked, also while it is not Ready yet, and then says so", () => {
  const reboot = (phase: Partial<NodeReboot>) => aReboot({ orders: 1, ...phase });
  const first = only(cardsOf(aTurn({ reboots: [reboot({ phase: failedPhase })] }), []), "failed");
  const order = { order: "o1", fromBootId: "boot-1", since: NOW };
  const phase = { kind: "verifying", ...order, bootId: "boot-2", soakingSince: null } as const;
  const nodes = [aNode({ bootId: "boot-2", ready: false })];
  const checked = only(cardsOf(aTurn({ nodes, reboots: [reboot({ phase })] }), [referenceOf(first)]), "failed");
  expect([checked.key, checked.isOpen, checked.alert, checked.text]).toEqual([
    first.key,
    true,
    null,
    "🔄 worker-1 runs again, and is being checked\nIts pods come back once it is uncordoned.",
  ]);
  const outcome = { kind: "rebooted", at: NOW, took: HOUR, bootId: "boot-2" } as const;
  const done = aTurn({ nodes: [aNode({ bootId: "boot-2" })], reboots: [reboot({ outcome })] });
  const last = only(cardsOf(done, [referenceOf(checked)]), "failed");
  expect([last.isOpen, last.text]).toEqual([false, "✅ worker-1 is back\nSee the board for how it goes on."]);
});

test("one that is checked and then not well calls people again, on the same card", () => {
  const first = only(cardsOf(aTurn({ reboots: [aReboot({ phase: failedPhase, orders: 1 })] }), []), "failed");
  const cause = { kind: "not healthy after reboot", what: "the node is not Ready" } as const;
  const reboots = [aReboot({ phase: { ...failedPhase, cause }, orders: 1 })];
  const again = only(cardsOf(aTurn({ reboots }), [referenceOf(first)]), "failed");
  expect([again.key, again.alert?.key]).toEqual([first.key, "not healthy after reboot"]);
});
