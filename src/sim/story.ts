/**
 * What became of the transmissions of a packet, as only the simulator can know it: so that a retransmission can be
 * called necessary (everything sent so far was lost) or spurious (only late, or only the ACK was lost).
 *
 * One byte per first transmission in a ring: bits 0-3 count copies still under way, bits 6 and 7 ACKs that were not
 * lost, the rest are flags. A story that was overwritten by one `CAPACITY` packet ids younger is unknown.
 */

const CAPACITY = 1 << 18;
/** The ring begins small, for short runs, and grows with the packet ids: until it is whole, nothing is overwritten. */
const INITIAL_CAPACITY = 1 << 10;
const UNDER_WAY = 0x0f;
const REACHED = 0x10;
const ACK_LOST = 0x20;
/** ACKs sent and not lost: a count in the two highest bits. */
const ONE_ACK = 0x40;
const ACKS = 0xc0;

/** Why a packet was sent again. The texts are the notes of the `send` event. */
export const RETRANSMISSION_NOTES = {
  necessary: "necessary: data lost",
  ackLost: "spurious: ACK lost",
  late: "spurious: late",
  unknown: "retransmission",
} as const;
export type Retransmission = keyof typeof RETRANSMISSION_NOTES;

export class Stories {
  private flags: Uint8Array | undefined;
  private owners: Float64Array | undefined;
  private capacity = INITIAL_CAPACITY;

  /** A copy of the packet that was first sent as `id` goes out. */
  sent(id: number): void {
    if (this.owners === undefined || (id >= this.capacity && this.capacity < CAPACITY)) this.grow(id);
    const flags = this.flags as Uint8Array;
    const owners = this.owners as Float64Array;
    const at = id & (this.capacity - 1);
    if (owners[at] !== id) {
      if ((owners[at] as number) > id) return;
      owners[at] = id;
      flags[at] = 0;
    }
    const now = flags[at] as number;
    if ((now & UNDER_WAY) < UNDER_WAY) flags[at] = now + 1;
  }

  /** A copy was lost on the way. */
  lost(id: number): void {
    const at = this.find(id);
    if (at >= 0 && (this.get(at) & UNDER_WAY) > 0) this.set(at, this.get(at) - 1);
  }

  /** A copy reached its receiver. */
  reached(id: number): void {
    const at = this.find(id);
    if (at < 0) return;
    if ((this.get(at) & UNDER_WAY) > 0) this.set(at, this.get(at) - 1);
    this.set(at, this.get(at) | REACHED);
  }

  /** An ACK of it goes out. */
  acknowledged(id: number): void {
    const at = this.find(id);
    if (at >= 0 && (this.get(at) & ACKS) < ACKS) this.set(at, this.get(at) + ONE_ACK);
  }

  /** An ACK of it was lost. */
  ackLost(id: number): void {
    const at = this.find(id);
    if (at < 0) return;
    if ((this.get(at) & ACKS) > 0) this.set(at, this.get(at) - ONE_ACK);
    this.set(at, this.get(at) | ACK_LOST);
  }

  /** The packet that was first sent as `id` is about to be sent again: was that needed? */
  judge(id: number): Retransmission {
    const at = this.find(id);
    if (at < 0) return "unknown";
    const flags = this.get(at);
    if ((flags & REACHED) !== 0) return (flags & ACKS) === 0 && (flags & ACK_LOST) !== 0 ? "ackLost" : "late";
    return (flags & UNDER_WAY) > 0 ? "late" : "necessary";
  }

  /** To a power of two above `id`. All ids so far are below the old capacity, so that each keeps its place. */
  private grow(id: number): void {
    while (this.capacity <= id && this.capacity < CAPACITY) this.capacity *= 2;
    const flags = new Uint8Array(this.capacity);
    const owners = new Float64Array(this.capacity);
    if (this.flags !== undefined) flags.set(this.flags);
    if (this.owners !== undefined) owners.set(this.owners);
    this.flags = flags;
    this.owners = owners;
  }

  private find(id: number): number {
    const at = id & (this.capacity - 1);
    return this.owners !== undefined && this.owners[at] === id ? at : -1;
  }

  private get(at: number): number {
    return (this.flags as Uint8Array)[at] as number;
  }

  private set(at: number, value: number): void {
    (this.flags as Uint8Array)[at] = value;
  }
}
