/** The ports that a host's own connections take: from 49152 up (RFC 6335, 6), each in its turn, none twice at a time. */

const FIRST = 49_152;
const LAST = 65_535;

export class EphemeralPorts {
  private next = FIRST;
  private readonly taken = new Set<number>();

  /** The next free port for which `isFree` holds; undefined where there is none. */
  take(isFree: (port: number) => boolean): number | undefined {
    for (let tried = FIRST; tried <= LAST; tried++) {
      const port = this.next;
      this.next = port === LAST ? FIRST : port + 1;
      if (this.taken.has(port) || !isFree(port)) continue;
      this.taken.add(port);
      return port;
    }
    return undefined;
  }

  /** Gives a port back; no-op for one that was not taken. */
  release(port: number): void {
    this.taken.delete(port);
  }

  releaseAll(): void {
    this.taken.clear();
  }
}
