/** How a command ends: the exit codes are a contract, the same with and without --json. */

import type { Problem } from "../scenario/problems.ts";

export const ExitCode = {
  /** All expectations hold. */
  passed: 0,
  /** An expectation failed, or the answer to a question is no. */
  failed: 1,
  /** Bad usage, or a bad scenario file. */
  badInput: 2,
  /** A runtime or network failure: a disk that is full, an address that is taken. */
  runtime: 3,
  /** Ctrl-C, or whoever else ends the process in order (SIGTERM, SIGHUP). */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** `refused`: somebody answered, and the answer is no (nobody has the file, a peer does not give it). */
export type FailureKind = "usage" | "bad-scenario" | "refused" | "runtime" | "interrupted";

const EXIT_CODES: Readonly<Record<FailureKind, ExitCode>> = {
  usage: ExitCode.badInput,
  "bad-scenario": ExitCode.badInput,
  refused: ExitCode.failed,
  runtime: ExitCode.runtime,
  interrupted: ExitCode.interrupted,
};

/** Why a command could not do what it was asked. The message is for people: what went wrong, and what to do. */
export class CliError extends Error {
  readonly kind: FailureKind;
  /** What is wrong with scenario files, one by one. */
  readonly problems: readonly Problem[];

  constructor(kind: FailureKind, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = "CliError";
    this.kind = kind;
    this.problems = problems;
  }

  get exitCode(): ExitCode {
    return EXIT_CODES[this.kind];
  }
}

/** The `error` of a --json document. */
export interface ErrorDocument {
  readonly kind: FailureKind;
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly problems: readonly Problem[];
}

export function errorDocument(error: CliError): ErrorDocument {
  return { kind: error.kind, exitCode: error.exitCode, message: error.message, problems: error.problems };
}
