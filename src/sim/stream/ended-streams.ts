/**
 * What is left of streams that ended in order: enough to acknowledge the other end's FIN again, should our last
 * acknowledgement have been lost, and to know a late duplicate of their SYN. This is TIME-WAIT (RFC 9293, 3.6)
 * without its timer: the numbers in incarnation.ts keep old segments out of new connections, so the ports are free at
 * once, and a memory of bounded size is enough. Forgetting is safe too, since it opens a new epoch.
 */

import type { Connection } from "./connection.ts";

export interface EndedStream {
  readonly incarnation: number;
  readonly isResponder: boolean;
  readonly seq: number;
  readonly ack: number;
}

export class EndedStreams {
  private readonly limit: number;
  private readonly byKey = new Map<string, EndedStream>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: string): EndedStream | undefined {
    return this.byKey.get(key);
  }

  /** Remembers an ended stream; true where that made it forget another. */
  remember(key: string, connection: Connection): boolean {
    const { incarnation, isResponder } = connection;
    this.byKey.delete(key);
    this.byKey.set(key, { incarnation, isResponder, ...connection.nextSeqs });
    if (this.byKey.size <= this.limit) return false;
    for (const oldest of this.byKey.keys()) {
      this.byKey.delete(oldest);
      break;
    }
    return true;
  }

  clear(): void {
    this.byKey.clear();
  }
}
