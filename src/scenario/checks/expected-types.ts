/** Message types in expectations: some host of the scenario must speak of them. */

import { MESSAGE_TYPE_NAMES } from "../../core/wire/packet.ts";
import type { Expectation } from "../expect/expectation.ts";
import { CONTROL_TYPES, SEGMENT_TYPES } from "../expect/metrics/label-classes.ts";
import type { Part, ScenarioParts } from "../parts.ts";
import type { Finding } from "../problems.ts";

const OF_BARE_SENDERS = [MESSAGE_TYPE_NAMES[8]];
/** A directory alone says nothing: what it sends are answers to peers. */
const OF_PEERS = [
  ...Object.values(MESSAGE_TYPE_NAMES).filter((type) => !OF_BARE_SENDERS.includes(type)),
  ...CONTROL_TYPES,
  ...SEGMENT_TYPES,
];

export function checkExpectedTypes(parts: ScenarioParts): Finding[] {
  const roles = new Set([...parts.hosts.values()].map(({ role }) => role));
  // The role of a host that is wrong is not known.
  if (parts.hosts.size < parts.names.keys().length) return [];
  const sent = [...(roles.has("peer") ? OF_PEERS : []), ...(roles.has("arq-sender") ? OF_BARE_SENDERS : [])];
  return parts.expect.flatMap((part) => check(part, sent));
}

function check({ path, value }: Part<Expectation>, sent: readonly string[]): Finding[] {
  const isMetric = value.form === "metric";
  const type = isMetric ? value.scope.type : value.form === "events" ? value.match.type : undefined;
  if (type === undefined || sent.includes(type) || sent.includes(type.replace(/-ACK$/, ""))) return [];
  // A type that nobody ever sends is said elsewhere.
  const known = [...OF_PEERS, ...OF_BARE_SENDERS];
  if (!known.includes(type) && !known.includes(type.replace(/-ACK$/, ""))) return [];
  const sender = OF_BARE_SENDERS.includes(type.replace(/-ACK$/, "")) ? "an arq-sender" : "a peer or its directory";
  const message = `no host of this scenario sends ${type}: only ${sender} does`;
  return [{ path: [...path, ...(isMetric ? [] : ["events"]), "type"], message, found: type, allowed: sent }];
}
