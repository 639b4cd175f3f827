/** trace.pcapng of a run, filled as the run goes. */

import type { CaptureSink } from "../sim/capture.ts";
import { WALL_CLOCK_START_MS } from "../sim/host.ts";
import { CHUNK_BYTES } from "../trace/csv/chunk-buffer.ts";
import { CaptureFile, DEFAULT_CAPTURE_BYTES, type RecordedPacket } from "../trace/pcapng/capture-file.ts";

/** An open file. */
interface Output {
  write(bytes: Uint8Array): void;
  /** Writes over what is there, from byte `position` on. */
  writeAt(position: number, bytes: Uint8Array): void;
}

export class RunCapture implements CaptureSink {
  private readonly output: Output;
  private readonly blocks: Chunks;
  private readonly file: CaptureFile;

  constructor(output: Output, title: string) {
    this.output = output;
    this.blocks = new Chunks(output);
    const options = { title, startMs: WALL_CLOCK_START_MS, maxBytes: DEFAULT_CAPTURE_BYTES };
    this.file = new CaptureFile((block) => this.blocks.add(block), options);
  }

  add(packet: RecordedPacket): void {
    this.file.add(packet);
  }

  /** Writes out what is left. */
  end(): void {
    this.file.end();
    this.blocks.flush();
  }

  /** The trace hash goes into the header, now that it is known. */
  writeTraceHash(traceHash: string): void {
    this.output.writeAt(0, this.file.header(traceHash));
  }
}

/** Gathers small pieces into large writes. */
class Chunks {
  private readonly buffer = new Uint8Array(CHUNK_BYTES);
  private readonly output: Output;
  private length = 0;

  constructor(output: Output) {
    this.output = output;
  }

  add(piece: Uint8Array): void {
    if (this.length + piece.length > CHUNK_BYTES) this.flush();
    if (piece.length > CHUNK_BYTES) {
      this.output.write(piece);
      return;
    }
    this.buffer.set(piece, this.length);
    this.length += piece.length;
  }

  flush(): void {
    this.output.write(this.buffer.subarray(0, this.length));
    this.length = 0;
  }
}
