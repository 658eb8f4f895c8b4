import { expect, test } from "vitest";
import { MINUTE } from "../../bot/core/instant.ts";
import { ANA, BEN, OPS } from "../../bot/sim/slack/a-workspace.ts";
import { policyText } from "../cluster/policy-text.ts";
import { Night } from "./office-night.ts";
import { WORKER } from "./starting-cluster.ts";

/** Who was notified of what, as "ana mention 🔐 control-plane: …", in order. */
function heardBy(night: Night): readonly string[] {
  const { workspace } = night.office;
  return workspace.notifications.map(({ user, kind, ts }) => {
    const [posted] = workspace.log.events.flatMap((event) =>
      event.kind === "posted" && event.message.ts === ts ? [event.message] : [],
    );
    const [headline = ""] = posted?.text.split("\n") ?? [];
    return `${workspace.user(user).name} ${kind} ${headline}`;
  });
}

test("the starting cluster's whole story notifies of the board, the question, the block, and of nothing else", async () => {
  const night = await Night.begin({ policy: policyText({ forcePeople: 2 }) });
  const { office } = night;
  const blocked = await night.card(/^⛔/);
  const approval = await night.card(/^🔐/);
  await night.press(ANA, approval, "approve");
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect(await night.reply(ANA, blocked, "force: the fix must go in")).toContain("1 more of leads must confirm");
  await night.reply(BEN, blocked, "force: I looked at it too");
  expect(await office.until(() => night.isRebooted(WORKER))).toBe(true);
  await office.pass(10 * MINUTE);

  expect(night.headlines().map((line) => line.slice(0, 1))).toEqual(["a", "✅", "✅", "f", "f"]);
  expect(heardBy(night)).toEqual(["ana message abal-kuber · 4 of 4 to go", "ben message abal-kuber · 4 of 4 to go"]);
  expect(office.workspace.pins(OPS)).toHaveLength(1);
});
