/** Links: how long packets travel, and what becomes of them; as a scenario writes it and as the simulated network takes it. */

import { z } from "zod";
import type { LinkOptions } from "../../faults/options.ts";
import { expects, issueText } from "../issue-text.ts";
import { PERCENTAGE, SIZE } from "../units.ts";
import { delay } from "./delay.ts";
import {
  duration,
  expectsQuantity,
  given,
  hostSet,
  MAX_DATAGRAM_BYTES,
  probability,
  rate,
  size,
  whole,
} from "./values.ts";

const MIN_DATAGRAM_BYTES = 64;

const gilbertElliott = z
  .strictObject({
    p: probability.describe("P(good to bad), per step."),
    r: probability.describe("P(bad to good), per step. The mean burst lasts 1/r steps."),
    lossGood: probability.prefault(0).describe("Loss probability in the good state."),
    lossBad: probability.prefault(1).describe("Loss probability in the bad state."),
    step: z
      .union([z.literal("packet"), duration.refine((ms) => ms > 0, { error: expects("a step longer than 0") })], {
        error: expects("`packet`, or the length of a time slot such as 10ms"),
      })
      .prefault("packet")
      .describe(
        "When the state may change: at each packet of the link (the textbook's form), or at each slot of time.",
      ),
  })
  .transform(({ step, ...channel }) => ({
    ...channel,
    step: step === "packet" ? ("packet" as const) : { slotMs: step },
  }));

const loss = z
  .union(
    [
      probability.transform((independent) => ({ loss: independent, gilbertElliott: undefined })),
      z
        .strictObject({
          independent: probability
            .optional()
            .describe("Each packet is lost with this probability, whatever became of others."),
          gilbertElliott: gilbertElliott.optional().describe("Bursts: a channel with a good and a bad state."),
        })
        .meta({ minProperties: 1 })
        .refine((loss) => loss.independent !== undefined || loss.gilbertElliott !== undefined, {
          error: expects("{ independent: 0.1 } or { gilbertElliott: { p: 0.03, r: 0.3 } }"),
        })
        .transform((loss) => ({ loss: loss.independent ?? 0, gilbertElliott: loss.gilbertElliott })),
    ],
    {
      error: expectsQuantity(
        PERCENTAGE,
        "a probability from 0 to 1 (or 0% to 100%), or { gilbertElliott: { p: 0.03, r: 0.3 } }",
      ),
    },
  )
  .meta({ id: "Loss" });

const queue = z
  .union([whole(1).transform((packets) => ({ packets })), size(1).transform((bytes) => ({ bytes }))], {
    error: expectsQuantity(SIZE, "a number of packets, such as 50, or a size, such as 64KiB"),
  })
  .meta({ "x-value": "whole number (packets) or size", examples: [50, "64KiB"] });

/** The options of one direction of a link, as a scenario writes them. */
export const linkShape = {
  delay: delay
    .optional()
    .describe("How long a packet travels: a duration, or a distribution of durations. Default 0s."),
  keepOrder: z
    .boolean()
    .optional()
    .describe("`true`: a packet never overtakes an earlier one on the same link and direction. Default false."),
  loss: loss
    .optional()
    .describe("How packets are lost: the probability of independent loss, or bursts (Gilbert-Elliott). Default 0."),
  duplicate: probability.optional().describe("Probability that a packet arrives twice. Default 0."),
  corrupt: probability
    .optional()
    .describe(
      "Probability that one random bit of a packet is flipped. A segment of a byte stream then fails its checksum and is dropped. Default 0.",
    ),
  rate: rate.optional().describe("Transmission rate of the link. Default `unlimited`."),
  queue: queue
    .optional()
    .describe(
      "Drop-tail queue in front of the link: what waits or is being sent beyond this is dropped. Needs `rate`. Default: no limit.",
    ),
  maxDatagram: size(MIN_DATAGRAM_BYTES, MAX_DATAGRAM_BYTES)
    .optional()
    .describe(`Larger datagrams are dropped; segments of byte streams are cut to fit. Default ${MAX_DATAGRAM_BYTES}B.`),
};

/** Link options among other keys, which are let pass. */
export const linkOptionsSchema = z.object(linkShape);
type WrittenLink = z.output<typeof linkOptionsSchema>;

/** Written link options as the simulated network takes them; what is not given stays absent. */
export function toLinkOptions(link: WrittenLink): Partial<LinkOptions> {
  return {
    ...given({
      delay: link.delay,
      keepOrder: link.keepOrder,
      duplicate: link.duplicate,
      corrupt: link.corrupt,
      rateBitsPerSecond: link.rate,
      queue: link.queue,
      maxDatagramBytes: link.maxDatagram,
    }),
    ...link.loss,
  };
}

/** Which links: from hosts to hosts, one way or both. Names are as written: hosts, groups of hosts, `*`. */
export interface Ends {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly twoWay: boolean;
}

export const endsShape = {
  between: z
    .tuple([hostSet, hostSet], { error: expects("a list of the two ends, such as [H1, H2] or [[H1], [H2, H3]]") })
    .optional()
    .describe("The two ends, both directions: each a host, a list of hosts, or `*`."),
  from: hostSet.optional().describe("One direction only: the sending end. Default `*`."),
  to: hostSet.optional().describe("One direction only: the receiving end. Default `*`."),
};

interface WrittenEnds {
  readonly between?: readonly [readonly string[], readonly string[]] | undefined;
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
}

export function hasOneKindOfEnds(written: WrittenEnds): boolean {
  return (written.between === undefined) !== (written.from === undefined && written.to === undefined);
}

export const endsError = {
  error: () => issueText({ message: "give either `between` (both directions), or `from` and `to` (one direction)" }),
};

export function toEnds({ between, from = ["*"], to = ["*"] }: WrittenEnds): Ends {
  return between ? { from: between[0], to: between[1], twoWay: true } : { from, to, twoWay: false };
}

/** One item of `links`. */
export const linkSchema = z
  .strictObject({ ...endsShape, ...linkShape })
  .refine(hasOneKindOfEnds, endsError)
  .transform((written) => ({ ends: toEnds(written), options: toLinkOptions(written) }));
export type WrittenLinkOverride = z.output<typeof linkSchema>;
