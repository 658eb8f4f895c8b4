import { AttachController } from "./attach-controller.ts";
import { DeploymentController } from "./deployment-controller.ts";
import { DisruptionController } from "./disruption-controller.ts";
import { GarbageCollector } from "./garbage-collector.ts";
import type { ControllerParts } from "./loop.ts";
import { ReplicaSetController } from "./replica-set-controller.ts";
import { Scheduler } from "./scheduler.ts";

export interface Controllers {
  readonly disruption: DisruptionController;
  readonly volumes: AttachController;
}

/** What the controller manager and the scheduler do on a real cluster. */
export function startControllers({ store, clock, random }: ControllerParts): Controllers {
  const parts = (name: string): ControllerParts => ({ store, clock, random: random.fork(name) });
  new GarbageCollector(store, clock).start();
  new DeploymentController(parts("deployments"));
  new ReplicaSetController(parts("replicasets"));
  new Scheduler(parts("scheduler"));
  return {
    disruption: new DisruptionController(parts("disruption")),
    volumes: new AttachController(parts("volumes")),
  };
}
