import type { Gates } from "../coordinator/ports.ts";
import { EndpointProblem, endpointOf } from "../gates/endpoint.ts";
import { gateReader } from "../gates/gate-reader.ts";
import { EXIT, UserError } from "../process/exit.ts";

export interface GatesOptions {
  readonly prometheus?: string;
  readonly prometheusTokenFile?: string;
  readonly prometheusCaFile?: string;
  readonly alertmanager?: string;
  readonly alertmanagerTokenFile?: string;
  readonly alertmanagerCaFile?: string;
}

/** Throws UserError when an endpoint can't be used as it was given. None at all is fine while the policy has no such gate. */
export function gatesOf(options: GatesOptions): Gates {
  try {
    return gateReader({
      prometheus: endpointOf("Prometheus", {
        url: options.prometheus,
        tokenFile: options.prometheusTokenFile,
        caFile: options.prometheusCaFile,
      }),
      alertmanager: endpointOf("Alertmanager", {
        url: options.alertmanager,
        tokenFile: options.alertmanagerTokenFile,
        caFile: options.alertmanagerCaFile,
      }),
    });
  } catch (error) {
    if (error instanceof EndpointProblem) throw new UserError(error.message, EXIT.usage, error);
    throw error;
  }
}
