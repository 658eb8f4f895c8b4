import { isAlias, isNode, LineCounter, parseAllDocuments, visit, type Document as YamlDocument } from "yaml";
import { Problems } from "./problem.ts";

const MOST_BYTES = 256 * 1024;

export interface ReadText {
  readonly document: YamlDocument | null;
  readonly problems: Problems;
}

/** YAML without what a policy never needs and what could hide its meaning: aliases, tags, duplicate keys, several documents. */
export function readYaml(text: string, file: string): ReadText {
  const lines = new LineCounter();
  const problems = new Problems(file, lines);
  if (Buffer.byteLength(text) > MOST_BYTES) {
    problems.addAt(0, `the policy is larger than ${MOST_BYTES / 1024} KiB`);
    return { document: null, problems };
  }
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined || document.contents === null) {
    problems.addAt(0, "the policy is empty");
    return { document: null, problems };
  }
  if (second !== undefined) problems.addAt(second.range?.[0] ?? 0, "a policy is one document; remove the second one");
  for (const { pos, message } of [...document.errors, ...document.warnings]) problems.addAt(pos[0], message);
  refuseIndirection(document, problems);
  const isReadable = problems.sorted().length === 0;
  return { document: isReadable ? document : null, problems };
}

function refuseIndirection(document: YamlDocument, problems: Problems): void {
  visit(document, {
    Node: (_, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) problems.addAt(offset, "aliases are not allowed; write the value out");
      else if (isNode(node) && "anchor" in node && node.anchor !== undefined)
        problems.addAt(offset, "anchors are not allowed");
      else if (isNode(node) && node.tag !== undefined && !node.tag.startsWith("tag:yaml.org,2002:")) {
        problems.addAt(offset, `the tag ${node.tag} is not allowed`);
      }
    },
  });
}
