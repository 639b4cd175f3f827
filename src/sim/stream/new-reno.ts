/**
 * Congestion control: slow start, congestion avoidance, fast retransmit and fast recovery (RFC 5681), NewReno's
 * partial acknowledgements (RFC 6582) and limited transmit (RFC 3042). It counts; the sender sends.
 */

/** What the sender has to do about a new acknowledgement: `partial` = retransmit the first unacknowledged segment. */
export type RecoveryStep = "none" | "partial" | "recovered";

const DUPLICATE_ACKS = 3;

export class NewReno {
  /** Congestion window, in bytes. */
  windowBytes: number;
  /** Slow start below it, congestion avoidance from it on. */
  slowStartThresholdBytes = Number.POSITIVE_INFINITY;
  isRecovering = false;
  private readonly segmentBytes: number;
  /** What was sent before the last loss was seen ends here; duplicate ACKs below it tell of no new loss. */
  private recoverSeq = 0;
  private duplicateAcks = 0;
  /** Bytes acknowledged in congestion avoidance since the window last grew. */
  private countedBytes = 0;

  constructor(segmentBytes: number) {
    this.segmentBytes = segmentBytes;
    this.windowBytes = initialWindow(segmentBytes);
  }

  /** RFC 5681, 3.1: after a lost SYN the initial window is one segment. */
  onSynLost(): void {
    this.windowBytes = this.segmentBytes;
  }

  /** RFC 5681, 4.1: after a pause longer than an RTO nothing is known of the path any more. */
  onIdle(): void {
    this.windowBytes = Math.min(this.windowBytes, initialWindow(this.segmentBytes));
  }

  /** What may be sent beyond the window on the first two duplicate ACKs (RFC 3042). */
  get limitedTransmitBytes(): number {
    return this.isRecovering ? 0 : Math.min(this.duplicateAcks, DUPLICATE_ACKS - 1) * this.segmentBytes;
  }

  /** Everything before `ack` is acknowledged, `ackedBytes` of it for the first time; `flightBytes` are still out. */
  onNewAck(ack: number, ackedBytes: number, flightBytes: number): RecoveryStep {
    this.duplicateAcks = 0;
    const { segmentBytes } = this;
    if (this.isRecovering) {
      if (ack >= this.recoverSeq) {
        this.isRecovering = false;
        this.windowBytes = Math.min(this.slowStartThresholdBytes, Math.max(flightBytes, segmentBytes) + segmentBytes);
        return "recovered";
      }
      const deflated = this.windowBytes - ackedBytes + (ackedBytes >= segmentBytes ? segmentBytes : 0);
      this.windowBytes = Math.max(deflated, segmentBytes);
      return "partial";
    }
    if (this.windowBytes < this.slowStartThresholdBytes) {
      this.windowBytes += Math.min(ackedBytes, segmentBytes);
    } else {
      this.countedBytes += ackedBytes;
      if (this.countedBytes >= this.windowBytes) {
        this.countedBytes -= this.windowBytes;
        this.windowBytes += segmentBytes;
      }
    }
    return "none";
  }

  /** A duplicate ACK of `ack`; everything sent ends at `nextSeq`. True = retransmit the first unacknowledged segment. */
  onDuplicateAck(ack: number, nextSeq: number, flightBytes: number): boolean {
    this.duplicateAcks++;
    if (this.isRecovering) {
      this.windowBytes += this.segmentBytes;
      return false;
    }
    if (this.duplicateAcks !== DUPLICATE_ACKS || ack < this.recoverSeq) return false;
    this.reduceThreshold(flightBytes);
    this.windowBytes = this.slowStartThresholdBytes + DUPLICATE_ACKS * this.segmentBytes;
    this.recoverSeq = nextSeq;
    this.isRecovering = true;
    return true;
  }

  /** The retransmission timer ran out; `isFirst` = for the first time since anything new was acknowledged. */
  onTimeout(nextSeq: number, flightBytes: number, isFirst: boolean): void {
    if (isFirst) this.reduceThreshold(flightBytes);
    this.windowBytes = this.segmentBytes;
    this.recoverSeq = nextSeq;
    this.isRecovering = false;
    this.duplicateAcks = 0;
    this.countedBytes = 0;
  }

  /** RFC 5681, equation 4; what limited transmit sent beyond the window does not count. */
  private reduceThreshold(flightBytes: number): void {
    const halfBytes = Math.floor(Math.min(flightBytes, this.windowBytes) / 2);
    this.slowStartThresholdBytes = Math.max(halfBytes, 2 * this.segmentBytes);
    this.countedBytes = 0;
  }
}

/** RFC 5681, 3.1: four segments, fewer where they are large. */
function initialWindow(segmentBytes: number): number {
  if (segmentBytes > 2190) return 2 * segmentBytes;
  return (segmentBytes > 1095 ? 3 : 4) * segmentBytes;
}
