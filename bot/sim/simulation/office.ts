import type { Chat } from "../../coordinator/ports.ts";
import type { WorldClock } from "../clock.ts";
import type { SlackLink } from "../cluster.ts";
import type { SimProcess } from "../process.ts";
import type { SeededRandom } from "../random.ts";
import type { RuleChecker } from "../rules/checker.ts";
import { watchChannel } from "./channel.ts";
import { Clickers } from "./clickers.ts";
import { Desks } from "./desks.ts";
import type { Scenario } from "./scenario.ts";
import { SimSlack } from "./slack.ts";
import { SimPeople } from "./slack-people.ts";
import type { Tally } from "./tally.ts";

interface OfficeParts {
  readonly clock: WorldClock;
  readonly scenario: Scenario;
  readonly checker: RuleChecker;
  readonly tally: Tally;
  readonly random: SeededRandom;
  /** What the bots are made to see of Slack, for proofs that the checker finds it out. */
  readonly chat: (chat: Chat) => Chat;
}

/** Slack with the people in it, and how each bot is reached from there. */
export class Office {
  readonly clickers: Clickers;
  readonly #slack: SimSlack;
  readonly #people: SimPeople;
  readonly #desks: Desks;
  readonly #chat: (chat: Chat) => Chat;

  constructor({ clock, scenario, checker, tally, random, chat }: OfficeParts) {
    const { faults, absences, peopleForce: mayForce } = scenario;
    const { until } = faults;
    this.#slack = new SimSlack({ clock, absences, until, random: random.fork("calls") });
    this.#people = new SimPeople({ absences, now: () => clock.now() });
    const { workspace } = this.#slack;
    this.#desks = new Desks({ clock, random: random.fork("desks") });
    this.#chat = chat;
    this.clickers = new Clickers({
      slack: this.#slack,
      carrier: this.#desks,
      clock,
      random: random.fork("clickers"),
      mayForce,
      tidyFrom: until,
      did: (deed) => {
        tally.seeDeed(deed);
        checker.seeDeed(deed);
      },
    });
    watchChannel(workspace, checker, tally);
  }

  link(process: SimProcess): SlackLink {
    return {
      chat: this.#chat(this.#slack.of(process)),
      people: this.#people,
      started: (bot) => this.#desks.opened(process, bot),
    };
  }
}
