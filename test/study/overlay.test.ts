/** The overlay holds: measured means against closed forms over a grid, in virtual time, with fixed seeds. */

import { expect, test } from "vitest";
import { bareTransfer } from "../../src/study/bare-transfer.ts";
import { buildGrid } from "../../src/study/grid.ts";
import { chooseMetrics } from "../../src/study/metrics.ts";
import { cellReport } from "../../src/study/report.ts";
import { CellRunner } from "../../src/study/run-cell.ts";
import { parsed } from "../scenario/support.ts";
import { type Bulk, bulkText } from "./support.ts";

const METRICS = [
  "transmissionsPerPacket",
  "retransmissions",
  "timePerPacket",
  "meanMessageTime",
  "giveUpRate",
  "messagesGivenUp",
  "duplicatesPerPacket",
  "duplicatesReceived",
  "goodput",
  "utilisation",
];
const RUNS = 60;

/** Figure by figure, those that can be compared: where, and how many standard errors off. */
function deviations(
  bulk: Bulk,
  vary: Record<string, string[]>,
  ...set: string[]
): { name: string; deviation: number; agrees: boolean | undefined }[] {
  const chosen = chooseMetrics(METRICS);
  const variations = Object.entries(vary).map(([path, values]) => ({ path, values }));
  const built = buildGrid({ vary: variations, paired: false, set });
  if (!chosen.ok || !built.ok) throw new Error("the test asks for what is not there");
  return built.grid.cells.flatMap((cell) => {
    const scenario = parsed(bulkText(bulk), ...cell.settings);
    const runs = new CellRunner(scenario).run("overlay", 1, RUNS);
    const { figures } = cellReport(cell, runs, chosen.metrics, bareTransfer(scenario));
    return figures.flatMap(({ theory }, index) =>
      theory.deviation === undefined
        ? []
        : [{ name: `${METRICS[index]} ${cell.values.join(" ")}`, deviation: theory.deviation, agrees: theory.agrees }],
    );
  });
}

const LOSSES = ["0", "0.05", "0.1", "0.15", "0.2", "0.25", "0.3", "0.35", "0.4", "0.45", "0.5"];

/** Standard errors. The verdict that people read allows a little more, since 60 runs have the tails of Student's t. */
const MOST_DEVIATION = 3;

test("measured means are within 3 standard errors of the closed form in at least 99 % of the cells", {
  timeout: 120_000,
}, () => {
  const rto = (backoff: number, max: string) =>
    `{ estimator: fixed, initial: 200ms, backoff: ${backoff}, max: ${max} }`;
  const oneWay = (from: string, to: string) => `[{ from: ${from}, to: ${to}, loss: 0.35 }]`;
  const all = [
    ...deviations({ packets: 400 }, { "network.loss": LOSSES }),
    ...deviations({ packets: 400, rto: rto(2, "2s") }, { "network.loss": LOSSES }),
    ...deviations(
      { messages: 400, packets: 1, attempts: 4 },
      { "network.loss": LOSSES, "protocol.attempts": ["1", "3", "6"] },
    ),
    ...deviations(
      { messages: 100, packets: 4, rto: rto(1.5, "60s") },
      { "network.loss": LOSSES, "protocol.attempts": ["2", "4"] },
    ),
    ...deviations({ packets: 150 }, { "network.loss": LOSSES }, "network.rate=64kbit/s"),
    ...deviations(
      { messages: 150, packets: 1, attempts: 4 },
      { "network.loss": LOSSES },
      "network.rate=64kbit/s",
      "protocol.wire=hardened",
    ),
    ...deviations(
      { packets: 400 },
      {
        "network.links": [oneWay("sender", "receiver"), oneWay("receiver", "sender")],
        "network.delay": ["10ms", "100ms"],
      },
      "network.loss=0.05",
    ),
  ];
  const off = all.filter(({ deviation, agrees }) => Math.abs(deviation) > MOST_DEVIATION || agrees !== true);
  // What is compared at all: most figures of most cells.
  expect(all.length).toBeGreaterThan(500);
  expect(all.filter(({ deviation }) => deviation !== 0).length).toBeGreaterThan(400);
  expect(off.length, JSON.stringify(off)).toBeLessThanOrEqual(0.01 * all.length);
});
