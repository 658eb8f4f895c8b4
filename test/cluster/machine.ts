import { randomUUID } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { HostRoot } from "../../agent/testing/host-root.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { createNode, setNodeDown, setNodeUp } from "../control-plane/fleet.ts";
import { tokenOnNode } from "./agent-token.ts";
import { Program } from "./program.ts";

const SENTINEL = "/sentinel/reboot-required";
const CALLS = "/reboot-calls";
const TOKEN = "/agent-token";
/** A machine takes a moment to go down and some more to come up. */
const SHUTDOWN_MS = 200;
const BOOT_MS = 800;

interface MachineSettings {
  readonly plane: ControlPlane;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly timingsFile: string;
}

/** A host under a Node of kwok's: a folder that looks like its root, an agent as a real process, and a power switch. */
export class Machine {
  readonly node: string;
  readonly bootIds: string[] = [];
  readonly #settings: MachineSettings;
  readonly #root: HostRoot;
  readonly #watcher: FSWatcher;
  #agent: Program | null = null;
  #calls = 0;
  #isRebooting = false;
  #reboots: Promise<void> = Promise.resolve();
  #boots: Promise<unknown> = Promise.resolve();
  readonly #gone = Promise.withResolvers<void>();
  #isGone = false;

  private constructor(settings: MachineSettings, root: HostRoot, bootId: string) {
    this.node = settings.node;
    this.#settings = settings;
    this.#root = root;
    this.bootIds.push(bootId);
    this.#watcher = watch(root.path, (_, file) => {
      if (file === CALLS.slice(1)) void this.#count();
    });
  }

  static async make(settings: MachineSettings): Promise<Machine> {
    const bootId = randomUUID();
    const root = await HostRoot.make(bootId);
    const machine = new Machine(settings, root, bootId);
    const { plane, node, labels } = settings;
    await machine.#setBootTime();
    await createNode(plane.rest, { name: node, labels, bootId });
    await root.write(TOKEN, await tokenOnNode(plane.rest, node));
    return machine;
  }

  get agent(): Program {
    if (this.#agent === null) throw new Error(`no agent of ${this.node} was started`);
    return this.#agent;
  }

  /** How often the reboot was called. */
  get calls(): number {
    return this.#calls;
  }

  startAgent(): void {
    const { plane, node, timingsFile } = this.#settings;
    this.#agent = new Program(`agent of ${node}`, "agent/main.ts", [
      "--node",
      node,
      "--host-root",
      this.#root.path,
      "--sentinel",
      SENTINEL,
      "--server",
      plane.url,
      "--token-file",
      this.#root.at(TOKEN),
      "--ca-file",
      plane.caFile,
      "--timings",
      timingsFile,
      "--reboot-command",
      `echo called >> ${this.#root.at(CALLS)}`,
    ]);
  }

  /** Its packages were updated. */
  async needReboot(): Promise<void> {
    await this.#root.write(SENTINEL, "");
    await this.#root.write(`${SENTINEL}.pkgs`, "kernel\n");
  }

  /** Once it is down it does not come up before this has resolved. */
  bootsAfter(event: Promise<unknown>): void {
    this.#boots = event;
  }

  /** Someone pressed the button: nobody asked the agent. */
  async rebootByItself(): Promise<void> {
    this.#reboots = this.#reboot();
    await this.#reboots;
  }

  async remove(): Promise<void> {
    this.#isGone = true;
    this.#gone.resolve();
    this.#watcher.close();
    await this.#reboots;
    await this.#agent?.kill();
    await this.#root.remove();
  }

  async #count(): Promise<void> {
    const text = await readFile(this.#root.at(CALLS), "utf8").catch(() => "");
    const calls = text.split("\n").length - 1;
    if (calls <= this.#calls) return;
    this.#calls = calls;
    if (this.#isRebooting) return;
    this.#reboots = this.#reboot();
    await this.#reboots;
  }

  async #reboot(): Promise<void> {
    this.#isRebooting = true;
    const { rest } = this.#settings.plane;
    await delay(SHUTDOWN_MS);
    if (this.#isGone) return;
    await this.#agent?.kill();
    await setNodeDown(rest, this.node);
    await rm(this.#root.at(SENTINEL), { force: true });
    await rm(this.#root.at(`${SENTINEL}.pkgs`), { force: true });
    await delay(BOOT_MS);
    await Promise.race([this.#boots, this.#gone.promise]);
    if (this.#isGone) return;
    const bootId = randomUUID();
    await this.#setBootTime();
    await this.#root.write("/proc/sys/kernel/random/boot_id", `${bootId}\n`);
    this.bootIds.push(bootId);
    this.startAgent();
    await setNodeUp(rest, this.node, bootId);
    this.#isRebooting = false;
  }

  #setBootTime(): Promise<void> {
    return this.#root.write("/proc/stat", `btime ${Math.floor(Date.now() / 1_000)}\n`);
  }
}
