/** Outcomes that end a one-shot command, as errors with the exit codes of the contract: 1 the answer is no, 3 there is none. */

import type { LookupOutcome, RequestFailure, ViewOutcome } from "../../core/peer/outcomes.ts";
import type { Endpoint } from "../../core/transport.ts";
import { readableDuration } from "../../report/text.ts";
import { CliError } from "../exit-codes.ts";

/** Why a look-up or a view gave no result. */
export function requestError(
  outcome: Exclude<LookupOutcome | ViewOutcome, { readonly status: "found" | "listed" }>,
  directory: Endpoint,
  timeoutMs: number,
): CliError {
  if (outcome.status === "error") return new CliError("refused", `${outcome.code} ${outcome.text}`);
  const { reason, hint } = outcome;
  if (reason === "bad-name") return new CliError("usage", "no file can have this name: give 1 to 255 bytes of text");
  const failure = FAILURES[reason](directory.key, readableDuration(timeoutMs));
  return new CliError("runtime", hint === undefined ? failure : `${failure}; ${hint}`);
}

const FAILURES: Readonly<Record<Exclude<RequestFailure, "bad-name">, (directory: string, timeout: string) => string>> =
  {
    "given-up": (directory) => `the directory ${directory} does not answer: check its address, and that it runs`,
    "no-answer": (directory, timeout) =>
      `no answer from the directory ${directory} within ${timeout}: check its address, and that it runs`,
    "bad-answer": (directory) => `the answer of ${directory} makes no sense: check that a directory listens there`,
    "queue-full": (directory) => `too many questions to ${directory} at once`,
    stopped: (directory) => `stopped before ${directory} answered`,
  };
