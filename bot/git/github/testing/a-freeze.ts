import type { FreezeRequest } from "../../../coordinator/proposals.ts";
import { MINUTE } from "../../../core/instant.ts";
import { AT, aGitHub } from "../../../sim/github/testing/real-octokit.ts";
import { type EditPolicy, gitHubProposals } from "../propose-freeze.ts";

export const POLICY = "# ours\nfreezes: []\n";
export const FROZEN = "# ours\nfreezes: [etcd upgrade]\n";
export const HEAD = "bootswain/freeze-0123456789abcdef";

export const aRequest = (changes: Partial<FreezeRequest> = {}): FreezeRequest => ({
  id: "0123456789abcdef",
  cluster: "lab",
  from: Date.UTC(2026, 2, 1, 10),
  until: Date.UTC(2026, 2, 2, 15),
  pools: null,
  reason: "etcd upgrade",
  by: "ana",
  ...changes,
});

/** Adds the reason to the list of freezes, which are words here. */
export const addWord: EditPolicy = (text, { reason }) => {
  const [whole, list] = /^freezes: \[(.*)\]$/m.exec(text) ?? [];
  if (whole === undefined || list === undefined) return { kind: "problem", why: "That is no policy." };
  const added = `freezes: [${list === "" ? "" : `${list}, `}${reason}]`;
  return { kind: "added", text: text.replace(whole, () => added), zone: "America/Chicago" };
};

type World = Awaited<ReturnType<typeof aGitHub>>;

/** A GitHub with a policy on main, and a bot that proposes there. */
export async function aProposer(options: Parameters<typeof aGitHub>[0] = {}) {
  const world = await aGitHub(options);
  world.repository.commit({ files: { "policy.yaml": POLICY }, message: "Reboot nights" });
  const main = world.repository.head("main")?.sha;
  const proposals = proposalsOf(world, {});
  return { ...world, main, proposals, propose: () => answered(world, () => proposals.proposeFreeze(aRequest())) };
}

export function proposalsOf(
  { octokit, clock }: Pick<World, "octokit" | "clock">,
  more: Partial<Parameters<typeof gitHubProposals>[0]>,
) {
  const after = (delay: number, run: () => void) => clock.after(delay, run);
  return gitHubProposals({ ...AT, octokit, branch: "main", path: "policy.yaml", edit: addWord, after, ...more });
}

/** Pauses take no time. */
export async function answered<Answer>({ clock }: Pick<World, "clock">, ask: () => Promise<Answer>): Promise<Answer> {
  let isOver = false;
  const answer = ask().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    const next = clock.next();
    // The last timer is the bound of the whole.
    if (next !== null && next < clock.now() + MINUTE / 4) await clock.step();
  }
  return answer;
}
