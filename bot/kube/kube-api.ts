import type { KubeConfig } from "@kubernetes/client-node";
import type { Answer, Api, Call, Stoppable, WatchCall, WatchListener } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import { send } from "./http.ts";
import { requestOf } from "./request.ts";
import { KubeWatch } from "./watch.ts";

/** The port `Api` over HTTPS, with the credentials of a kubeconfig or a service account. */
export class KubeApi implements Api {
  readonly #config: KubeConfig;

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  call(call: Call, deadline: Duration): Promise<Answer> {
    return send(this.#config, requestOf(call), deadline);
  }

  watch(call: WatchCall, listener: WatchListener): Stoppable {
    return new KubeWatch(this.#config, call, listener);
  }
}
