export const plain = (text: string) => ({ type: "plain_text", text });

export function anOption(text: string, value = text) {
  return { text: plain(text), value };
}

/** An input block, with its label as block_id and as action_id. */
export function anInput(label: string, element: object, changes: object = {}) {
  const id = label.slice(0, 20).toLowerCase();
  return { type: "input", block_id: id, label: plain(label), element: { action_id: id, ...element }, ...changes };
}

export function aModal(blocks: readonly object[], changes: object = {}) {
  return {
    type: "modal",
    callback_id: "force",
    title: plain("Force"),
    submit: plain("Ask for confirmation"),
    blocks,
    ...changes,
  };
}

/** One input of each kind. */
export function aForm(changes: object = {}) {
  const hours = ["2 h", "8 h"].map((text) => anOption(text, text.replace(" ", "")));
  return aModal(
    [
      anInput("Reason", { type: "plain_text_input", multiline: true, max_length: 200 }),
      anInput("Until", { type: "datetimepicker" }, { optional: true }),
      anInput("Length", { type: "static_select", options: hours }, { optional: true }),
      anInput(
        "Scope",
        { type: "radio_buttons", options: ["Node", "Pool"].map((text) => anOption(text)) },
        { optional: true },
      ),
      anInput(
        "Nodes",
        { type: "checkboxes", options: ["n1", "n2", "n3"].map((text) => anOption(text)) },
        { optional: true },
      ),
    ],
    changes,
  );
}
