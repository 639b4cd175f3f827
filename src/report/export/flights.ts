/** Packets that are under way, each copy of one by itself, until it arrives or is lost. */

export interface Flight {
  /** Counts all flights of a run, from 1. */
  readonly number: number;
  readonly packetId: number;
  readonly name: string;
  /** The sender's process. */
  readonly process: number;
}

/** Bounded: where more than `maxOpen` are under way, the oldest is given up. */
export class Flights {
  private readonly maxOpen: number;
  /** By flight number, the oldest first. */
  private readonly open = new Map<number, Flight>();
  private readonly byPacket = new Map<number, Flight[]>();
  private count = 0;

  constructor(maxOpen: number) {
    this.maxOpen = maxOpen;
  }

  /** Opens a flight; `onGivenUp` has the one that there is no more room for. */
  start(packetId: number, name: string, process: number, onGivenUp: (flight: Flight) => void): Flight {
    this.count++;
    const flight = { number: this.count, packetId, name, process };
    if (this.open.size >= this.maxOpen) {
      const oldest = this.open.values().next().value!;
      this.close(oldest);
      onGivenUp(oldest);
    }
    this.open.set(flight.number, flight);
    const copies = this.byPacket.get(packetId);
    if (copies === undefined) this.byPacket.set(packetId, [flight]);
    else copies.push(flight);
    return flight;
  }

  /** The packet's flight that is under way and began first: copies cannot be told apart. */
  of(packetId: number): Flight | undefined {
    return this.byPacket.get(packetId)?.[0];
  }

  close(flight: Flight): void {
    this.open.delete(flight.number);
    const rest = (this.byPacket.get(flight.packetId) ?? []).filter((one) => one !== flight);
    if (rest.length === 0) this.byPacket.delete(flight.packetId);
    else this.byPacket.set(flight.packetId, rest);
  }

  /** Those under way, the oldest first. */
  *[Symbol.iterator](): Generator<Flight> {
    yield* [...this.open.values()];
  }
}
