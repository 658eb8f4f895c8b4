import { z } from "zod";
import { didYouMean } from "../nearest.ts";
import { shown } from "../shown.ts";

type Issue = { readonly code?: string | undefined; readonly input?: unknown };

/** Every message says what is allowed and what was found. */
export const must = (what: string) => ({
  error: ({ input }: Issue): string => (input === undefined ? "is missing" : `must be ${what}; found ${shown(input)}`),
});

/** For text: YAML reads some texts without quotes as numbers or as true and false. */
const mustText = (what: string) => ({
  error: ({ input }: Issue): string => {
    const isOther = typeof input === "number" || typeof input === "boolean";
    return isOther ? `must be ${what}; put ${shown(input)} in quotes` : must(what).error({ input });
  },
});

/** Of a few words: the nearest one is named. */
export const mustBeOne = (what: string, words: readonly string[]) => ({
  error: ({ input }: Issue): string =>
    `${must(what).error({ input })}${typeof input === "string" ? didYouMean(input, words) : ""}`,
});

/** A text of one line. Editors know no Unicode classes, so that this names the ranges without control characters. */
export const text = (what: string) => pattern(/^[ -~\u00A0-\uFFFF]+$/, what);

export const pattern = (regex: RegExp, what: string) => z.string(mustText(what)).regex(regex, must(what));

export const list = <T extends z.ZodType>(item: T, what: string) => z.array(item, must(what));

/**
 * A mapping with these keys and no others. Its message for an unknown key is the list of those that are allowed; what is
 * said of each unknown key is made of it (issues.ts).
 */
export function mapping<S extends Record<string, z.ZodType>>(shape: S) {
  const keys = Object.keys(shape).join(", ");
  const what = must(`a mapping with ${keys}`);
  return z.strictObject(shape, { error: (issue) => (issue.code === "unrecognized_keys" ? keys : what.error(issue)) });
}

/** For a rule over several keys: it is said also when one of them is malformed, so that all problems come at once. */
export const evenIfMalformed = {
  when: ({ value }: { readonly value: unknown }) =>
    typeof value === "object" && value !== null && !Array.isArray(value),
};

/** The keys of `keys` that the mapping has. */
const saidOf = (value: object, keys: readonly string[]): readonly string[] =>
  keys.filter((key) => Object.hasOwn(value, key));

/** Exactly one of the keys must be there: the rule for `refine`, and the same for editors. */
export function exactlyOne(keys: readonly string[]) {
  return {
    rule: (value: object): boolean => saidOf(value, keys).length === 1,
    parameters: {
      ...evenIfMalformed,
      error: ({ input }: Issue): string => {
        const found = typeof input === "object" && input !== null ? saidOf(input, keys) : [];
        return `must have exactly one of ${keys.join(", ")}; found ${found.length === 0 ? "none" : found.join(" and ")}`;
      },
    },
    meta: { oneOf: keys.map((key) => ({ type: "object", properties: { [key]: true }, required: [key] })) },
  };
}
