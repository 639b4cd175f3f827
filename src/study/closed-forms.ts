/**
 * Closed forms of stop-and-wait under independent loss, with an RTT that is constant and not above the timeout. An
 * attempt fails with probability f = 1 - (1-p)(1-q), independently of all others; s = 1 - f. Derived from the geometric
 * distribution of the attempts (compare Kurose and Ross, 3.4, and Bertsekas and Gallager, 2.4.1). Powers are products, so
 * that every engine gives the same bits.
 */

export interface Losses {
  /** P(a data packet is lost). */
  readonly p: number;
  /** P(an ACK is lost). */
  readonly q: number;
}

export interface Timing {
  readonly rttMs: number;
  /** The timeout of a packet's first attempt. */
  readonly timeoutMs: number;
  /** The timeout is multiplied by this at each expiry: 1 fixed, 2 doubling. */
  readonly backoff: number;
  /** The back-off ends here. */
  readonly maxTimeoutMs: number;
}

/** P(an attempt fails): the data or its ACK is lost. */
export function failure({ p, q }: Losses): number {
  return 1 - (1 - p) * (1 - q);
}

/** P(a packet is given up): f^M with at most M attempts; 0 without a limit where an attempt can succeed. */
export function packetGivenUp(losses: Losses, attempts = Number.POSITIVE_INFINITY): number {
  return power(failure(losses), attempts);
}

/** P(a message of n packets is given up): 1 - (1 - f^M)^n. */
export function messageGivenUp(losses: Losses, attempts: number, packets: number): number {
  return 1 - power(1 - packetGivenUp(losses, attempts), packets);
}

/** E[packets of a message that are sent at all]: those behind the first that is given up are not. */
export function packetsAttempted(losses: Losses, attempts: number, packets: number): number {
  const givenUp = packetGivenUp(losses, attempts);
  return givenUp === 0 ? packets : messageGivenUp(losses, attempts, packets) / givenUp;
}

/** E[transmissions per packet] with at most M attempts: (1 - f^M)/s. */
export function transmissions(losses: Losses, attempts = Number.POSITIVE_INFINITY): number {
  const f = failure(losses);
  return f === 1 ? attempts : (1 - power(f, attempts)) / (1 - f);
}

/**
 * E[data packets that come to the receiver although it has them], per packet: those that arrive, less the first of each:
 * (1-p) E[transmissions] - (1 - p^M); q/(1-q) without a limit.
 */
export function duplicates(losses: Losses, attempts = Number.POSITIVE_INFINITY): number {
  const { p, q } = losses;
  if (attempts === Number.POSITIVE_INFINITY) return q / (1 - q);
  return (1 - p) * transmissions(losses, attempts) - (1 - power(p, attempts));
}

/** Expiries after which a back-off by a factor of hardly more than 1 is taken to have ended. */
const MAX_BACKOFF_STEPS = 100_000;

/**
 * E[time from a packet's first transmission to its ACK or its giving up], in ms. The k-th timeout T_k expires where k
 * attempts fail: R (1 - f^M) + sum of f^k T_k, k = 1..M. That is R + T f/s for a fixed timeout and R + T f/(1 - 2f) for one
 * that doubles without an end, which is infinite from f = 1/2 on.
 */
export function timePerPacket(losses: Losses, timing: Timing, attempts = Number.POSITIVE_INFINITY): number {
  const f = failure(losses);
  const { rttMs, timeoutMs, backoff, maxTimeoutMs } = timing;
  let timeMs = rttMs * (1 - power(f, attempts));
  if (f === 0) return timeMs;
  if (maxTimeoutMs === Number.POSITIVE_INFINITY && attempts === Number.POSITIVE_INFINITY && backoff > 1) {
    return f * backoff < 1 ? timeMs + (timeoutMs * f) / (1 - f * backoff) : Number.POSITIVE_INFINITY;
  }
  let expiry = timeoutMs;
  let failed = f; // f^k
  let k = 1;
  for (; backoff > 1 && expiry < maxTimeoutMs && k < MAX_BACKOFF_STEPS; k++) {
    if (k > attempts) return timeMs;
    timeMs += failed * expiry;
    failed *= f;
    expiry = Math.min(expiry * backoff, maxTimeoutMs);
  }
  if (k > attempts) return timeMs;
  // From here on all timeouts are equal.
  const left = attempts - k + 1;
  return timeMs + expiry * failed * (f === 1 ? left : (1 - power(f, left)) / (1 - f));
}

/** Expiries in a row after which the timeout has reached its maximum; Infinity where it never does. */
export function stepsToMaxTimeout({ timeoutMs, backoff, maxTimeoutMs }: Timing): number {
  if (backoff === 1) return timeoutMs >= maxTimeoutMs ? 0 : Number.POSITIVE_INFINITY;
  let steps = 0;
  for (let expiry = timeoutMs; expiry < maxTimeoutMs; expiry *= backoff) {
    if (++steps > MAX_BACKOFF_STEPS) return Number.POSITIVE_INFINITY;
  }
  return steps;
}

/** base^exponent for a base from 0 to 1 and a whole exponent from 0 to Infinity, by repeated squaring. */
export function power(base: number, exponent: number): number {
  if (exponent === Number.POSITIVE_INFINITY) return base === 1 ? 1 : 0;
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
