/** What a peer's user reads: outcomes in the words of the report's screens. */

import { encodeName, nameProblem } from "../wire/percent.ts";
import type {
  DownloadOutcome,
  ExitOutcome,
  ListedPeer,
  LookupOutcome,
  RequestFailed,
  ShareOutcome,
  ViewOutcome,
} from "./outcomes.ts";

/** Peers shown in one line; a listing may have 100,000. */
const MAX_PEERS_IN_LINE = 32;

/** A name as it is on the wire, which is fit for any terminal. */
export function nameText(name: string): string {
  return nameProblem(name) === undefined ? encodeName(name) : JSON.stringify(name.slice(0, 80)).replace(CONTROL, "?");
}

export function shareText(outcome: ShareOutcome): string {
  return outcome.ok ? (outcome.note ?? "ok") : outcome.error;
}

/** `choice 0: 10.0.0.2 80, choice 1: 10.0.0.3 80`, or `404 file not found`. */
export function lookupText(outcome: LookupOutcome): string {
  switch (outcome.status) {
    case "found":
      return shortened(outcome.sources.map(({ ip, httpPort }, choice) => `choice ${choice}: ${ip} ${httpPort}`));
    case "error":
      return `${outcome.code} ${outcome.text}`;
    case "failed":
      return failedText(outcome);
  }
}

/** `['10.0.0.3', '80', 'new.txt', 1425512907.613081]` for each peer. */
export function viewText(outcome: ViewOutcome): string {
  switch (outcome.status) {
    case "listed":
      return outcome.entries.length === 0 ? "no peers" : shortened(outcome.entries.map(listedPeerText));
    case "error":
      return `${outcome.code} ${outcome.text}`;
    case "failed":
      return failedText(outcome);
  }
}

/** A line of the listing; the last item is the time of the latest update, in Unix seconds. */
export function listedPeerText({ ip, httpPort, files, lastUpdateMs }: ListedPeer): string {
  const texts = [ip, String(httpPort), ...files.map(nameText)];
  return `[${texts.map((text) => `'${text}'`).join(", ")}, ${lastUpdateMs / 1000}]`;
}

/** `(200, 'OK') 58710 bytes`, or `(404, 'file not found')`. */
export function downloadText(outcome: DownloadOutcome): string {
  switch (outcome.status) {
    case "downloaded":
      return `${statusText(outcome)} ${outcome.bytes} bytes`;
    case "refused":
      return statusText(outcome);
    case "failed":
      return `failed: ${words(outcome.reason)}${outcome.detail === undefined ? "" : `, ${outcome.detail}`}`;
  }
}

export function exitText(outcome: ExitOutcome): string {
  return outcome.status === "left" ? "left" : `failed: ${words(outcome.reason)}`;
}

function failedText({ reason, hint }: RequestFailed): string {
  return `failed: ${words(reason)}${hint === undefined ? "" : `, ${hint}`}`;
}

/** `(404, 'file not found')`. A reason phrase is somebody else's text: it may not move the cursor. */
export function statusText({ httpStatus, reason }: { readonly httpStatus: number; readonly reason: string }): string {
  return `(${httpStatus}, '${reason.replace(CONTROL, "?").slice(0, 200)}')`;
}

function words(reason: string): string {
  return reason.replaceAll("-", " ");
}

function shortened(items: readonly string[]): string {
  const shown = items.slice(0, MAX_PEERS_IN_LINE).join(", ");
  return items.length > MAX_PEERS_IN_LINE ? `${shown} and ${items.length - MAX_PEERS_IN_LINE} more` : shown;
}

const CONTROL = /\p{Cc}/gu;
