/** Shorter ones could be a part of anything. */
const SHORTEST = 6;
const MOST_KNOWN = 16;

/** What was sent to say who the bot is: none of it may come back in an answer, since answers are shown and logged. */
export class Secrets {
  #known: readonly string[] = [];

  /** Takes the value of an Authorization header. */
  note(authorization: string | undefined): void {
    const secret = authorization?.replace(/^\S+\s+/, "") ?? "";
    if (secret.length < SHORTEST || this.#known.includes(secret)) return;
    this.#known = [...this.#known, secret].slice(-MOST_KNOWN);
  }

  hide(text: string): string {
    return this.#known.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  }

  hideIn(bytes: Buffer): Buffer {
    if (!this.#known.some((secret) => bytes.includes(secret))) return bytes;
    return Buffer.from(this.hide(bytes.toString("latin1")), "latin1");
  }
}
