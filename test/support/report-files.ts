/** Reports of scenarios as files, with the page's script bundled from the sources as they are now. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledPage } from "../../scripts/bundle-page.mjs";
import { type PageAssets, reportHtml } from "../../src/report/html/report-html.ts";
import { TraceModelSink } from "../../src/report/model/trace-model.ts";
import { replayCommand } from "../../src/report/replay.ts";
import { loadScenarios } from "../../src/scenario/files.ts";
import { resolvedText } from "../../src/scenario/resolved-text.ts";
import { runScenario } from "../../src/scenario/run.ts";

let assets: PageAssets | undefined;

export function pageAssets(): PageAssets {
  assets ??= bundledPage() as PageAssets;
  return assets;
}

/** The report of a committed scenario, as `scenarios/...`. */
export function reportOf(file: string, settings: readonly string[] = []): string {
  const loaded = loadScenarios([file], { settings });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
  const scenario = loaded.scenarios[0]!;
  const sink = new TraceModelSink();
  const run = runScenario(scenario, { sinks: [sink] });
  const report = {
    run,
    model: sink.model(run.durationMs),
    replay: replayCommand({ file, seed: run.seed }),
    scenarioText: resolvedText(scenario),
    rto: scenario.protocol.arq.rto,
  };
  return reportHtml(report, pageAssets());
}

/** Writes a page into a folder of its own. Returns both paths. */
export function writePage(html: string): { readonly folder: string; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "peerlab-report-"));
  const path = join(folder, "report.html");
  writeFileSync(path, html);
  return { folder, path };
}
