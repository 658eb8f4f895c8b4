import type { Api, WatchEvent } from "../../bot/coordinator/ports.ts";
import type { ContractWorld } from "./world.ts";

type Watch = ContractWorld["watch"];

/** The events of one watch until they are enough, or until it ends. */
export function collect(api: Api, call: Parameters<Watch>[0], isEnough: Parameters<Watch>[1]): ReturnType<Watch> {
  return new Promise((resolve) => {
    const events: WatchEvent[] = [];
    const watch = api.watch(call, {
      event: (event) => {
        if (event.type !== "BOOKMARK") events.push(event);
        if (!isEnough(events)) return;
        watch.stop();
        resolve({ events, end: null });
      },
      end: (end) => resolve({ events, end: end.kind }),
    });
  });
}
