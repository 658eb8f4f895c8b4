import { AttachController } from "./attach-controller.ts";
import { DaemonSetController } from "./daemon-set-controller.ts";
import { DeploymentController } from "./deployment-controller.ts";
import { DisruptionController } from "./disruption-controller.ts";
import { FinalizerOwner } from "./finalizer-owner.ts";
import { GarbageCollector } from "./garbage-collector.ts";
import { JobController } from "./job-controller.ts";
import type { ControllerParts } from "./loop.ts";
import { Operator } from "./operator.ts";
import { ReplicaSetController } from "./replica-set-controller.ts";
import { Scheduler } from "./scheduler.ts";
import { StatefulSetController } from "./stateful-set-controller.ts";

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
  new StatefulSetController(parts("statefulsets"));
  new DaemonSetController(parts("daemonsets"));
  new JobController(parts("jobs"));
  new Operator(parts("operator"));
  new FinalizerOwner(parts("finalizers"));
  new Scheduler(parts("scheduler"));
  return {
    disruption: new DisruptionController(parts("disruption")),
    volumes: new AttachController(parts("volumes")),
  };
}
