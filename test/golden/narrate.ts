/** A run as text that reads as a lesson: one line per event, in words. */

import { formatMs } from "../../src/trace/format-ms.ts";
import type { Row, RttLine, Tape } from "../support/tape.ts";

const TIME_WIDTH = 11;
const PLACE_WIDTH = 24;

/** `     200 ms  sender -> receiver       DATA 1 of 1, attempt 2   (necessary: data lost)` */
export function narrate({ rows, rtt }: Tape): string {
  let next = 0;
  // Every sample and every timeout is a row of the estimator's, too.
  const stateOf = (row: Row): RttLine | undefined =>
    row.event === "rtt" || row.event === "timeout" ? rtt[next++] : undefined;
  return rows.map((row) => line(row, stateOf(row))).join("\n");
}

function line(row: Row, state: RttLine | undefined): string {
  const time = `${formatMs(row.timeMs)} ms`.padStart(TIME_WIDTH);
  const [place, words] = tell(row, state);
  return `${time}  ${place.padEnd(PLACE_WIDTH)}  ${words}`.trimEnd();
}

/** Where it happens, and what. */
function tell(row: Row, state: RttLine | undefined): [place: string, words: string] {
  const { event, node, peer, note } = row;
  switch (event) {
    case "send":
      return [`${node} -> ${peer}`, `${packet(row)}${attempt(row)}, ${bytes(row)}${remark(note)}`];
    case "deliver":
      return [`${node} <- ${peer}`, packet(row)];
    case "drop":
      return [`${node} -x ${peer}`, `${packet(row)}${remark(`dropped: ${note}`)}`];
    case "duplicate":
      return [`${node} => ${peer}`, `${packet(row)}${remark(`a copy follows: ${note}`)}`];
    case "corrupt":
      return [`${node} -~ ${peer}`, `${packet(row)}${remark(`damaged: ${note}`)}`];
    case "timeout":
      return [
        node,
        `the timer of ${packet(row)} runs out after ${note}; the next one is ${formatMs(state!.timeoutIntervalMs)} ms`,
      ];
    case "rtt":
      return [node, estimator(state!)];
    case "state":
      return [node, row.type === "" ? aside(note, peer) : message(row)];
    default:
      return [node, `${event === "http" ? "HTTP: " : ""}${event === "reject" ? "refused: " : ""}${aside(note, peer)}`];
  }
}

function packet({ type, seq, total }: Row): string {
  if (/^(SYN|FIN|RST|SEGMENT)/.test(type)) return type;
  if (type.endsWith("-ACK")) return `ACK of ${type.slice(0, -4)}, next is ${seq}`;
  return `${type} ${seq} of ${total}`;
}

function estimator({ kind, sampleRttMs, estimatedRttMs, devRttMs, timeoutIntervalMs }: RttLine): string {
  const timeout = `TimeoutInterval ${formatMs(timeoutIntervalMs)} ms`;
  if (kind === "ambiguous") return `SampleRTT ${formatMs(sampleRttMs)} ms or more: not used (Karn), ${timeout}`;
  const estimate = Number.isNaN(estimatedRttMs)
    ? ""
    : `EstimatedRTT ${formatMs(estimatedRttMs)}, DevRTT ${formatMs(devRttMs)}, `;
  return `SampleRTT ${formatMs(sampleRttMs)} ms: ${estimate}${timeout}`;
}

function attempt({ attempt }: Row): string {
  return attempt > 1 ? `, attempt ${attempt}` : "";
}

function bytes({ bytes }: Row): string {
  return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
}

/** An event about a whole message. */
function message(row: Row): string {
  const { type, note, seq, total, attempt, peer } = row;
  const packets = `${total} ${total === 1 ? "packet" : "packets"}`;
  if (note === "received") return `${type} from ${peer} is whole: ${packets}, ${bytes(row)}`;
  const transmissions = `${attempt} ${attempt === 1 ? "transmission" : "transmissions"}`;
  return `${type} number ${seq} to ${peer}: ${note.replace(/ (\S+ ms)$/, " after $1")} (${packets}, ${transmissions})`;
}

function aside(note: string, peer: string): string {
  return peer === "" ? note : `${note} (${peer})`;
}

function remark(note: string): string {
  return note === "" ? "" : `  (${note})`;
}
