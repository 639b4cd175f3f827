/**
 * What the closed forms say about a cell of a sweep: the expected value of a metric, or why there is none. A form is
 * given only where it is exact for what was measured, the mean over runs; where it is so only for ever longer runs, it
 * is left out, with the reason.
 */

import type { Analysis, BareTransfer } from "./bare-transfer.ts";
import {
  duplicates,
  failure,
  messageGivenUp,
  packetGivenUp,
  packetsAttempted,
  power,
  stepsToMaxTimeout,
  timePerPacket,
  transmissions,
} from "./closed-forms.ts";

export type Theory =
  | {
      readonly applies: true;
      readonly value: number;
      /**
       * Random events in all runs of the cell that the metric lives on (retransmissions, messages given up), as
       * expected; 0: nothing is left to chance.
       */
      readonly events: number;
      /** The mean of the inverses is compared: the metric is a constant over a sum. */
      readonly inverse: boolean;
    }
  | { readonly applies: false; readonly reason: string };

/** Less than so many expected of what a form leaves out: it may be left out. */
const NEGLIGIBLE = 1e-3;

type Form = (cell: TheoryCell) => Theory;

/** A bare transfer, and how often it is run. */
interface TheoryCell extends BareTransfer {
  readonly runs: number;
  /** Is some message to be given up in these runs? A limit that is never reached is none. */
  readonly isLimited: boolean;
  /** Packets of a message that are sent at all, as expected. */
  readonly attemptedPerMessage: number;
}

/** The closed form of a metric, by its name, for `runs` runs of a scenario. */
export function theoryOf(metric: string, analysis: Analysis, runs: number): Theory {
  const form = Object.hasOwn(FORMS, metric) ? FORMS[metric] : undefined;
  if (form === undefined) return refuse("there is no closed form of this metric");
  if (!analysis.ok) return refuse(analysis.reason);
  const { losses, attempts, messages, packets } = analysis.transfer;
  const givenUp = packetGivenUp(losses, attempts);
  return form({
    ...analysis.transfer,
    runs,
    isLimited: givenUp * messages * packets * runs >= NEGLIGIBLE,
    attemptedPerMessage: packetsAttempted(losses, attempts, packets),
  });
}

/** Metrics that have a closed form. */
export function hasClosedForm(metric: string): boolean {
  return Object.hasOwn(FORMS, metric);
}

const FORMS: Readonly<Record<string, Form>> = {
  transmissionsPerPacket: (cell) =>
    perPacket(cell) ?? given(transmissions(cell.losses, cell.attempts), chance(retransmitted(cell), cell)),
  retransmissions: (cell) => given(retransmitted(cell) / cell.runs, chance(retransmitted(cell), cell)),
  timePerPacket: (cell) => perPacket(cell) ?? given(meanTimeMs(cell), backedOff(cell)),
  meanMessageTime: (cell) => {
    if (cell.isLimited && !cell.sameRtt) {
      return refuse("packets differ in their RTT, and a message that is given up leaves out the last ones");
    }
    return given(cell.attemptedPerMessage * meanTimeMs(cell), backedOff(cell));
  },
  giveUpRate: (cell) => given(givenUpShare(cell), givenUpEvents(cell)),
  messagesGivenUp: (cell) => given(cell.messages * givenUpShare(cell), givenUpEvents(cell)),
  duplicatesPerPacket: (cell) =>
    perPacket(cell) ?? late(cell) ?? given(repeated(cell), packetsIn(cell) * repeated(cell)),
  duplicatesReceived: (cell) => {
    const perRun = (packetsIn(cell) * repeated(cell)) / cell.runs;
    return late(cell) ?? given(perRun, perRun * cell.runs);
  },
  goodput: (cell) => unlimited(cell) ?? given(goodput(cell), backedOff(cell), true),
  utilisation: (cell) => {
    if (cell.rateBitsPerSecond === Number.POSITIVE_INFINITY) return refuse("the link has no rate");
    return unlimited(cell) ?? given(goodput(cell) / cell.rateBitsPerSecond, backedOff(cell), true);
  },
};

function refuse(reason: string): Theory {
  return { applies: false, reason };
}

function given(value: number, events: number, inverse = false): Theory {
  return { applies: true, value, events, inverse };
}

/** A quotient with a random denominator: its mean over runs is not the quotient of the means. */
function perPacket({ isLimited, packets }: TheoryCell): Theory | undefined {
  if (!isLimited || packets === 1) return undefined;
  return refuse(
    "messages of several packets may be given up, which makes the number of packets random (attempts: unlimited, or packets: 1)",
  );
}

function unlimited({ isLimited }: TheoryCell): Theory | undefined {
  return isLimited
    ? refuse("messages may be given up, and goodput counts those delivered (attempts: unlimited)")
    : undefined;
}

/** Packets sent at all, in all runs. */
function packetsIn({ messages, attemptedPerMessage, runs }: TheoryCell): number {
  return messages * attemptedPerMessage * runs;
}

/** Packets acknowledged in all runs. */
function acknowledged(cell: TheoryCell): number {
  return packetsIn(cell) * (1 - packetGivenUp(cell.losses, cell.attempts));
}

/** Timeouts that expire in all runs: one for each attempt that fails. */
function expired(cell: TheoryCell): number {
  return packetsIn(cell) * transmissions(cell.losses, cell.attempts) - acknowledged(cell);
}

/** Events of a kind, or the packets that are spared it for good where those are the rarer: what chance is about. */
function chance(events: number, cell: TheoryCell): number {
  return Math.min(events, acknowledged(cell));
}

/** Retransmissions in all runs. */
function retransmitted(cell: TheoryCell): number {
  return packetsIn(cell) * (transmissions(cell.losses, cell.attempts) - 1);
}

function meanTimeMs({ losses, timing, attempts }: TheoryCell): number {
  return timePerPacket(losses, timing, attempts);
}

function goodput(cell: TheoryCell): number {
  return (cell.payloadBytesPerPacket * 8 * 1000) / meanTimeMs(cell);
}

/**
 * Events that the time of packets lives on. From backoff^2 f = 1 on, its variance comes from the longest back-offs alone
 * (without an end of the back-off it has none): then it is those that must have been seen.
 */
function backedOff(cell: TheoryCell): number {
  const { losses, timing, attempts } = cell;
  const f = failure(losses);
  if (timing.backoff * timing.backoff * f < 1) return chance(expired(cell), cell);
  return chance(packetsIn(cell) * power(f, Math.min(stepsToMaxTimeout(timing) + 1, attempts)), cell);
}

function givenUpShare({ losses, attempts, packets }: TheoryCell): number {
  return messageGivenUp(losses, attempts, packets);
}

function givenUpEvents(cell: TheoryCell): number {
  const share = givenUpShare(cell);
  return cell.messages * cell.runs * Math.min(share, 1 - share);
}

function repeated({ losses, attempts }: TheoryCell): number {
  return duplicates(losses, attempts);
}

const MAX_ATTEMPTS_LOOKED_AT = 1000;

/**
 * A copy of a message's last packet that comes when the receiver has forgotten the one before is taken for a new
 * message: is any to be expected?
 */
function late({
  losses: { p, q },
  losses,
  timing,
  attempts,
  messages,
  runs,
  rememberedMs,
}: TheoryCell): Theory | undefined {
  const f = failure(losses);
  const expiriesMs = expiries(timing);
  let expected = 0;
  const last = Math.min(attempts, MAX_ATTEMPTS_LOOKED_AT);
  for (let k = 1; k < last; k++) {
    // Attempt k arrives, its ACK is lost, and so are all data packets until the window is over.
    const reached = power(f, k - 1) * (1 - p) * q * messages * runs;
    if (reached < NEGLIGIBLE * NEGLIGIBLE) break;
    let gapMs = expiriesMs[k] as number;
    let lost = 0;
    while (gapMs <= rememberedMs && lost < MAX_ATTEMPTS_LOOKED_AT) gapMs += expiriesMs[k + ++lost] as number;
    expected += reached * power(p, lost);
  }
  if (expected < 0.1) return undefined;
  return refuse(
    "copies of a packet may come after the receiver has forgotten the first (protocol.duplicateWindow, exchangeLifetime on the hardened wire), and then pass for a new message",
  );
}

/** The timeouts of one packet's attempts, from 1 on. */
function expiries({ timeoutMs, backoff, maxTimeoutMs }: BareTransfer["timing"]): number[] {
  const result = [Number.NaN, timeoutMs];
  while (result.length <= 2 * MAX_ATTEMPTS_LOOKED_AT) {
    result.push(Math.min((result[result.length - 1] as number) * backoff, maxTimeoutMs));
  }
  return result;
}
