/**
 * Writes to a part, one after another in the order in which they were asked for, from buffers of 1 MiB that collect what
 * comes in smaller pieces. Memory is bounded: beyond `MAX_WAITING` full buffers the caller is asked to wait.
 */

import { write } from "node:fs";
import { promisify } from "node:util";

const writeAt = promisify(write);

export const BUFFER_BYTES = 1 << 20;
/** Full buffers that may wait for the disk. */
const MAX_WAITING = 8;
/** Runs of bytes that may be collected side by side: one for each source. */
const MAX_OPEN = 16;

interface Run {
  readonly from: number;
  readonly buffer: Buffer;
  bytes: number;
}

type Job = { readonly run: Run } | { readonly task: () => Promise<void> };

export interface WriterUser {
  /** The next bytes go to the disk, in the order of the writes; nothing waits for this. */
  onQueued(from: number, bytes: Buffer): void;
  onWritten(from: number, to: number): void;
  /** A write failed; those that waited are dropped. */
  onError(error: unknown): void;
  /** Nothing waits: there is time for something else; true where something was done. */
  onIdle(): Promise<boolean>;
  onDrain(): void;
}

export class PartWriter {
  private readonly fd: number;
  private readonly user: WriterUser;
  /** By the position at which each would go on. */
  private readonly open = new Map<number, Run>();
  private readonly free: Buffer[] = [];
  private jobs: Job[] = [];
  private waiting = 0;
  private isWorking = false;
  private isBlocked = false;

  constructor(fd: number, user: WriterUser) {
    this.fd = fd;
    this.user = user;
  }

  /** Copies the bytes; false asks to wait for `onDrain`. */
  write(at: number, bytes: Uint8Array): boolean {
    for (let done = 0; done < bytes.length; ) {
      const from = at + done;
      const run = this.open.get(from) ?? this.begin(from);
      const piece = bytes.subarray(done, done + BUFFER_BYTES - run.bytes);
      run.buffer.set(piece, run.bytes);
      run.bytes += piece.length;
      done += piece.length;
      this.open.delete(from);
      if (run.bytes === BUFFER_BYTES) this.enqueue(run);
      else this.open.set(from + piece.length, run);
    }
    this.isBlocked = this.waiting >= MAX_WAITING;
    return !this.isBlocked;
  }

  /** Sends everything that is collected on its way. */
  flush(): void {
    for (const run of this.open.values()) this.enqueue(run);
    this.open.clear();
  }

  /** Runs a task behind all writes until now. It must not throw. */
  after(task: () => Promise<void>): void {
    this.jobs.push({ task });
    this.work();
  }

  /** Forgets what has not been written. Tasks stay. */
  drop(): void {
    for (const run of this.open.values()) this.free.push(run.buffer);
    this.open.clear();
    for (const job of this.jobs) {
      if ("run" in job) this.recycle(job.run);
    }
    this.jobs = this.jobs.filter((job) => "task" in job);
  }

  /** Looks for something to do where nothing waits. */
  work(): void {
    if (this.isWorking) return;
    this.isWorking = true;
    void this.loop().finally(() => {
      this.isWorking = false;
      if (this.jobs.length > 0) this.work();
    });
  }

  private begin(from: number): Run {
    if (this.open.size >= MAX_OPEN) {
      const [position, oldest] = this.open.entries().next().value!;
      this.open.delete(position);
      this.enqueue(oldest);
    }
    return { from, buffer: this.free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES), bytes: 0 };
  }

  private enqueue(run: Run): void {
    this.waiting++;
    this.user.onQueued(run.from, run.buffer.subarray(0, run.bytes));
    this.jobs.push({ run });
    this.work();
  }

  private async loop(): Promise<void> {
    for (;;) {
      const job = this.jobs.shift();
      if (job === undefined) {
        if (!(await this.user.onIdle())) return;
      } else if ("task" in job) await job.task();
      else await this.writeOut(job.run);
    }
  }

  private async writeOut(run: Run): Promise<void> {
    try {
      for (let done = 0; done < run.bytes; ) {
        const { bytesWritten } = await writeAt(this.fd, run.buffer, done, run.bytes - done, run.from + done);
        done += bytesWritten;
      }
      this.user.onWritten(run.from, run.from + run.bytes);
    } catch (error) {
      this.drop();
      this.user.onError(error);
    } finally {
      this.recycle(run);
    }
    if (this.isBlocked && this.waiting <= MAX_WAITING / 2) {
      this.isBlocked = false;
      this.user.onDrain();
    }
  }

  private recycle(run: Run): void {
    this.waiting--;
    if (this.free.length < MAX_WAITING) this.free.push(run.buffer);
  }
}
