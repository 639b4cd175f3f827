/**
 * Golden pictures: SVG of the lessons, compared byte for byte with test/golden/pictures/*.svg, and the examples in
 * docs/pictures/. To write those anew, run with UPDATE_GOLDEN=1 (`npm run golden`), and look at them before you commit.
 */

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { chartsSvg } from "../../src/report/charts/charts-svg.ts";
import { ladderSvg } from "../../src/report/ladder/ladder.ts";
import { type TraceModel, TraceModelSink } from "../../src/report/model/trace-model.ts";
import { loadScenarios } from "../../src/scenario/files.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import { parseXml } from "../support/xml.ts";
import { compareWithGolden } from "./compare.ts";
import { LESSONS } from "./lessons.ts";

const ROOT = new URL("../../", import.meta.url);

function modelOf(scenario: Scenario): TraceModel {
  const sink = new TraceModelSink();
  const { durationMs } = runScenario(scenario, { sinks: [sink] });
  return sink.model(durationMs);
}

function lesson(name: string): TraceModel {
  const { yaml } = LESSONS.find((one) => one.name === name)!;
  const parsed = parseScenario(`name: ${name}\ndescription: ${name}\n${yaml}`, `${name}.yaml`);
  if (!parsed.ok) throw new Error(`${name} is no scenario`);
  return modelOf(parsed.scenario);
}

function committed(file: string): TraceModel {
  const loaded = loadScenarios([new URL(`scenarios/${file}`, ROOT).pathname]);
  if (!loaded.ok) throw new Error(`${file} is no scenario`);
  return modelOf(loaded.scenarios[0]!);
}

/** File, from the repository's root -> how it is drawn. */
const PICTURES: readonly (readonly [file: string, draw: () => string])[] = [
  ...LESSONS.map(
    ({ name }) => [`test/golden/pictures/${name}-ladder.svg`, () => ladderSvg(lesson(name), { title: name })] as const,
  ),
  ["test/golden/pictures/karn-charts.svg", () => chartsSvg(lesson("karn"), { title: "karn" })],
  ["test/golden/pictures/look-up-and-download-charts.svg", () => chartsSvg(lesson("look-up-and-download"))],
  [
    "test/golden/pictures/duplication-ladder.svg",
    () => ladderSvg(committed("faults/duplication.yaml"), { toMs: 16_000 }),
  ],
  [
    "test/golden/pictures/corruption-ladder.svg",
    () => ladderSvg(committed("faults/corruption.yaml"), { maxPackets: 30 }),
  ],
  [
    "test/golden/pictures/directory-crash-ladder.svg",
    () => ladderSvg(committed("faults/directory-crash.yaml"), { fromMs: 17_000, toMs: 27_000 }),
  ],
  [
    "test/golden/pictures/paused-peer-ladder.svg",
    () => ladderSvg(committed("faults/paused-peer.yaml"), { maxPackets: 40 }),
  ],
  [
    "docs/pictures/download-ladder.svg",
    () =>
      ladderSvg(committed("report-2015/3-download.yaml"), {
        fromMs: 9900,
        toMs: 15_100,
        title: "The report's Test 3: look-up and download",
      }),
  ],
  [
    "docs/pictures/loss-ladder.svg",
    () =>
      ladderSvg(committed("lessons/loss.yaml"), {
        maxPackets: 26,
        title: "A hundred packets over a lossy path: the first ones",
      }),
  ],
  [
    "docs/pictures/collapse-ladder.svg",
    () =>
      ladderSvg(committed("lessons/collapse.yaml"), {
        maxPackets: 46,
        title: "Congestion collapse: the queue fills with copies",
      }),
  ],
  [
    "docs/pictures/loss-charts.svg",
    () => chartsSvg(committed("lessons/loss.yaml"), { title: "A hundred packets over a lossy path" }),
  ],
];

test.each(PICTURES)("%s", (file, draw) => {
  const actual = draw();
  parseXml(actual.trimEnd());
  compareWithGolden(file, actual);
});

test("every golden picture has its place here", () => {
  const files = ["test/golden/pictures", "docs/pictures"].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, ROOT))
      .filter((name) => name.endsWith(".svg"))
      .map((name) => `${folder}/${name}`),
  );
  expect(files.toSorted()).toEqual(PICTURES.map(([file]) => file).toSorted());
});
