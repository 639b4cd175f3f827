/**
 * Which bytes a source without work is asked for. First what nobody fetches yet, in shares that become smaller as less
 * is left (guided self-scheduling, Polychronopoulos and Kuck 1987): so fast sources do more, and none holds up the end
 * by much. Then a part of what another source has still before it, by their rates. At the very end, what is too little to
 * divide is fetched twice, and the first to bring it wins.
 */

import { type ByteSpan, ByteSpans } from "../../byte-spans.ts";
import type { Segment } from "./source.ts";

/** A segment under way at another source. */
export interface Running {
  readonly segment: Segment;
  /** Undefined until it is known. */
  readonly paceBytesPerMs: number | undefined;
}

export interface PlanInput {
  readonly sizeBytes: number;
  readonly had: ByteSpans;
  readonly others: readonly Running[];
  /** The source's own pace. */
  readonly paceBytesPerMs: number | undefined;
  /** How many sources share what nobody fetches yet, this one included. */
  readonly sharers: number;
  readonly minRequestBytes: number;
}

export interface Plan {
  readonly span: ByteSpan;
  /** Whose segment ends now where the span begins. */
  readonly takenFrom: Segment | undefined;
}

/** Undefined: there is nothing for it to do. */
export function planRequest(input: PlanInput): Plan | undefined {
  return fromTheFree(input) ?? fromAnother(input);
}

function fromTheFree({ sizeBytes, had, others, sharers, minRequestBytes }: PlanInput): Plan | undefined {
  const covered = new ByteSpans(had);
  for (const { segment } of others) covered.add(segment.at, Math.max(segment.at, Math.min(segment.end, sizeBytes)));
  const gap = covered.gaps(0, sizeBytes).next();
  if (gap.done) return undefined;
  const { from, to } = gap.value;
  const share = Math.max(minRequestBytes, Math.ceil((sizeBytes - covered.totalBytes) / sharers));
  // A remainder that is no request of its own goes with it.
  const end = from + share + minRequestBytes > to ? to : from + share;
  return { span: { from, to: end }, takenFrom: undefined };
}

function fromAnother(input: PlanInput): Plan | undefined {
  const { had, others, minRequestBytes, sizeBytes, paceBytesPerMs } = input;
  let slowest: { running: Running; leftBytes: number; needsMs: number } | undefined;
  for (const running of others) {
    const { segment } = running;
    if (others.some((other) => other !== running && overlap(other.segment, segment))) continue; // fetched twice already
    const leftBytes = missing(had, segment, sizeBytes);
    if (leftBytes === 0) continue;
    const needsMs = leftBytes / (running.paceBytesPerMs ?? paceBytesPerMs ?? 1);
    if (slowest === undefined || needsMs > slowest.needsMs) slowest = { running, leftBytes, needsMs };
  }
  if (slowest === undefined) return undefined;

  const { segment, paceBytesPerMs: itsPace } = slowest.running;
  const end = Math.min(segment.end, sizeBytes);
  const left = end - segment.at;
  if (left < 2 * minRequestBytes) return { span: firstGap(had, segment.at, end), takenFrom: undefined };
  // So much that both are through at one time; half, where a pace is unknown.
  const share = paceBytesPerMs === undefined || itsPace === undefined ? 0.5 : fraction(paceBytesPerMs, itsPace);
  const bytes = Math.min(left - minRequestBytes, Math.max(minRequestBytes, Math.floor(left * share)));
  if (had.has(end - bytes, end)) return { span: firstGap(had, segment.at, end), takenFrom: undefined };
  return { span: firstGap(had, end - bytes, end), takenFrom: segment };
}

function fraction(own: number, its: number): number {
  return own + its === 0 ? 0.5 : own / (own + its);
}

function overlap(a: Segment, b: Segment): boolean {
  return a.at < b.end && b.at < a.end;
}

function missing(had: ByteSpans, { at, end }: Segment, sizeBytes: number): number {
  let bytes = 0;
  for (const { from, to } of had.gaps(at, Math.min(end, sizeBytes))) bytes += to - from;
  return bytes;
}

/** There is one. */
function firstGap(had: ByteSpans, from: number, to: number): ByteSpan {
  return had.gaps(from, to).next().value as ByteSpan;
}
