/**
 * What one address may send: a token bucket each, looked at before anything is decoded or stored. So a flood from one
 * source costs little more than its reading, and takes nothing from what others may send.
 */

import { type Endpoint, endpoint } from "../../core/transport.ts";

const NS_PER_S = 1e9;

export interface BudgetOptions {
  /** Datagrams per second that one address may send in the long run. Infinity: as many as it likes. */
  readonly datagramsPerSecond: number;
  /** Datagrams that it may send at once after a silence. */
  readonly burst: number;
  /**
   * Addresses with a bucket of their own. Beyond it a new address takes the place of one that has been silent long enough
   * for its bucket to be full; where there is none, it shares one bucket with all others that found no place.
   */
  readonly maxSources: number;
}

/**
 * Enough for two thousand peers behind one address (an update every 7 s each, and all of them starting within a second),
 * far below what a flood brings.
 */
export const defaultBudgetOptions: BudgetOptions = { datagramsPerSecond: 20_000, burst: 40_000, maxSources: 4096 };

/** Endpoints kept ready, over all addresses; beyond it all are made anew. */
const MAX_ENDPOINTS = 1 << 16;
/** Addresses looked at, at most, to find one that can make room. */
const LOOKED_AT = 8;

/** One address that sends: its tokens, and its endpoints by port. */
class Source {
  tokens: number;
  filledNs: number;
  endpoints: Map<number, Endpoint> | undefined = undefined;

  constructor(tokens: number, nowNs: number) {
    this.tokens = tokens;
    this.filledNs = nowNs;
  }
}

export class Budget {
  private readonly options: BudgetOptions;
  private readonly sources = new Map<string, Source>();
  /** Of the addresses that found no place. */
  private readonly others: Source;
  private endpoints = 0;
  private latestAddress = "";
  private latest: Source;

  constructor(options: Partial<BudgetOptions>, nowNs: number) {
    this.options = { ...defaultBudgetOptions, ...options };
    const { datagramsPerSecond, burst, maxSources } = this.options;
    for (const [name, value, least] of [
      ["datagramsPerSecond", datagramsPerSecond, 0],
      ["burst", burst, 1],
      ["maxSources", maxSources, 1],
    ] as const) {
      if (!(value >= least)) throw new RangeError(`a budget's ${name} is a number from ${least}, not ${value}`);
    }
    this.others = new Source(burst, nowNs);
    this.latest = this.others;
  }

  /** The sender of a datagram; undefined where it has used up what it may send. */
  admit(address: string, port: number, nowNs: number): Endpoint | undefined {
    const source = this.sourceOf(address, nowNs);
    if (!this.take(source, nowNs)) return undefined;
    if (source === this.others) return endpoint(address, port);
    let from = source.endpoints?.get(port);
    if (from === undefined) {
      from = endpoint(address, port);
      if (this.endpoints >= MAX_ENDPOINTS) this.forgetEndpoints();
      source.endpoints ??= new Map();
      source.endpoints.set(port, from);
      this.endpoints++;
    }
    return from;
  }

  private sourceOf(address: string, nowNs: number): Source {
    if (address === this.latestAddress) return this.latest;
    let source = this.sources.get(address);
    if (source === undefined) {
      if (this.sources.size >= this.options.maxSources && !this.makeRoom(nowNs)) return this.others;
      source = new Source(this.options.burst, nowNs);
      this.sources.set(address, source);
    }
    this.latestAddress = address;
    this.latest = source;
    return source;
  }

  private take(source: Source, nowNs: number): boolean {
    this.fill(source, nowNs);
    if (source.tokens < 1) return false;
    source.tokens--;
    return true;
  }

  private fill(source: Source, nowNs: number): void {
    const { datagramsPerSecond, burst } = this.options;
    const elapsedNs = nowNs - source.filledNs;
    if (elapsedNs <= 0) return;
    source.filledNs = nowNs;
    source.tokens = Math.min(burst, source.tokens + (elapsedNs * datagramsPerSecond) / NS_PER_S);
  }

  /** Takes out an address whose bucket is full: it would be given a full one again. Those looked at go to the end. */
  private makeRoom(nowNs: number): boolean {
    let looked = 0;
    for (const [address, source] of this.sources) {
      if (++looked > LOOKED_AT) return false;
      this.sources.delete(address);
      this.fill(source, nowNs);
      if (source.tokens >= this.options.burst) {
        this.endpoints -= source.endpoints?.size ?? 0;
        if (address === this.latestAddress) this.latestAddress = "";
        return true;
      }
      this.sources.set(address, source);
    }
    return false;
  }

  private forgetEndpoints(): void {
    for (const source of this.sources.values()) source.endpoints = undefined;
    this.endpoints = 0;
  }
}
