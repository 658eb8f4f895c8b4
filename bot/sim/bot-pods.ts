import { BOT_LABELS } from "../core/fleet/bots.ts";
import { SECOND } from "../core/instant.ts";
import type { WorldClock } from "./clock.ts";
import { keyOf, type Stored } from "./objects.ts";
import { isReady, isTerminating, nodeOf } from "./pods.ts";
import type { SeededRandom } from "./random.ts";
import type { Store } from "./store.ts";
import type { Workloads } from "./workloads.ts";

const NAMESPACE = "bootswain";
const NAME = "bootswain";
/** No two pods on one node can have it. */
const PORT = 8_080;

/** The processes in the pods, each by the name of its pod. */
export interface BotContainers {
  readonly start: (pod: string) => void;
  /** SIGTERM. */
  readonly stop: (pod: string) => void;
  /** SIGKILL, with nothing started in its place. */
  readonly kill: (pod: string) => void;
  readonly isUp: (node: string) => boolean;
}

interface Container {
  readonly pod: string;
  readonly node: string;
  isTold: boolean;
}

/** The bot as a Deployment: its processes live in pods, end with these or with their hosts, and come back with both. */
export class BotPods {
  readonly #store: Store;
  readonly #clock: WorldClock;
  readonly #random: SeededRandom;
  readonly #containers: BotContainers;
  /** By the UID of their pod; those that are about to start, too. */
  readonly #running = new Map<string, Container>();

  constructor(store: Store, clock: WorldClock, random: SeededRandom, containers: BotContainers) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#containers = containers;
    store.onChange(({ resource }) => {
      if (resource === "pods") this.look();
    });
  }

  /** On nodes of their own, or wherever the scheduler puts them. */
  deploy(workloads: Workloads, replicas: number, isSpread: boolean): void {
    const port = isSpread ? { hostPort: PORT } : {};
    workloads.deploy({ namespace: NAMESPACE, name: NAME, replicas, graceSeconds: 10, labels: BOT_LABELS, ...port });
  }

  /** Starts what should run and ends what should not, as the kubelets of the pods' nodes do. */
  look(): void {
    const pods = new Map(this.#pods().map((pod) => [pod.metadata.uid, pod]));
    for (const [uid, container] of this.#running) {
      const pod = pods.get(uid);
      if (pod === undefined || !this.#containers.isUp(container.node)) this.#kill(uid, container);
      else if (isTerminating(pod) && !container.isTold) {
        container.isTold = true;
        this.#containers.stop(container.pod);
      }
    }
    for (const pod of pods.values()) {
      if (isReady(pod) && !isTerminating(pod) && this.#containers.isUp(nodeOf(pod))) this.#startLater(pod);
    }
  }

  /** A container that died by itself is started again, for as long as its pod is there. */
  died(name: string): void {
    const pod = this.#store.get("pods", keyOf(NAMESPACE, name));
    if (pod !== undefined && this.#running.delete(pod.metadata.uid)) this.look();
  }

  #pods(): readonly Stored[] {
    return this.#store.all("pods").filter(isOfBot);
  }

  #startLater(pod: Stored): void {
    const { uid, name } = pod.metadata;
    if (this.#running.has(uid)) return;
    const container = { pod: name, node: nodeOf(pod), isTold: false };
    this.#running.set(uid, container);
    this.#clock.after(this.#random.between(1, 5) * SECOND, () => {
      if (this.#running.get(uid) === container && !container.isTold) this.#containers.start(name);
    });
  }

  #kill(uid: string, { pod }: Container): void {
    this.#running.delete(uid);
    this.#containers.kill(pod);
  }
}

const isOfBot = ({ metadata: { namespace, labels } }: Stored): boolean =>
  namespace === NAMESPACE && Object.entries(BOT_LABELS).every(([key, value]) => labels?.[key] === value);
