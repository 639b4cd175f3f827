/** What a faulty network can be told, simulated or put in front of real sockets. Times in ms, sizes in bytes, rates in bits per second. */

export type DelayOptions =
  | { readonly distribution: "constant"; readonly valueMs: number }
  | { readonly distribution: "uniform"; readonly minMs: number; readonly maxMs: number }
  | { readonly distribution: "normal"; readonly meanMs: number; readonly stddevMs: number; readonly minMs: number }
  | { readonly distribution: "exponential"; readonly meanMs: number; readonly minMs: number }
  | { readonly distribution: "pareto"; readonly scaleMs: number; readonly shape: number };

/**
 * Gilbert-Elliott channel: two states with a loss probability each. `p` = P(good to bad) and `r` = P(bad to good) per
 * step. A step is one packet of the link (the textbook's form), or a slot of time.
 */
export interface GilbertElliottOptions {
  readonly p: number;
  readonly r: number;
  readonly lossGood: number;
  readonly lossBad: number;
  readonly step: "packet" | { readonly slotMs: number };
}

/** One direction of a link. */
export interface LinkOptions {
  readonly delay: DelayOptions;
  /** A packet never overtakes an earlier one. */
  readonly keepOrder: boolean;
  /** Probability of independent loss. */
  readonly loss: number;
  readonly gilbertElliott: GilbertElliottOptions | undefined;
  /** Probability that a packet arrives twice. */
  readonly duplicate: number;
  /** Probability that one bit of a packet is flipped. */
  readonly corrupt: number;
  /** Transmission rate; Infinity = none. L is the datagram's bytes; a stream segment's has 20 bytes of header. */
  readonly rateBitsPerSecond: number;
  /** Drop-tail queue in front of the link: at most so many packets or bytes wait or are being sent. */
  readonly queue: { readonly packets: number } | { readonly bytes: number } | undefined;
  /** Larger datagrams are dropped. */
  readonly maxDatagramBytes: number;
}

/** Options of the default link, and what overrides it for a direction. */
export const defaultLinkOptions: LinkOptions = {
  delay: { distribution: "constant", valueMs: 0 },
  keepOrder: false,
  loss: 0,
  gilbertElliott: undefined,
  duplicate: 0,
  corrupt: 0,
  rateBitsPerSecond: Number.POSITIVE_INFINITY,
  queue: undefined,
  maxDatagramBytes: 65507,
};

/** Overrides for the links from one of `from` to one of `to` (host names; "*" = any). Later overrides win. */
export interface LinkOverride {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly options: Partial<LinkOptions>;
}

/** What a scripted fault matches: all that is given must hold. */
export interface FaultMatch {
  readonly from?: string;
  readonly to?: string;
  readonly kind?: "data" | "ack" | "segment" | "other";
  readonly type?: string;
  readonly message?: number;
  readonly seq?: number;
  readonly attempt?: number;
  /** Sent at or after this time. */
  readonly afterMs?: number;
  /** Sent before this time. */
  readonly beforeMs?: number;
  /** Of the packets that match all the rest, only these, counted from 1. */
  readonly nth?: readonly number[];
}

export type FaultAction =
  | { readonly do: "drop" }
  | { readonly do: "deliver" }
  | { readonly do: "delay"; readonly extraMs: number }
  | { readonly do: "duplicate"; readonly laterMs: number }
  /** Flips a bit of the byte at `offset` (of a random byte where there is none). */
  | { readonly do: "corrupt"; readonly offset: number | undefined };

export interface Fault {
  readonly match: FaultMatch;
  readonly action: FaultAction;
}

/** Nothing passes from `from` to `to` (nor back, where `twoWay`) from `startMs` until before `endMs`. */
export interface Partition {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly twoWay: boolean;
  readonly startMs: number;
  readonly endMs: number;
}

export interface NetworkOptions {
  readonly link: LinkOptions;
  readonly links: readonly LinkOverride[];
  readonly faults: readonly Fault[];
  readonly partitions: readonly Partition[];
}

export const defaultNetworkOptions: NetworkOptions = {
  link: defaultLinkOptions,
  links: [],
  faults: [],
  partitions: [],
};
