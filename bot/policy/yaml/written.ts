/** How a mapping and its texts are written at one place of a file, so that what is added looks like what is there. */
export interface Shape {
  readonly mapping: (keys: readonly (readonly [string, string])[]) => string;
  readonly text: (value: string) => string;
}

/** Begins with a letter and has nothing that YAML reads as more than text. */
const PLAIN = /^[A-Za-z](?:[\w ./-]*[\w./-])?$/;
const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;
/** In any spelling of them, also those of older YAML, which other programs read. */
const OTHER_THAN_TEXT = /^(?:true|false|yes|no|on|off|y|n|null)$/i;

/** Quoted where it must be; JSON's quoted texts are YAML's. */
const asYaml = (value: string): string =>
  LOCAL_TIME.test(value) || (PLAIN.test(value) && !OTHER_THAN_TEXT.test(value)) ? value : JSON.stringify(value);

/** "{ name: x, from: y }"; with quoted keys and texts where the file is JSON, which it then stays. */
export function flowShape({ isSpaced, isJson }: { readonly isSpaced: boolean; readonly isJson: boolean }): Shape {
  const blank = isSpaced ? " " : "";
  const key = (name: string): string => (isJson ? JSON.stringify(name) : name);
  return {
    mapping: (keys) => `{${blank}${keys.map(([name, value]) => `${key(name)}: ${value}`).join(", ")}${blank}}`,
    text: isJson ? (value) => JSON.stringify(value) : asYaml,
  };
}

/** A key a line, each but the first behind that indentation. */
export const blockShape = (newLine: string, indentation: string): Shape => ({
  mapping: (keys) => keys.map(([name, value]) => `${name}: ${value}`).join(`${newLine}${indentation}`),
  text: asYaml,
});
