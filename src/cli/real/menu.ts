/**
 * The report's menu with its numbering: 1 Receive a file, 2 Add sharing file, 3 Delete sharing file, 4 List all files
 * being shared, 5 Exit, 6 View Directory. A person or a script drives it line by line; each answer is printed before the
 * next line is read, so that a session can be replayed from a file.
 */

import type { LookupOutcome, ShareOutcome, Source, ViewOutcome } from "../../core/peer/outcomes.ts";
import { listedPeerText, lookupText, nameText, viewText } from "../../core/peer/wording.ts";
import { nameProblem } from "../../core/wire/percent.ts";
import { askUntil, type Read, type Screen } from "./screen.ts";
import { chooseSources } from "./source-choice.ts";

export const MENU_LINES: readonly string[] = [
  "1 Receive a file",
  "2 Add sharing file",
  "3 Delete sharing file",
  "4 List all files being shared",
  "5 Exit",
  "6 View Directory",
];

/** What the entries do. None of these rejects: what goes wrong is an outcome. */
export interface MenuActions {
  lookup(name: string): Promise<LookupOutcome>;
  /** Fetches a file from one source or several; the lines to print. */
  receive(name: string, sources: readonly Source[]): Promise<readonly string[]>;
  /** `told`: does the directory know by now? */
  share(name: string): Promise<ShareOutcome & { readonly told: boolean }>;
  unshare(name: string): Promise<ShareOutcome & { readonly told: boolean }>;
  list(): string;
  view(): Promise<ViewOutcome>;
}

/** Choices shown; a look-up may have 10,000. */
const MAX_CHOICES_SHOWN = 32;

/** Runs until 5 or the end of input. */
export async function runMenu(screen: Screen, actions: MenuActions): Promise<void> {
  for (;;) {
    for (const line of MENU_LINES) screen.print(line);
    const choice = await askUntil(screen, "choice: ", readEntry);
    if (choice === undefined || choice === "5") return;
    if ((await ENTRIES[choice](screen, actions)) === "end of input") return;
  }
}

type Entry = "1" | "2" | "3" | "4" | "6";
type Step = (screen: Screen, actions: MenuActions) => Promise<"done" | "end of input">;

const ENTRIES: Readonly<Record<Entry, Step>> = {
  "1": receive,
  "2": (screen, actions) => change(screen, (name) => actions.share(name), "is shared"),
  "3": (screen, actions) => change(screen, (name) => actions.unshare(name), "is no longer shared"),
  async "4"(screen, actions) {
    screen.print(actions.list());
    return "done";
  },
  async "6"(screen, actions) {
    const outcome = await actions.view();
    if (outcome.status !== "listed" || outcome.entries.length === 0) screen.print(viewText(outcome));
    else for (const entry of outcome.entries) screen.print(listedPeerText(entry));
    return "done";
  },
};

async function receive(screen: Screen, actions: MenuActions): Promise<"done" | "end of input"> {
  const name = await askUntil(screen, "file name (empty: back): ", readName);
  if (name === undefined) return "end of input";
  if (name === "") return "done";
  const outcome = await actions.lookup(name);
  if (outcome.status !== "found") {
    screen.print(lookupText(outcome));
    return "done";
  }
  const { sources } = outcome;
  sources.slice(0, MAX_CHOICES_SHOWN).forEach(({ ip, httpPort }, choice) => {
    screen.print(`choice ${choice}: ${ip} ${httpPort}`);
  });
  const more = sources.length - MAX_CHOICES_SHOWN;
  if (more > 0) screen.print(`and ${more} more, up to choice ${sources.length - 1}`);
  const prompt = "choice, all, or another peer's address and port (empty: back): ";
  const chosen = await askUntil(screen, prompt, (text) => chooseSources(text, sources));
  if (chosen === undefined) return "end of input";
  if (chosen.length > 0) for (const line of await actions.receive(name, chosen)) screen.print(line);
  return "done";
}

async function change(
  screen: Screen,
  act: (name: string) => Promise<ShareOutcome & { readonly told: boolean }>,
  done: string,
): Promise<"done" | "end of input"> {
  const name = await askUntil(screen, "file name (empty: back): ", readName);
  if (name === undefined) return "end of input";
  if (name === "") return "done";
  const outcome = await act(name);
  if (!outcome.ok) screen.print(outcome.error);
  else if (outcome.note !== undefined) screen.print(`${nameText(name)}: ${outcome.note}`);
  else
    screen.print(`${nameText(name)} ${done}${outcome.told ? "" : "; the directory hears of it when it answers again"}`);
  return "done";
}

function readEntry(text: string): Read<Entry | "5"> {
  const entry = text.trim();
  if (/^[1-6]$/.test(entry)) return { ok: true, value: entry as Entry | "5" };
  return { ok: false, error: "give a number from 1 to 6" };
}

/** Blanks around a name are slips of the finger; "" is the wish to go back. */
function readName(text: string): Read<string> {
  const name = text.trim();
  const problem = name === "" ? undefined : nameProblem(name);
  return problem === undefined ? { ok: true, value: name } : { ok: false, error: problem };
}
