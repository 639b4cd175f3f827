/** Judges what users saw: the results of `list`, `lookup`, `view`, `download` and `send`. The latest such action counts. */

import { type Comparator, holds } from "./comparator.ts";
import { inWindow, type Window } from "./event-filter.ts";
import {
  type DownloadExpectation,
  type ListExpectation,
  type LookupExpectation,
  SEND_FIGURES,
  type SendExpectation,
  type ViewExpectation,
} from "./expectation.ts";
import type { ActionResult } from "./facts.ts";
import { flow } from "./flow.ts";
import { judgeListing } from "./judge-listing.ts";
import { allOf, type Evidence, type Judgement } from "./judgement.ts";
import { formatQuantity } from "./quantity.ts";

type Actions = readonly ActionResult[];

/** The latest action of a host that fits, by the time it was asked for. */
function latest(actions: Actions, action: string, expectation: Window & { readonly host: string }, fits = fitsAll) {
  return actions.reduce<ActionResult | undefined>((found, candidate) => {
    const meant =
      candidate.action === action &&
      candidate.host === expectation.host &&
      inWindow(expectation, candidate.atMs) &&
      fits(candidate);
    return meant && (found === undefined || candidate.atMs >= found.atMs) ? candidate : found;
  }, undefined);
}

const fitsAll = (_: ActionResult): boolean => true;

function noSuchAction(expected: string, action: string, host: string): Judgement {
  return { outcome: "nothing", expected, found: `no such action: ${host} did no ${action} that fits` };
}

/** What came of an action without the answer that was hoped for. */
function unanswered({ outcome, error }: ActionResult): string {
  return error ?? (outcome === "pending" ? "no answer when the run ended" : "no answer");
}

/** The time at which an action had its outcome. It is not an event of the trace that decided. */
function timeOf({ finishedMs, atMs }: ActionResult): Evidence {
  return { atMs: finishedMs ?? atMs };
}

function compare(expected: string, found: string, holds: boolean, result: ActionResult): Judgement {
  return { outcome: holds ? "holds" : "broken", expected, found, evidence: holds ? undefined : timeOf(result) };
}

export function judgeList(expectation: ListExpectation, actions: Actions): Judgement {
  const lines = expectation.shows.flatMap(linesOf);
  const expected = flow(lines);
  const result = latest(actions, "list", expectation);
  if (!result) return noSuchAction(expected, "list", expectation.host);
  if (result.list === undefined) return compare(expected, unanswered(result), false, result);
  const found = linesOf(result.list);
  return compare(expected, flow(found), sameTexts(lines, found), result);
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trimEnd());
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

export function judgeLookup(expectation: LookupExpectation, actions: Actions): Judgement {
  const { host, file, offers, answers } = expectation;
  const expected = offers ? `offers ${flow(offers)}` : `answers ${answers}`;
  const result = latest(actions, "lookup", expectation, ({ argument }) => file === undefined || argument === file);
  if (!result) return noSuchAction(expected, "look-up", host);
  if (result.sources === undefined) {
    const found = unanswered(result);
    return compare(expected, found, answers !== undefined && answers === result.error, result);
  }
  const hosts = result.sources.map((source) => source.host);
  return compare(expected, `offers ${flow(hosts)}`, offers !== undefined && sameTexts(offers, hosts), result);
}

export function judgeView(expectation: ViewExpectation, actions: Actions): Judgement {
  const expected = flow(expectation.shows);
  const result = latest(actions, "view", expectation);
  if (!result) return noSuchAction(expected, "view", expectation.host);
  if (!result.entries) return compare(expected, unanswered(result), false, result);
  return judgeListing(expectation.shows, result.entries, timeOf(result));
}

export function judgeDownload(expectation: DownloadExpectation, actions: Actions): Judgement {
  const { host, file, from, status, bytes, elapsed, intact, dropped, error } = expectation;
  const result = latest(
    actions,
    "download",
    expectation,
    ({ argument, download }) =>
      (file === undefined || (download?.file ?? argument) === file) &&
      (from === undefined || download === undefined || download.from.includes(from)),
  );
  if (!result) return noSuchAction("a download", "download", host);
  const { download } = result;
  const figure = (name: string, comparator: Comparator | undefined, value: number | undefined) =>
    comparator === undefined ? [] : [judgeFigure(name, comparator, value, result)];
  return allOf([
    ...figure("status", status, download?.status),
    ...figure("bytes", bytes, download?.bytes),
    ...figure("elapsed", elapsed, download?.elapsedMs),
    ...(intact === undefined ? [] : [judgeIntact(intact, result)]),
    ...(dropped === undefined ? [] : [judgeDropped(dropped, result)]),
    ...(error === undefined ? [] : [compare(error, result.error ?? "no error", result.error === error, result)]),
  ]);
}

function judgeIntact(intact: boolean, result: ActionResult): Judgement {
  const words = (yes: boolean): string => (yes ? "intact" : "not intact");
  const { download } = result;
  if (!download) return compare(words(intact), unanswered(result), false, result);
  return compare(words(intact), words(download.intact), download.intact === intact, result);
}

function judgeDropped(dropped: Readonly<Record<string, string>>, result: ActionResult): Judgement {
  const words = (one: Readonly<Record<string, string>>): string => {
    const names = Object.keys(one).toSorted();
    return names.length === 0 ? "nobody dropped" : `dropped ${names.map((name) => `${name}: ${one[name]}`).join(", ")}`;
  };
  const expected = words(dropped);
  const { download } = result;
  if (!download) return compare(expected, unanswered(result), false, result);
  const found = words(download.dropped ?? {});
  return compare(expected, found, expected === found, result);
}

export function judgeSend(expectation: SendExpectation, actions: Actions): Judgement {
  const result = latest(actions, "send", expectation);
  if (!result) return noSuchAction("a send", "send", expectation.host);
  return allOf(
    SEND_FIGURES.flatMap((name) => {
      const comparator = expectation.figures[name];
      if (comparator === undefined) return [];
      return [judgeFigure(name, comparator, result.send?.[name === "elapsed" ? "elapsedMs" : name], result)];
    }),
  );
}

function judgeFigure(name: string, comparator: Comparator, value: number | undefined, result: ActionResult): Judgement {
  const expected = `${name} ${comparator.text}`;
  if (value === undefined) return compare(expected, `no ${name}: ${unanswered(result)}`, false, result);
  return compare(expected, `${name} ${formatQuantity(comparator.unit, value)}`, holds(comparator, value), result);
}
