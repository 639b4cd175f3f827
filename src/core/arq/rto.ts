/**
 * The retransmission timeout and the RTT estimate behind it, one estimator for each remote end: the report's formulas
 * (Kurose & Ross: EstimatedRTT first), RFC 6298's (the deviation first), or a fixed timeout.
 */

import type { RttState } from "../../trace/node-trace.ts";
import type { EstimatorName, RtoOptions } from "./options.ts";

const ESTIMATORS: readonly EstimatorName[] = ["report", "rfc6298", "fixed"];

/** All times in ms; NaN where there is no value yet. `fixed` never has an estimate. */
export class RtoEstimator implements RttState {
  private sampleMs = Number.NaN;
  private estimatedMs = Number.NaN;
  private devMs = Number.NaN;
  private timeoutMs: number;
  private readonly options: RtoOptions;

  /** The options are shared, not copied; `validateRtoOptions` tells whether they make sense. */
  constructor(options: RtoOptions) {
    this.options = options;
    this.timeoutMs = this.unbackedTimeoutMs();
  }

  get sampleRttMs(): number {
    return this.sampleMs;
  }

  get estimatedRttMs(): number {
    return this.estimatedMs;
  }

  get devRttMs(): number {
    return this.devMs;
  }

  get timeoutIntervalMs(): number {
    return this.timeoutMs;
  }

  /**
   * One measurement of the round-trip time. The timeout is computed anew, which ends any back-off. Under Karn's rule
   * the caller gives no sample of a packet that was retransmitted. Throws RangeError where the sample is no duration.
   */
  onSample(rttMs: number): void {
    if (!(rttMs >= 0 && rttMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`an RTT sample is a duration in ms, 0 or more, not ${rttMs}`);
    }
    this.sampleMs = rttMs;
    if (this.options.estimator === "fixed") return;
    if (Number.isNaN(this.estimatedMs)) {
      // RFC 6298, 2.2; the report leaves the first sample open.
      this.estimatedMs = rttMs;
      this.devMs = rttMs / 2;
    } else if (this.options.estimator === "report") {
      this.updateEstimate(rttMs);
      this.updateDeviation(rttMs);
    } else {
      // RFC 6298, 2.3: RTTVAR is computed with the SRTT before its update.
      this.updateDeviation(rttMs);
      this.updateEstimate(rttMs);
    }
    this.timeoutMs = this.unbackedTimeoutMs();
  }

  /** The timer ran out: back off (RFC 6298, 5.5), up to `maxMs`. */
  onTimeout(): void {
    this.timeoutMs = Math.min(this.timeoutMs * this.options.backoff, this.options.maxMs);
  }

  /**
   * A packet was acknowledged, which ends the back-off. Under Karn's rule the backed-off timeout of a packet that was
   * retransmitted stays until there is a sample; a fixed timeout learns nothing from samples, so it starts afresh.
   */
  onAcknowledged(wasRetransmitted: boolean): void {
    if (wasRetransmitted && this.options.karn && this.options.estimator !== "fixed") return;
    this.timeoutMs = this.unbackedTimeoutMs();
  }

  /**
   * A message was given up. An estimated timeout stays backed off until there is a sample (RFC 6298, 5.7); a fixed one,
   * which no sample corrects, starts afresh with the next message.
   */
  onGivenUp(): void {
    if (this.options.estimator === "fixed") this.timeoutMs = this.unbackedTimeoutMs();
  }

  private updateEstimate(rttMs: number): void {
    const { alpha } = this.options;
    this.estimatedMs = (1 - alpha) * this.estimatedMs + alpha * rttMs;
  }

  private updateDeviation(rttMs: number): void {
    const { beta } = this.options;
    this.devMs = (1 - beta) * this.devMs + beta * Math.abs(rttMs - this.estimatedMs);
  }

  /** TimeoutInterval without back-off (RFC 6298, 2.1 to 2.5; Kurose & Ross, 3.5.3 with G = 0). */
  private unbackedTimeoutMs(): number {
    const { estimator, initialMs, minMs, maxMs, k, granularityMs } = this.options;
    if (estimator === "fixed") return initialMs;
    const intervalMs = Number.isNaN(this.estimatedMs)
      ? initialMs
      : this.estimatedMs + Math.max(granularityMs, k * this.devMs);
    return Math.min(Math.max(intervalMs, minMs), maxMs);
  }
}

/** An option of the retransmission timeout that makes no sense. */
export class RtoOptionError extends RangeError {
  readonly option: keyof RtoOptions;
  readonly received: unknown;

  constructor(option: keyof RtoOptions, expected: string, received: unknown) {
    super(`rto.${option} is ${expected}, not ${String(received)}: change it in the protocol's options`);
    this.name = "RtoOptionError";
    this.option = option;
    this.received = received;
  }
}

/** Throws RtoOptionError at the first option that is out of its range, alone or against another. */
export function validateRtoOptions(options: RtoOptions): void {
  const check = (option: keyof RtoOptions, holds: boolean, expected: string) => {
    if (!holds) throw new RtoOptionError(option, expected, options[option]);
  };
  const { estimator, initialMs, minMs, maxMs, backoff, karn, alpha, beta, k, granularityMs } = options;
  check("estimator", ESTIMATORS.includes(estimator), `one of ${ESTIMATORS.join(", ")}`);
  check("minMs", minMs > 0 && Number.isFinite(minMs), "a duration above 0 ms");
  check("maxMs", maxMs >= minMs && Number.isFinite(maxMs), `a duration of at least minMs (${minMs} ms)`);
  check("initialMs", initialMs > 0 && initialMs <= maxMs, `a duration above 0 ms and up to maxMs (${maxMs} ms)`);
  check("backoff", backoff >= 1 && Number.isFinite(backoff), "a factor of at least 1 (1 = no back-off)");
  check("karn", typeof karn === "boolean", "true or false");
  check("alpha", alpha > 0 && alpha <= 1, "a weight above 0 and up to 1");
  check("beta", beta > 0 && beta <= 1, "a weight above 0 and up to 1");
  check("k", k >= 0 && Number.isFinite(k), "a number of deviations, 0 or more");
  check("granularityMs", granularityMs >= 0 && Number.isFinite(granularityMs), "a duration of 0 ms or more");
}
