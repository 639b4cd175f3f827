/** Which packets `message` means, and what a trace has instead of what was asked for. */

import { anyOf, nearest } from "../../scenario/suggest.ts";
import { lastNs, type Transmission } from "../model/packets.ts";
import { LadderOptionError, type LadderOptions, type LadderSource } from "./options.ts";
import { momentText, unitFor } from "./time-scale.ts";

type Message = NonNullable<LadderOptions["message"]>;

/** Stands for all segments of byte streams: SYN and FIN as well. */
const SEGMENT = "SEGMENT";

/** The packets of a message or of a type, with their ACKs; upper and lower case are one. LadderOptionError where there are none. */
export function packetsOfMessage(all: readonly Transmission[], { type, number }: Message): readonly Transmission[] {
  const wanted = type.toUpperCase();
  if (wanted === SEGMENT) {
    const segments = all.filter(({ kind }) => kind === "segment");
    if (segments.length > 0 && number === undefined) return segments;
    if (segments.length > 0) throw new LadderOptionError(`segments are not numbered: leave out the :${number}`);
  }
  const ofType = all.filter((one) => [wanted, `${wanted}-ACK`].includes(one.type.toUpperCase()));
  if (ofType.length === 0) {
    const types = messageTypes(all);
    const meant = nearest(wanted, types);
    const hint = meant === undefined ? "" : `; do you mean ${meant}?`;
    throw new LadderOptionError(`no packet is of type ${type}: this trace has ${anyOf(types) || "none at all"}${hint}`);
  }
  if (number === undefined) return ofType;
  const found = ofType.filter((one) => one.message === number);
  if (found.length > 0) return found;
  const last = ofType.reduce((most, one) => Math.max(most, one.message), 0);
  throw new LadderOptionError(
    last === 0
      ? `${type} packets are not numbered: leave out the :${number}`
      : `there is no ${type} message ${number}: they are numbered from 1 to ${last}`,
  );
}

/** What can be asked for. */
function messageTypes(all: readonly Transmission[]): readonly string[] {
  const types = all.map(({ kind, type }) => (kind === "segment" ? SEGMENT : kind === "data" ? type : ""));
  return [...new Set(types)].filter((type) => type !== "");
}

/** Why a picture that was asked for is empty: what there is instead. */
export function nothingToDraw({ model, transmissions }: LadderSource, options: LadderOptions): LadderOptionError {
  const { fromMs = 0, toMs, hosts, message } = options;
  const unit = unitFor(Math.max(model.endMs, fromMs, toMs ?? 0));
  const moment = (ms: number) => momentText(ms, unit);
  const until = toMs === undefined ? "on" : `to ${moment(toMs)}`;
  const what = hosts === undefined ? "nothing is" : `nothing is between ${hosts.join(", ")}`;
  const packets = message === undefined ? [] : packetsOfMessage(transmissions, message);
  const [first] = packets;
  const there =
    first === undefined
      ? `this trace runs from 0 ${unit} to ${moment(model.endMs)}, with ${anyOf(messageTypes(transmissions)) || "no packets"}`
      : `${message!.type} packets are from ${moment(first.sentNs / 1e6)} to ${moment(packets.reduce((last, one) => Math.max(last, lastNs(one)), 0) / 1e6)}`;
  return new LadderOptionError(`${what} there to draw from ${moment(fromMs)} ${until}: ${there}`);
}
