/**
 * A lesson: what to read, what to predict, what to run and what to see, step by step. One file is the source of the page in
 * docs/lessons and of `peerlab lesson`.
 */

import { z } from "zod";
import { METRIC_NAMES, type MetricName } from "../scenario/expect/metrics/catalogue.ts";
import { expects } from "../scenario/issue-text.ts";
import { duration, number, whole } from "../scenario/schema/values.ts";
import { EVENT_KINDS, RTT_COLUMNS } from "../trace/events.ts";

/** Columns of rtt.csv that hold a duration. */
const ROW_FIGURES = RTT_COLUMNS.filter((column) => column.endsWith("_ms") && column !== "time_ms");
type RowFigure = "sample_rtt_ms" | "estimated_rtt_ms" | "dev_rtt_ms" | "timeout_interval_ms";

const markdown = z.string({ error: expects("a text, in Markdown") }).min(1);
const metric = z.enum(METRIC_NAMES as [MetricName, ...MetricName[]]);
const rowNumber = whole(1, 1_000_000);
/** Rows shown at once: more are for a file. */
const MAX_ROWS = 200;

const rows = z
  .strictObject({
    from: rowNumber.describe("The first row, from 1."),
    to: rowNumber.describe("The last row."),
  })
  .refine(({ from, to }) => to >= from, { error: expects("a last row that is not before the first") })
  .refine(({ from, to }) => to - from < MAX_ROWS, { error: expects(`at most ${MAX_ROWS} rows`) });

const event = z.strictObject({
  event: z.enum(EVENT_KINDS).describe("The kind of event."),
  node: z.string({ error: expects("a host's name") }).optional(),
  type: z.string({ error: expects("a message type such as UPDATE") }).optional(),
  note: z.string({ error: expects("a part of the event's note") }).optional(),
  after: duration.optional().describe("The first one at or after this time."),
});

const predict = z
  .strictObject({
    question: markdown.describe(
      "What to predict, before the run; `{row 5 sample_rtt_ms}` stands for a figure of rtt.csv.",
    ),
    given: rows.optional().describe("Rows of rtt.csv to predict from."),
    metric: metric.optional().describe("The metric that answers it."),
    row: rowNumber.optional().describe("Or the row of rtt.csv that does ..."),
    column: z
      .enum(ROW_FIGURES as [RowFigure, ...RowFigure[]])
      .optional()
      .describe("... and its column."),
    event: event.optional().describe("Or the first event that does: its time is the answer."),
    within: number({ min: 0, max: 1 }, "a share from 0 to 1")
      .prefault(0.05)
      .describe("How far off a prediction may be and still count as right, as a share of the answer."),
    because: markdown.describe("Why it is so; shown with the answer."),
  })
  .refine(
    ({ metric, row, column, event }) => {
      const asked = [metric !== undefined, row !== undefined && column !== undefined, event !== undefined];
      return (row === undefined) === (column === undefined) && asked.filter(Boolean).length === 1;
    },
    { error: expects("one of: a metric, a row and a column of rtt.csv, an event") },
  );

const run = z
  .strictObject({
    scenario: z.string({ error: expects("the path of a scenario file, from the lesson's folder") }).min(1),
    set: z.array(z.string({ error: expects("an assignment such as network.loss=0.3") })).prefault([]),
    show: z
      .array(z.enum(["charts", "verdicts"]))
      .prefault([])
      .describe("What of the run's output to show."),
    figures: z.array(metric).prefault([]).describe("Metrics to show."),
    rows: rows.optional().describe("Rows of rtt.csv to show."),
    picture: z.enum(["ladder", "charts"]).optional().describe("The picture of the run to look at, from reports/."),
    predict: predict.optional(),
  })
  .refine(({ set, picture }) => picture === undefined || set.length === 0, {
    error: expects("no picture where values are set: reports/ has the scenario's own"),
  });

const step = z.union(
  [
    z.strictObject({ text: markdown }),
    z.strictObject({ run }),
    z.strictObject({ ask: markdown.describe("A question to think about."), answer: markdown.describe("In a fold.") }),
  ],
  { error: expects("a step: { text }, { run } or { ask, answer }") },
);

export const lessonSchema = z.strictObject({
  title: z.string({ error: expects("a title") }).min(1),
  minutes: whole(1, 120),
  steps: z.array(step).min(1),
});

export type Lesson = z.output<typeof lessonSchema> & {
  /** The file that it was read from, as its path was given. */
  readonly file: string;
};
export type Step = Lesson["steps"][number];
export type Run = z.output<typeof run>;
export type Prediction = z.output<typeof predict>;
export type AskedEvent = z.output<typeof event>;
