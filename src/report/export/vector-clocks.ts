/**
 * Vector clocks of the hosts of a trace (Fidge 1988, Mattern 1989): every event counts one up at its host, and a
 * delivery first takes over what its packet's sender knew when it sent it. One event happened before another if and only
 * if its clock is smaller in one component and larger in none.
 */

/** Host -> events of that host that are known. A host that is missing has 0. */
export type VectorClock = ReadonlyMap<string, number>;

interface UnderWay {
  readonly clock: VectorClock;
  /** Copies whose fate is open. */
  copies: number;
}

export class VectorClocks {
  private readonly clocks = new Map<string, Map<string, number>>();
  /** What is on its way, by packet id, with its sender's clock at the sending. */
  private readonly underWay = new Map<number, UnderWay>();

  /** Something happens at a host: its clock from then on. It changes with the host's next event. */
  tick(host: string): VectorClock {
    const clock = this.clocks.get(host) ?? new Map<string, number>();
    this.clocks.set(host, clock);
    clock.set(host, (clock.get(host) ?? 0) + 1);
    return clock;
  }

  send(host: string, packetId: number): VectorClock {
    const clock = this.tick(host);
    if (packetId !== 0) this.underWay.set(packetId, { clock: new Map(clock), copies: 1 });
    return clock;
  }

  /** A rule of the network makes another copy; its sender's trace has it. */
  duplicate(host: string, packetId: number): VectorClock {
    const known = this.underWay.get(packetId);
    if (known !== undefined) known.copies++;
    return this.tick(host);
  }

  /** A copy is lost: nobody learns of what its sender knew. */
  drop(host: string, packetId: number): VectorClock {
    this.end(packetId);
    return this.tick(host);
  }

  deliver(host: string, packetId: number): VectorClock {
    const sent = this.end(packetId);
    const clock = this.tick(host);
    for (const [other, count] of sent ?? []) {
      // Its own part in what comes back cannot be ahead of itself.
      if (count > (clock.get(other) ?? 0)) (clock as Map<string, number>).set(other, count);
    }
    return clock;
  }

  private end(packetId: number): VectorClock | undefined {
    const known = this.underWay.get(packetId);
    if (known === undefined) return undefined;
    known.copies--;
    if (known.copies === 0) this.underWay.delete(packetId);
    return known.clock;
  }
}
