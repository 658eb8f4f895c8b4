import type { PolicyData } from "../rules/policy-data.ts";

/** An account with which somebody asks, and the groups that its system has it in. */
export interface Account {
  readonly system: "slack" | "kubernetes";
  readonly id: string;
  readonly groups: readonly string[];
}

const kubernetes = (id: string, ...groups: readonly string[]): Account => ({ system: "kubernetes", id, groups });
const slack = (id: string, ...groups: readonly string[]): Account => ({ system: "slack", id, groups });

export const OPS = "S0OPS";
const PLATFORM = "platform";
const ANA = { kubernetes: "ana@example.com", slack: "U0ANA" };
const BEN = { kubernetes: "ben@example.com" };
const CEM = "U0CEM";

/** Ana has two; Cem and Ben may be one and the same, and nobody knows mallory, who has two as well. */
export const ACCOUNTS: readonly Account[] = [
  kubernetes(ANA.kubernetes),
  slack(ANA.slack, OPS),
  kubernetes(BEN.kubernetes, PLATFORM),
  slack(CEM, OPS),
  kubernetes("dee@example.com", PLATFORM),
  kubernetes("mallory@example.com"),
  slack("U0MALLORY"),
];

/** Whom a policy knows and lets decide. Under each of them two who are surely two may approve. */
export type Staff = Pick<PolicyData, "people" | "groups">;

const staff = (people: PolicyData["people"], operators: PolicyData["groups"][string]): Staff => ({
  people,
  groups: { operators },
});

const ALL = { slackGroups: [OPS], kubernetesGroups: [PLATFORM] };

export const STAFFS: readonly Staff[] = [
  staff({ ana: ANA, ben: BEN }, { people: ["ana", "ben"], ...ALL }),
  staff({ ana: ANA, ben: BEN }, { people: ["ana", "ben"] }),
  // Ben has left, and then Ana.
  staff({ ana: ANA }, { people: ["ana"], slackGroups: [OPS] }),
  staff({ ben: BEN }, { people: ["ben"], kubernetesGroups: [PLATFORM] }),
  // Ben says that he is Cem.
  staff({ ana: ANA, ben: { ...BEN, slack: CEM } }, { people: ["ana", "ben"], ...ALL }),
  // Only one of Ana's accounts is hers any more.
  staff({ ana: { kubernetes: ANA.kubernetes }, ben: BEN }, { people: ["ana", "ben"], ...ALL }),
  // Nobody is linked: two of either system are two, one of each may be one.
  staff({}, ALL),
];
