/** Fetching a file for somebody who watches: progress while it comes, and what became of it in the report's words. */

import type { FetchOptions } from "../../core/peer/fetch/options.ts";
import type { FetchHandle, FetchOutcome } from "../../core/peer/fetch/outcomes.ts";
import type { Source } from "../../core/peer/outcomes.ts";
import type { Peer } from "../../core/peer/peer.ts";
import { nameText, statusText } from "../../core/peer/wording.ts";
import type { Console } from "../output.ts";
import { bytesText, rateText } from "./amounts.ts";
import { DownloadProgress } from "./download-progress.ts";
import { expectedFile } from "./expected-file.ts";
import type { Receive } from "./peer-actions.ts";

export interface FetchSettings {
  readonly overwrite?: boolean | undefined;
  /** Bytes per second. */
  readonly downloadLimit?: number | undefined;
  readonly quiet?: boolean | undefined;
}

/** Fetches a file, from those that have the same one. Ctrl-C gives up, and keeps what is there. Never rejects. */
export function fetchFile(
  peer: Peer,
  name: string,
  offered: readonly Source[],
  options: Partial<FetchOptions>,
  console: Console,
  quiet: boolean,
): Promise<FetchOutcome> {
  const progress = new DownloadProgress(console, nameText(name), quiet);
  const stop = new AbortController();
  const { expect, sources, others } = expectedFile(offered);
  for (const { ip, httpPort } of others) progress.note(`${ip} ${httpPort} has another file of this name: not asked`);
  return new Promise<FetchOutcome>((resolve) => {
    const handle: FetchHandle = peer.fetch(
      name,
      sources,
      {
        onDone: resolve,
        onProgress({ bytes, totalBytes, bytesPerSecond, etaMs, sources }) {
          const delivering = sources.filter(({ state }) => state === "delivering").length;
          progress.update({ bytes, totalBytes, bytesPerSecond, etaMs, sources: delivering });
        },
        onDropped({ ip, httpPort }, { text }) {
          // Of a single source, the outcome says it.
          if (sources.length > 1) progress.note(`${ip} ${httpPort} is dropped: ${text}`);
        },
        onNote: (text) => progress.note(text),
      },
      { ...options, expect },
    );
    const cancel = (): void => handle.cancel();
    if (console.interrupted.aborted) cancel();
    else console.interrupted.addEventListener("abort", cancel, { once: true, signal: stop.signal });
  }).finally(() => {
    stop.abort();
    progress.end();
  });
}

/** Entry 1 of the menu, once the sources are chosen. */
export function receiver(peer: Peer, settings: FetchSettings, console: Console): Receive {
  return async (name, sources) => {
    const options = fetchOptions(settings);
    const outcome = await fetchFile(peer, name, sources, options, console, settings.quiet ?? false);
    return outcomeLines(outcome);
  };
}

export function fetchOptions({ overwrite = false, downloadLimit }: FetchSettings): Partial<FetchOptions> {
  return { overwrite, ...(downloadLimit !== undefined && { bytesPerSecond: downloadLimit }) };
}

/** `(200, 'OK') 58710 bytes in 12 ms, 4.89 MB/s`, or `(404, 'file not found')`; then who delivered what, and who was dropped. */
export function outcomeLines(outcome: FetchOutcome): string[] {
  const { sources, bytes } = outcome;
  if (outcome.status === "failed") {
    const http = sources.length === 1 ? sources[0]?.dropped?.http : undefined;
    if (http !== undefined) return [statusText({ httpStatus: http.status, reason: http.reason })];
    const kept = outcome.isKept ? [`${bytesText(bytes)} are kept: the next try goes on from there`] : [];
    return [`failed: ${outcome.detail}`, ...kept];
  }
  const { elapsedMs, resumedBytes, sha256 } = outcome;
  const rate = elapsedMs > 0 ? `, ${rateText(((bytes - resumedBytes) / elapsedMs) * 1000)}` : "";
  const lines = [`(200, 'OK') ${bytes} bytes in ${secondsText(elapsedMs)}${rate}`];
  if (resumedBytes > 0) lines.push(`${resumedBytes} of them were there from before`);
  if (sources.length > 1) {
    for (const { source, receivedBytes, duplicateBytes, dropped } of sources) {
      const why = dropped === undefined ? "" : `; dropped: ${dropped.text}`;
      lines.push(`from ${source.ip} ${source.httpPort}: ${receivedBytes - duplicateBytes} bytes${why}`);
    }
  }
  lines.push(...outcome.notes);
  if (sha256 !== undefined) lines.push(`SHA-256 ${Buffer.from(sha256).toString("hex")}`);
  return lines;
}

/** `0.012 s`. */
function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
