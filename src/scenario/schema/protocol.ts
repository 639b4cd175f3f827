/** `protocol`: stop-and-wait, its retransmission timeout, the directory and the peers. */

import { z } from "zod";
import { type ArqOptions, defaultArqOptions, defaultRtoOptions, type RtoOptions } from "../../core/arq/options.ts";
import { type DirectoryOptions, type DirectoryWire, defaultDirectoryOptions } from "../../core/directory/options.ts";
import { defaultPeerOptions, type PeerOptions } from "../../core/peer/options.ts";
import { issueText } from "../issue-text.ts";
import { formatDuration, formatSize } from "../units.ts";
import {
  duration,
  groupKey,
  MAX_DATAGRAM_BYTES,
  number,
  positiveDuration,
  size,
  whole,
  wholeOrUnlimited,
} from "./values.ts";

/** The header of a packet (type, sequence number, total) must fit, and some payload with it. */
const MIN_DATAGRAM_BYTES = 64;

const fraction = number({ above: 0, max: 1 }, "a weight above 0 and at most 1");

/** Defaults that differ with the estimator: RFC 6298, 2.4 asks for a floor of 1 s; its clock has a granularity. */
export const rfc6298Defaults = { minMs: 1000, granularityMs: 1 };

const rto = z
  .strictObject({
    estimator: z
      .enum(["report", "rfc6298", "fixed"])
      .prefault(defaultRtoOptions.estimator)
      .describe(
        "How the timeout follows the samples. `report`: EstimatedRTT first, then DevRTT with the new EstimatedRTT; `rfc6298`: the deviation first, with the old SRTT; `fixed`: not at all, it is always `initial`.",
      ),
    initial: positiveDuration
      .prefault(formatDuration(defaultRtoOptions.initialMs))
      .describe("TimeoutInterval before the first sample (RFC 6298, 2.1); always, for `fixed`."),
    min: duration
      .optional()
      .describe(
        `TimeoutInterval is never shorter. Default ${formatDuration(defaultRtoOptions.minMs)}; 1s for \`rfc6298\`.`,
      ),
    max: positiveDuration
      .prefault(formatDuration(defaultRtoOptions.maxMs))
      .describe("TimeoutInterval is never longer, back-off included."),
    backoff: number({ min: 1 }, "a factor of 1 (no back-off) or more")
      .prefault(defaultRtoOptions.backoff)
      .describe("The timeout is multiplied by this whenever it expires; 1 is no back-off."),
    karn: z
      .boolean()
      .prefault(defaultRtoOptions.karn)
      .describe(
        "Karn's rule: a packet that was retransmitted gives no sample, and its backed-off timeout stays for the next packet.",
      ),
    alpha: fraction.prefault(defaultRtoOptions.alpha).describe("Weight of a new sample in EstimatedRTT."),
    beta: fraction.prefault(defaultRtoOptions.beta).describe("Weight of a new deviation in DevRTT."),
    k: number({ min: 0 }, "a number of deviations, 0 or more")
      .prefault(defaultRtoOptions.k)
      .describe("TimeoutInterval = EstimatedRTT + k DevRTT."),
    granularity: duration
      .optional()
      .describe(
        "Clock granularity G: TimeoutInterval = EstimatedRTT + max(G, k DevRTT). Default 0s; 1ms for `rfc6298`.",
      ),
  })
  .transform((rto, context): RtoOptions => {
    const defaults = rto.estimator === "rfc6298" ? rfc6298Defaults : defaultRtoOptions;
    const { initial: initialMs, min: minMs = defaults.minMs, max: maxMs } = rto;
    const floor = `min (${formatDuration(minMs)}${rto.min === undefined ? ", the default" : ""})`;
    const ceiling = `max (${formatDuration(maxMs)})`;
    const refuse = (key: string, expected: string) =>
      context.issues.push({ code: "custom", input: rto, path: [key], message: issueText({ expected }) });
    if (minMs > maxMs && rto.min === undefined) refuse("max", `at least ${floor}`);
    else if (minMs > maxMs) refuse("min", `at most ${ceiling}`);
    else if (initialMs < minMs) refuse("initial", `at least ${floor}`);
    else if (initialMs > maxMs) refuse("initial", `at most ${ceiling}`);
    const { estimator, backoff, karn, alpha, beta, k, granularity: granularityMs = defaults.granularityMs } = rto;
    return { estimator, initialMs, minMs, maxMs, backoff, karn, alpha, beta, k, granularityMs };
  });

const directory = z.strictObject({
  updatePeriod: positiveDuration
    .optional()
    .describe("How often the directory expects an update of each peer. Default: the peers' period."),
  missedUpdates: whole(1)
    .prefault(defaultDirectoryOptions.missedUpdates)
    .describe("After so many missed updates in a row a peer is removed."),
  grace: duration
    .prefault(formatDuration(defaultDirectoryOptions.graceMs))
    .describe("An update counts as missed once it is this late: the time that it may spend being lost and sent again."),
  maxEntries: whole(1)
    .prefault(defaultDirectoryOptions.maxEntries)
    .describe("Peers that the directory remembers; beyond it the one updated longest ago goes."),
  maxUpdatesPerSecond: whole(1)
    .prefault(defaultDirectoryOptions.maxUpdatesPerSecond)
    .describe(
      "On the hardened wire: with more peers than send so many updates in a second, the directory asks them to update less often: half as often, a quarter as often, ...",
    ),
  maxUpdateInterval: positiveDuration
    .prefault(formatDuration(defaultDirectoryOptions.maxUpdateIntervalMs))
    .describe("On the hardened wire: the longest time between updates that the directory asks for."),
});

const peer = z.strictObject({
  updatePeriod: positiveDuration
    .prefault(formatDuration(defaultPeerOptions.updatePeriodMs))
    .describe("Time between a peer's updates, which are its keep-alives too."),
  answerTimeout: positiveDuration
    .prefault(formatDuration(defaultPeerOptions.answerTimeoutMs))
    .describe(
      "How long a peer waits for the directory's answer to a look-up or a view (hardened: to each page of it).",
    ),
  maxUpdateInterval: positiveDuration
    .prefault(formatDuration(defaultPeerOptions.maxUpdateIntervalMs))
    .describe("On the hardened wire: the longest time between its updates that a peer lets the directory ask for."),
});

/** The protocol's options, with every default filled in. */
export interface ProtocolOptions {
  /** The wire; `auto` for directories that take either. A host may have its own. */
  readonly wire: DirectoryWire;
  /** The key of the group that the hosts belong to; undefined: none. A host may have its own. */
  readonly groupKey: string | undefined;
  readonly arq: Omit<ArqOptions, "wire">;
  readonly directory: Omit<DirectoryOptions, "arq" | "wire" | "groupKey">;
  readonly peer: Omit<PeerOptions, "arq" | "directory" | "http" | "groupKey">;
}

export const protocolSchema = z
  .strictObject({
    wire: z
      .enum(["report", "hardened", "auto"])
      .prefault("report")
      .describe(
        "The wire. `report`: the bytes of the 2015 report; `hardened`: message IDs, cookies, proven addresses (docs/wire.md); `auto`: directories take either, and the others speak the report's unless their own `wire` says otherwise.",
      ),
    groupKey: groupKey
      .optional()
      .describe(
        "On the hardened wire: a key that all hosts share. Packets are sealed with it, and who has none is not heard.",
      ),
    maxDatagram: size(MIN_DATAGRAM_BYTES, MAX_DATAGRAM_BYTES)
      .prefault(formatSize(defaultArqOptions.maxDatagramBytes))
      .describe("Largest datagram sent, header included; longer messages are fragmented."),
    attempts: wholeOrUnlimited(1)
      .prefault(defaultArqOptions.maxAttempts)
      .describe("Transmissions of one packet before its message is given up."),
    rto: rto.prefault({}).describe("The retransmission timeout."),
    duplicateWindow: duration
      .prefault(formatDuration(defaultArqOptions.duplicateWindowMs))
      .describe(
        "On the report's wire: a packet equal to the last one of its sender is a duplicate for so long: acknowledged again, not processed again. Shorter than the update period, since keep-alives are equal.",
      ),
    exchangeLifetime: positiveDuration
      .prefault(formatDuration(defaultArqOptions.exchangeLifetimeMs))
      .describe(
        "On the hardened wire: how long the ID of a message that was taken is remembered, and its copies known by it (RFC 7252, 4.8.2).",
      ),
    maxQueuedMessages: whole(1)
      .prefault(defaultArqOptions.maxQueuedMessages)
      .describe("Messages that may wait behind the one under way, per remote end and message type."),
    maxRemotes: whole(1)
      .prefault(defaultArqOptions.maxRemotes)
      .describe("Remote ends whose state is kept; beyond it the idle one that was used longest ago goes."),
    maxMessage: size(1, 2 ** 31)
      .prefault(formatSize(defaultArqOptions.maxMessageBytes))
      .describe("Largest message that a receiver puts together."),
    maxReassembliesPerSender: whole(1)
      .prefault(defaultArqOptions.maxReassembliesPerSender)
      .describe("Messages that a receiver puts together at once for one sender; beyond it the oldest is dropped."),
    directory: directory.prefault({}).describe("The directory."),
    peer: peer.prefault({}).describe("The peers."),
  })
  .transform(
    (written): ProtocolOptions => ({
      wire: written.wire,
      groupKey: written.groupKey,
      arq: {
        ...defaultArqOptions,
        maxDatagramBytes: written.maxDatagram,
        maxAttempts: written.attempts,
        rto: written.rto,
        maxQueuedMessages: written.maxQueuedMessages,
        maxRemotes: written.maxRemotes,
        duplicateWindowMs: written.duplicateWindow,
        exchangeLifetimeMs: written.exchangeLifetime,
        maxMessageBytes: written.maxMessage,
        maxReassembliesPerSender: written.maxReassembliesPerSender,
      },
      directory: {
        ...defaultDirectoryOptions,
        updatePeriodMs: written.directory.updatePeriod ?? written.peer.updatePeriod,
        missedUpdates: written.directory.missedUpdates,
        graceMs: written.directory.grace,
        maxEntries: written.directory.maxEntries,
        maxUpdatesPerSecond: written.directory.maxUpdatesPerSecond,
        maxUpdateIntervalMs: written.directory.maxUpdateInterval,
      },
      peer: {
        ...defaultPeerOptions,
        updatePeriodMs: written.peer.updatePeriod,
        answerTimeoutMs: written.peer.answerTimeout,
        maxUpdateIntervalMs: written.peer.maxUpdateInterval,
      },
    }),
  );
