/**
 * Golden exports: a small run with a loss, a duplicate and retransmissions in the formats of other programs, compared
 * byte for byte with test/golden/exports/; and the diagram in docs/trace.md, which is the output of a committed scenario.
 * To write them anew, run with UPDATE_GOLDEN=1 (`npm run golden`), and read the difference before you commit it.
 */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EXPORT_FILES, EXPORT_FORMATS, openExport } from "../../src/report/export/formats.ts";
import { loadScenarios } from "../../src/scenario/files.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import { compareWithGolden } from "./compare.ts";

const ROOT = new URL("../../", import.meta.url);

const STORY = `name: exported
description: One packet lost, one duplicated and late, one ACK lost.
seed: 1
network:
  delay: 50ms
  faults:
    - { match: { kind: data, seq: 1, attempt: 1 }, do: drop }
    - { match: { kind: data, seq: 2, attempt: 1 }, do: { duplicate: 330.000001ms } }
    - { match: { kind: ack, seq: 4, attempt: 1 }, do: drop }
protocol: { maxDatagram: 64B, rto: { estimator: report, initial: 200ms } }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
timeline: [{ at: 0s, host: sender, do: { send: { to: receiver, packets: 3, bytes: 64B } } }]
`;

function story(): Scenario {
  const parsed = parseScenario(STORY, "exported.yaml");
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  return parsed.scenario;
}

function committed(file: string): Scenario {
  const loaded = loadScenarios([new URL(file, ROOT).pathname]);
  if (!loaded.ok) throw new Error(`${file} is no scenario`);
  return loaded.scenarios[0]!;
}

function exportOf(scenario: Scenario, format: (typeof EXPORT_FORMATS)[number]): string {
  const parts: Uint8Array[] = [];
  const subject = {
    title: `scenario ${scenario.name}, seed ${scenario.seed}`,
    hosts: scenario.hosts.map(({ name }) => name),
  };
  const sink = openExport(format, (chunk) => parts.push(chunk.slice()), subject);
  runScenario(scenario, { sinks: [sink] });
  sink.end();
  return new TextDecoder().decode(Buffer.concat(parts));
}

test.each(EXPORT_FORMATS)("%s", (format) => {
  const actual = exportOf(story(), format);
  expect(exportOf(story(), format)).toBe(actual);
  compareWithGolden(`test/golden/exports/${EXPORT_FILES[format]}`, actual);
});

test("every golden export belongs to a format", () => {
  expect(readdirSync(new URL("test/golden/exports/", ROOT)).toSorted()).toEqual(Object.values(EXPORT_FILES).toSorted());
});

test("the diagram in docs/trace.md is the output of the command beside it", () => {
  const page = readFileSync(new URL("docs/trace.md", ROOT), "utf8");
  const command = /npx peerlab run (\S+) --out results --export mermaid\n\n```mermaid\n[\s\S]*?```\n/.exec(page);
  if (command === null) throw new Error("docs/trace.md has no command with its diagram");
  const [block, file] = command;
  const diagram = exportOf(committed(file!), "mermaid");
  const actual = `npx peerlab run ${file} --out results --export mermaid\n\n\`\`\`mermaid\n${diagram}\`\`\`\n`;
  compareWithGolden(
    "docs/trace.md",
    page.replace(block!, () => actual),
  );
});
