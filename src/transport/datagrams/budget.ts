/**
 * What one source may send: a token bucket each, looked at before anything is decoded or stored. So a flood from one
 * source costs little more than its reading, and takes nothing from what others may send. A source is an IPv4 address, or
 * an IPv6 /64, all of which one host can have for the asking.
 */

import { type Endpoint, endpoint } from "../../core/transport.ts";
import { addressGroup } from "../http/addresses.ts";

const NS_PER_S = 1e9;

export interface BudgetOptions {
  /** Datagrams per second that one source may send in the long run. Infinity: as many as it likes. */
  readonly datagramsPerSecond: number;
  /** Datagrams that it may send at once after a silence. */
  readonly burst: number;
  /**
   * Sources with a bucket of their own. Beyond it a new one takes the place of one that has been silent long enough for
   * its bucket to be full; where there is none, it shares one bucket with all others that found no place.
   */
  readonly maxSources: number;
}

/**
 * Enough for two thousand peers behind one address (all of them starting and asking within a second, then an update every
 * 7 s each), and little enough that a flood from one address, where all of its budget is answered, leaves time for others.
 */
export const defaultBudgetOptions: BudgetOptions = { datagramsPerSecond: 5000, burst: 10_000, maxSources: 4096 };

/** Senders (address and port) kept ready; beyond it all are made anew. */
const MAX_SENDERS = 1 << 16;
/** Sources looked at, at most, to find one that can make room. */
const LOOKED_AT = 8;

class Bucket {
  tokens: number;
  filledNs: number;

  constructor(tokens: number, nowNs: number) {
    this.tokens = tokens;
    this.filledNs = nowNs;
  }
}

/** One address: whose bucket it draws from, and its endpoints by port. */
class Sender {
  readonly bucket: Bucket;
  readonly endpoints = new Map<number, Endpoint>();

  constructor(bucket: Bucket) {
    this.bucket = bucket;
  }
}

export class Budget {
  private readonly options: BudgetOptions;
  /** By source. */
  private readonly buckets = new Map<string, Bucket>();
  /** Of the sources that found no place. */
  private readonly others: Bucket;
  /** By address. A cache: what it forgets it finds again. */
  private readonly senders = new Map<string, Sender>();
  /** Addresses, and endpoints of them, kept ready. */
  senderCount = 0;
  private latestAddress = "";
  private latest: Sender | undefined = undefined;

  /** RangeError for an option that is no such number. */
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
    this.others = new Bucket(burst, nowNs);
  }

  /** Sources with a bucket of their own. */
  get sourceCount(): number {
    return this.buckets.size;
  }

  /** The sender of a datagram; undefined where its source has used up what it may send. */
  admit(address: string, port: number, nowNs: number): Endpoint | undefined {
    const sender = this.senderOf(address, nowNs);
    if (!this.take(sender.bucket, nowNs)) return undefined;
    let from = sender.endpoints.get(port);
    if (from === undefined) {
      from = endpoint(address, port);
      if (this.senderCount >= MAX_SENDERS) this.forgetSenders();
      sender.endpoints.set(port, from);
      this.senderCount++;
    }
    return from;
  }

  private senderOf(address: string, nowNs: number): Sender {
    if (address === this.latestAddress && this.latest !== undefined) return this.latest;
    let sender = this.senders.get(address);
    if (sender === undefined) {
      if (this.senderCount >= MAX_SENDERS) this.forgetSenders();
      sender = new Sender(this.bucketOf(address, nowNs));
      if (sender.bucket === this.others) return sender; // it asks for a bucket of its own each time
      this.senders.set(address, sender);
      this.senderCount++;
    }
    this.latestAddress = address;
    this.latest = sender;
    return sender;
  }

  private bucketOf(address: string, nowNs: number): Bucket {
    const source = addressGroup(address);
    let bucket = this.buckets.get(source);
    if (bucket === undefined) {
      if (this.buckets.size >= this.options.maxSources && !this.makeRoom(nowNs)) return this.others;
      bucket = new Bucket(this.options.burst, nowNs);
      this.buckets.set(source, bucket);
    }
    return bucket;
  }

  private take(bucket: Bucket, nowNs: number): boolean {
    this.fill(bucket, nowNs);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  private fill(bucket: Bucket, nowNs: number): void {
    const { datagramsPerSecond, burst } = this.options;
    const elapsedNs = nowNs - bucket.filledNs;
    if (elapsedNs <= 0) return;
    bucket.filledNs = nowNs;
    bucket.tokens = Math.min(burst, bucket.tokens + (elapsedNs * datagramsPerSecond) / NS_PER_S);
  }

  /** Takes out a source whose bucket is full: it would be given a full one again. Those looked at go to the end. */
  private makeRoom(nowNs: number): boolean {
    let looked = 0;
    for (const [source, bucket] of this.buckets) {
      if (++looked > LOOKED_AT) return false;
      this.buckets.delete(source);
      this.fill(bucket, nowNs);
      if (bucket.tokens >= this.options.burst) {
        this.forgetSenders(); // those of this source must ask for a bucket again
        return true;
      }
      this.buckets.set(source, bucket);
    }
    return false;
  }

  private forgetSenders(): void {
    this.senders.clear();
    this.senderCount = 0;
    this.latest = undefined;
  }
}
