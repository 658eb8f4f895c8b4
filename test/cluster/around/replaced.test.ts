import { afterAll, beforeAll, expect, test } from "vitest";
import { type Json, listAt } from "../../control-plane/json.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { phasesOf, turnsOf } from "../audit-checks.ts";
import { Grounds, nodePath } from "../drain/grounds.ts";
import { phaseOf, read } from "../stage.ts";
import { WriteGate } from "./write-gate.ts";

// A Node deleted and made again under the same name while its reboot was under way.
let grounds: Grounds;
let gate: WriteGate;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      rebooting: "maxUnavailable: 1",
      verifying: "maxUnavailable: 1",
    },
  });
  gate = await WriteGate.open(grounds.stage.plane, "hostreports");
});

afterAll(async () => {
  await grounds?.close();
  gate?.close();
});

const rebootOf = (node: string): string => `/apis/bootswain.dev/v1alpha1/nodereboots/${node}`;
const uidOf = async (node: string): Promise<unknown> =>
  read(await mustSend(grounds.rest, "GET", nodePath(node)), "metadata", "uid");

/** Its owner tells whose record it is. */
const isOf =
  (uid: unknown) =>
  (reboot: Json | undefined): boolean =>
    read(reboot, "metadata", "ownerReferences", 0, "uid") === uid;

/** Called and down for good; or up again, while its agent's first word from there is on its way. */
async function comesTo(phase: string, node: string): Promise<void> {
  const { stage } = grounds;
  const machine = stage.machine(node);
  if (phase === "rebooting") machine.bootsAfter(new Promise(() => {}));
  const [bootId] = machine.bootIds;
  const isFromNewBoot = (report: unknown): boolean => {
    const shown = read(report, "status", "bootID");
    return read(report, "metadata", "name") === node && shown !== undefined && shown !== bootId;
  };
  const held = phase === "verifying" ? gate.holdNext(isFromNewBoot) : null;
  await grounds.needsReboot(node);
  await held;
  await stage.rebootIs(node, (one) =>
    phase === "rebooting" ? read(one, "status", "rebooting", "rebooting") !== undefined : phaseOf(one) === phase,
  );
}

test.each(["rebooting", "verifying"])(
  "in %s: the order ends with its node, and the new one has a life of its own",
  async (phase) => {
    const { nodes } = await grounds.wideGround(phase, 2);
    const [node = "", next = ""] = nodes;
    const { stage } = grounds;
    await comesTo(phase, node);
    await grounds.needsReboot(next);
    await grounds.isHeld(next, "budget");
    const before = await uidOf(node);

    await stage.removeMachine(node);
    await stage.addMachines([{ name: node, labels: { pool: phase } }]);
    const machine = stage.machine(node);
    machine.startAgent();
    const after = await uidOf(node);
    expect(after).not.toBe(before);
    await grounds.rebooted(next);
    const record = await waitFor(grounds.rest, rebootOf(node), isOf(after), 60_000);
    expect(read(record, "status", "outcome")).toBeUndefined();
    expect(listAt(record, "status", "history")).toEqual([]);
    expect(await grounds.isCordoned(node)).toBe(false);
    expect(machine.calls).toBe(0);

    await machine.needReboot();
    await grounds.rebooted(node);
    expect(machine.calls).toBe(1);
    const audit = await grounds.audit();
    expect(turnsOf(audit, nodes)).toEqual([node, next, node]);
    expect(phasesOf(audit, node).filter((one) => one === "failed" || one === "yielding")).toEqual([]);
  },
);
