/**
 * Numbers that tell connections apart which use the same pair of ports one after the other. They do here what
 * clock-driven initial sequence numbers do in TCP (RFC 9293, 3.4.1), without its odds. A connection's number has two
 * parts:
 *
 * - the connector's: it counts the connections that a host opens, and never goes back, not even by a crash;
 * - the responder's: its epoch, which moves on whenever the host forgets about old connections. The SYN does not have
 *   it yet. Without it, late duplicates of a SYN, of its ACK and of the data behind them would make a restarted host
 *   hear an old connection again.
 */

/** The connector's part is below it, the epoch counts it. Both together stay exact in a double. */
const EPOCH_UNIT = 2 ** 32;
const EPOCHS = 2 ** 20;

/** The number of connection `count` (from 1) of its connector, in the responder's epoch (from 0). */
export function incarnationOf(count: number, epoch: number): number {
  if (count >= EPOCH_UNIT) throw new RangeError(`a host opens at most ${EPOCH_UNIT - 1} streams in a run`);
  return (epoch % EPOCHS) * EPOCH_UNIT + count;
}

/** Which connection of its connector this is, from 1: later ones have larger numbers. */
export function connectorPart(incarnation: number): number {
  return incarnation % EPOCH_UNIT;
}
