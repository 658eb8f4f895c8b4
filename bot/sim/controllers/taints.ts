import { at, text } from "../rules/world.ts";

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** A toleration without an effect is for all of them; one without a key, and Exists, for every taint. */
export function isTolerated(taint: Taint, tolerations: readonly unknown[]): boolean {
  return tolerations.some((toleration) => {
    const [key, effect] = [text(at(toleration, "key")), text(at(toleration, "effect"))];
    const isExists = text(at(toleration, "operator")) === "Exists";
    if (effect !== "" && effect !== taint.effect) return false;
    if (key === "") return isExists;
    return key === taint.key && (isExists || text(at(toleration, "value")) === taint.value);
  });
}
