/**
 * The parts of a scenario that is read, as a scenario file writes them: the schema the other way round. What is written
 * is read as the same values, to the last bit.
 */

import type { RtoOptions } from "../core/arq/options.ts";
import type { DelayOptions, Fault, FaultAction, LinkOptions, LinkOverride, Partition } from "../faults/options.ts";
import { given } from "./schema/values.ts";
import type {
  Action,
  DirectoryHost,
  FileOptions,
  HostOptions,
  PeerHost,
  ProtocolOptions,
  TimelineEntry,
} from "./schema.ts";
import { DURATION, formatDuration, formatSize, parseQuantity } from "./units.ts";

/** YAML's mappings, lists, texts and numbers. */
type Written = Readonly<Record<string, unknown>>;

/** The readable form where it is exact, and milliseconds where it is not. */
export function writtenDuration(ms: number): string {
  const readable = formatDuration(ms);
  if (parseQuantity(DURATION, readable) === ms) return readable;
  // Small numbers would come with an exponent.
  return ms < 1e-6 ? `${ms.toFixed(30)}ms` : `${ms}ms`;
}

const duration = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : writtenDuration(ms));
const unlimitedOr = (value: number): number | "unlimited" => (value === Number.POSITIVE_INFINITY ? "unlimited" : value);
const rate = (bitsPerSecond: number): string =>
  bitsPerSecond === Number.POSITIVE_INFINITY ? "unlimited" : `${bitsPerSecond}bit/s`;
const oneOrMany = (names: readonly string[]): string | readonly string[] => (names.length === 1 ? names[0]! : names);

function writtenDelay(delay: DelayOptions): unknown {
  switch (delay.distribution) {
    case "constant":
      return writtenDuration(delay.valueMs);
    case "uniform":
      return { distribution: "uniform", min: duration(delay.minMs), max: duration(delay.maxMs) };
    case "normal":
      return {
        distribution: "normal",
        mean: duration(delay.meanMs),
        stddev: duration(delay.stddevMs),
        min: duration(delay.minMs),
      };
    case "exponential":
      return { distribution: "exponential", mean: duration(delay.meanMs), min: duration(delay.minMs) };
    case "pareto":
      return { distribution: "pareto", scale: duration(delay.scaleMs), shape: delay.shape };
  }
}

function writtenLoss({ loss, gilbertElliott }: Partial<LinkOptions>): unknown {
  if (gilbertElliott === undefined) return loss;
  const { step, ...channel } = gilbertElliott;
  const written = { ...channel, step: step === "packet" ? step : writtenDuration(step.slotMs) };
  return { independent: loss, gilbertElliott: written };
}

/** Link options; those that are absent stay absent. */
export function writtenLink(link: Partial<LinkOptions>): Written {
  const { delay, queue, rateBitsPerSecond, maxDatagramBytes } = link;
  return given({
    delay: delay && writtenDelay(delay),
    keepOrder: link.keepOrder,
    loss: writtenLoss(link),
    duplicate: link.duplicate,
    corrupt: link.corrupt,
    rate: rateBitsPerSecond === undefined ? undefined : rate(rateBitsPerSecond),
    queue: queue && ("packets" in queue ? queue.packets : formatSize(queue.bytes)),
    maxDatagram: maxDatagramBytes === undefined ? undefined : formatSize(maxDatagramBytes),
  });
}

export function writtenOverride({ from, to, options }: LinkOverride): Written {
  return { from: oneOrMany(from), to: oneOrMany(to), ...writtenLink(options) };
}

export function writtenPartition({ from, to, twoWay, startMs, endMs }: Partition): Written {
  const ends = twoWay ? { between: [oneOrMany(from), oneOrMany(to)] } : { from: oneOrMany(from), to: oneOrMany(to) };
  const end = endMs === Number.POSITIVE_INFINITY ? {} : { end: duration(endMs) };
  return { ...ends, start: duration(startMs), ...end };
}

export function writtenFault({ match: { afterMs, beforeMs, nth, ...match }, action }: Fault): Written {
  const times = given({ after: duration(afterMs), before: duration(beforeMs), nth });
  return { match: { ...match, ...times }, do: writtenFaultAction(action) };
}

function writtenFaultAction(action: FaultAction): unknown {
  switch (action.do) {
    case "drop":
    case "deliver":
      return action.do;
    case "delay":
      return { delay: duration(action.extraMs) };
    case "duplicate":
      return { duplicate: duration(action.laterMs) };
    case "corrupt":
      return action.offset === undefined ? "corrupt" : { corrupt: action.offset };
  }
}

function writtenRto({ estimator, initialMs, minMs, maxMs, backoff, karn, ...weights }: RtoOptions): Written {
  const { alpha, beta, k, granularityMs } = weights;
  const ofSamples = { alpha, beta, k, granularity: duration(granularityMs) };
  return {
    estimator,
    initial: duration(initialMs),
    min: duration(minMs),
    max: duration(maxMs),
    backoff,
    karn,
    // A scenario is not to say what has no effect.
    ...(estimator !== "fixed" && ofSamples),
  };
}

export function writtenProtocol({ wire, groupKey, arq, directory, peer }: ProtocolOptions): Written {
  return given({
    wire,
    groupKey,
    maxDatagram: formatSize(arq.maxDatagramBytes),
    attempts: unlimitedOr(arq.maxAttempts),
    rto: writtenRto(arq.rto),
    duplicateWindow: duration(arq.duplicateWindowMs),
    exchangeLifetime: duration(arq.exchangeLifetimeMs),
    maxQueuedMessages: arq.maxQueuedMessages,
    maxRemotes: arq.maxRemotes,
    maxMessage: formatSize(arq.maxMessageBytes),
    maxReassembliesPerSender: arq.maxReassembliesPerSender,
    directory: {
      updatePeriod: duration(directory.updatePeriodMs),
      missedUpdates: directory.missedUpdates,
      grace: duration(directory.graceMs),
      maxEntries: directory.maxEntries,
      maxUpdatesPerSecond: directory.maxUpdatesPerSecond,
      maxUpdateInterval: duration(directory.maxUpdateIntervalMs),
    },
    peer: {
      updatePeriod: duration(peer.updatePeriodMs),
      answerTimeout: duration(peer.answerTimeoutMs),
      maxUpdateInterval: duration(peer.maxUpdateIntervalMs),
    },
  });
}

/** A host without its name, which is its key. `ofAll`: the group's key in the protocol's options. */
export function writtenHost(host: HostOptions, ofAll: string | undefined): Written {
  const { role, address, port, startMs, clockDriftPpm } = host;
  const base = { role, address, port, start: duration(startMs) ?? "never", clockDrift: `${clockDriftPpm}ppm` };
  switch (host.role) {
    case "arq-sender":
    case "arq-receiver":
      return base;
    case "directory":
      return { ...base, wire: host.wire, ...ownKey(host, ofAll) };
    case "peer": {
      const { wire, httpPort, shares, directory } = host;
      const files = Object.fromEntries(host.files.map((file) => [file.name, writtenFile(file)]));
      return { ...base, wire, ...ownKey(host, ofAll), httpPort, files, shares, directory };
    }
  }
}

function ownKey({ groupKey }: DirectoryHost | PeerHost, ofAll: string | undefined): Written {
  return groupKey === ofAll ? {} : { groupKey: groupKey ?? "none" };
}

function writtenFile({ sizeBytes, content, variant }: FileOptions): unknown {
  if (content !== undefined) return { content };
  return variant === undefined ? formatSize(sizeBytes) : { size: formatSize(sizeBytes), variant };
}

export function writtenEntry(entry: TimelineEntry): Written {
  const at = writtenDuration(entry.atMs);
  if (entry.kind === "action") return { at, host: entry.host, do: writtenAction(entry.action) };
  const links = entry.links.length === 0 ? {} : { links: entry.links.map(writtenOverride) };
  return { at, network: writtenLink(entry.options), ...links };
}

const BITS_PER_BYTE = 8;

function writtenAction(action: Action): unknown {
  switch (action.kind) {
    case "send": {
      const { to, packets, bytes, messages } = action;
      return { send: { to, packets, bytes: formatSize(bytes), messages } };
    }
    case "share":
    case "unshare":
    case "lookup":
      return { [action.kind]: action.file };
    case "download": {
      const { file, from, choice, range } = action;
      return { download: given({ file, from, choice, range: range && `${range.first}-${range.last ?? ""}` }) };
    }
    case "fetch": {
      const { file, from, like, overwrite, bytesPerSecond } = action;
      return { fetch: given({ file, from, like, limit: rate(bytesPerSecond * BITS_PER_BYTE), overwrite }) };
    }
    default:
      return action.kind;
  }
}
