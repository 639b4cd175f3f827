/** `peerlab import CAPTURE`: a capture of the 2015 wire as a trace, with its charts, its ladder and its report. */

import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { basename, dirname, join, resolve, sep } from "node:path";
import { type Command, Option } from "commander";
import { type ImportResult, importCapture } from "../capture/import.ts";
import type { CaptureRead } from "../capture/packets.ts";
import { readCapture } from "../capture/read.ts";
import { defaultRtoOptions, type EstimatorName } from "../core/arq/options.ts";
import { chartsSvg } from "../report/charts/charts-svg.ts";
import { rttCharts } from "../report/charts.ts";
import { type ReportRun, reportHtml } from "../report/html/report-html.ts";
import { ladderSvg } from "../report/ladder/ladder.ts";
import { TraceModelSink } from "../report/model/trace-model.ts";
import { RttSeriesSink } from "../report/series.ts";
import { countOf, readableDuration } from "../report/text.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { EXPORT_HELP, exportFormats } from "./export-option.ts";
import { nameFrom } from "./init.ts";
import { type Console, colorAllowed, columnsOf, writeJson } from "./output.ts";
import { pageAssets } from "./page-assets.ts";
import { reportError } from "./report-error.ts";
import { attempt, exportFiles, RunFolder } from "./run-folder.ts";

export interface ImportCommandOptions {
  /** `ADDRESS=NAME`, in order. */
  readonly name: readonly string[];
  /** UDP ports, as they were written. */
  readonly port: readonly string[];
  readonly estimator: EstimatorName;
  readonly out?: string | undefined;
  /** Formats in which the trace is written as well. */
  readonly export: readonly string[];
  readonly json: boolean;
  readonly charts: boolean;
}

/** A capture is read as a whole. */
const MAX_CAPTURE_BYTES = 2 ** 30;
const FILE_COLUMNS = 100;
const TRACES = ["trace.csv", "rtt.csv", "trace.jsonl"];
const PICTURES = ["charts.txt", "report.html", "ladder.svg", "charts.svg"];

export function addImportCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
  program
    .command("import")
    .summary("turn a capture of the 2015 wire into a trace, charts and a report")
    .description("Reads a pcapng or pcap file. What a sender's timer did is worked out anew from the packets.")
    .argument("<capture>", "the capture, as tcpdump, Wireshark or peerlab write them")
    .option("--out <dir>", "write <dir>/<capture>/ with the trace, charts and report.html")
    .option("--export <format>", EXPORT_HELP, collect)
    .option("--name <address=name>", "what a host is called; may be repeated", collect)
    .option(
      "--port <port>",
      "a UDP port that speaks the wire; may be repeated (default: whatever reads as it)",
      collect,
    )
    .addOption(
      new Option("--estimator <name>", "run over the round trips seen")
        .choices(["report", "rfc6298", "fixed"])
        .default("report"),
    )
    .option("--json", "print one JSON document")
    .option("--no-charts", "leave the charts out")
    .addHelpText(
      "after",
      `
Examples:
  $ peerlab import H1.pcap --name 10.0.0.1=H1 --name 10.0.0.2=H2 --out results
  $ peerlab import results/loss/trace.pcapng
  $ peerlab import capture.pcapng --port 7777 --json`,
    )
    .action((file: string, given: Partial<ImportCommandOptions>) => {
      const defaults = { name: [], port: [], export: [], estimator: "report" as const, json: false, charts: true };
      done(importCommand(file, { ...defaults, ...given }, console));
    });
}

/** 0: imported; 2: not a capture, or none of the 2015 wire; 3: it cannot be read. Reports errors itself. */
export function importCommand(file: string, options: ImportCommandOptions, console: Console): ExitCode {
  try {
    const names = namesOf(options.name);
    const ports = portsOf(options.port);
    if (options.out === "") throw new CliError("usage", "--out is empty: give a folder, such as --out results");
    const formats = exportFormats(options.export, options.out);
    const read = readFile(file);
    const name = nameFrom(file);
    if (options.out !== undefined && resolve(options.out, name) === dirname(resolve(file))) {
      throw new CliError("usage", `--out ${options.out}: the trace would go to the capture's own folder: give another`);
    }
    const folder =
      options.out === undefined
        ? undefined
        : new RunFolder(options.out, name, { exports: { formats, subject: { title: name } } });
    try {
      const series = new RttSeriesSink();
      const model = new TraceModelSink();
      const sinks = [...(folder?.sinks ?? []), series, model];
      const rto = { ...defaultRtoOptions, estimator: options.estimator };
      const result = importCapture(read.packets, { rto, names, ports }, sinks);
      folder?.endTraces();
      if (result.datagrams === 0) throw nothingOfOurs(file, result);
      const charts = (columns: number, color: boolean): string =>
        rttCharts(series.series, { columns, color, endMs: result.durationMs });
      if (folder !== undefined) {
        const drawn = model.model(result.durationMs);
        folder.write(
          "charts.txt",
          charts(FILE_COLUMNS, false) || "nobody measured a round-trip time in this capture\n",
        );
        const report = { run: reportRun(file, name, result), model: drawn, rto };
        folder.write("report.html", reportHtml(report, pageAssets()));
        folder.write("ladder.svg", ladderSvg(drawn, { title: name }));
        folder.write("charts.svg", chartsSvg(drawn, { title: name }));
      }
      if (options.json) writeJson(console.stdout, { file, ...result, skipped: read.skipped });
      else {
        const { stdout, env } = console;
        if (options.charts) stdout.write(`${charts(columnsOf(stdout, env), colorAllowed(stdout, env))}\n`);
        stdout.write(summary(file, read, result));
        if (options.out !== undefined) {
          const target = join(options.out, name);
          const files = [...TRACES, ...exportFiles(formats), ...PICTURES].join(", ");
          stdout.write(`files: ${target}${sep} (${files})\nopen in a browser: ${join(target, "report.html")}\n`);
        }
      }
      return ExitCode.passed;
    } finally {
      folder?.close();
    }
  } catch (error) {
    return reportError(console, error, options.json ? {} : undefined);
  }
}

/** The capture as the report shows it. */
function reportRun(file: string, name: string, result: ImportResult): ReportRun {
  const { traceHash, durationMs, events } = result;
  const description = `Imported from ${basename(file)}: ${contents(result)}. Timers and round trips are worked out anew from the packets.`;
  const verdicts = { passed: true, expectations: [] };
  return { name, description, world: "captured", traceHash, durationMs, events, ...verdicts };
}

/** `26 datagrams and 120 segments between H1, H2`. */
function contents({ hosts, datagrams, segments }: ImportResult): string {
  return `${countOf(datagrams, "datagram")} and ${countOf(segments, "segment")} between ${hosts.join(", ")}`;
}

function summary(file: string, { skipped }: Extract<CaptureRead, { ok: true }>, result: ImportResult): string {
  const { otherDatagrams, events, durationMs, traceHash } = result;
  const lines = [
    `${basename(file)}: ${contents(result)} in ${readableDuration(durationMs)}`,
    `  ${countOf(events, "event")}, trace ${traceHash}`,
  ];
  if (otherDatagrams > 0) lines.push(`  ${countOf(otherDatagrams, "datagram")} of other protocols passed over`);
  for (const { why, frames } of skipped) lines.push(`  ${countOf(frames, "frame")} passed over: ${why}`);
  return `${lines.join("\n")}\n`;
}

function readFile(file: string): Extract<CaptureRead, { ok: true }> {
  const sizeBytes = attempt("read", file, () => statSync(file)).size;
  if (sizeBytes > MAX_CAPTURE_BYTES) {
    throw new CliError("usage", `${file} is larger than 1 GiB: cut it with editcap, or filter it with tshark -w`);
  }
  const read = readCapture(attempt("read", file, () => readFileSync(file)));
  if (read.ok) return read;
  throw new CliError("usage", `${file} is no capture that can be read: ${read.reason} (at byte ${read.offsetBytes})`);
}

function nothingOfOurs(file: string, { otherDatagrams, segments }: ImportResult): CliError {
  const what = `${countOf(otherDatagrams, "datagram")} and ${countOf(segments, "segment")}`;
  return new CliError(
    "usage",
    `${file} has no datagram of the 2015 wire (${what} of others): is it the right capture, and are its ports those of --port?`,
  );
}

function namesOf(given: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const text of given) {
    const [address = "", name = "", ...rest] = text.split("=");
    if (isIP(address) === 0 || name === "" || rest.length > 0) {
      throw new CliError("usage", `--name ${text}: expected ADDRESS=NAME, such as 10.0.0.1=H1`);
    }
    names.set(address, name);
  }
  return names;
}

function portsOf(given: readonly string[]): Set<number> {
  return new Set(
    given.map((text) => {
      const port = Number(text);
      if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
      throw new CliError("usage", `--port ${text}: expected a port from 1 to 65535`);
    }),
  );
}
