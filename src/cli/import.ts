/** `peerlab import CAPTURE`: a capture of the 2015 wire as a trace, with its charts, its ladder and its report. */

import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { basename, dirname, join, sep } from "node:path";
import { type Command, Option } from "commander";
import { socketKey } from "../capture/host-names.ts";
import { type ImportResult, importCapture } from "../capture/import.ts";
import type { CaptureRead } from "../capture/packets.ts";
import { readCapture } from "../capture/read.ts";
import { defaultArqOptions, defaultRtoOptions, type EstimatorName } from "../core/arq/options.ts";
import { chartsSvg } from "../report/charts/charts-svg.ts";
import { rttCharts } from "../report/charts.ts";
import { type ReportRun, reportHtml } from "../report/html/report-html.ts";
import { ladderSvg } from "../report/ladder/ladder.ts";
import { TraceModelSink } from "../report/model/trace-model.ts";
import { RttSeriesSink } from "../report/series.ts";
import { countOf, readableDuration } from "../report/text.ts";
import { rfc6298Defaults } from "../scenario/schema/protocol.ts";
import { collect } from "./collect.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { EXPORT_HELP, exportFormats } from "./export-option.ts";
import { nameFrom } from "./init.ts";
import { type Console, colorAllowed, columnsOf, say, writeJson } from "./output.ts";
import { pageAssets } from "./page-assets.ts";
import { reportError } from "./report-error.ts";
import { attempt, importFiles, RunFolder } from "./run-folder.ts";

export interface ImportCommandOptions {
  /** `ADDRESS=NAME`, in order. */
  readonly name: readonly string[];
  /** UDP ports, as they were written. */
  readonly port: readonly string[];
  readonly estimator: EstimatorName;
  /** As it was written; absent: the protocol's default. */
  readonly attempts?: string | undefined;
  readonly out?: string | undefined;
  /** Formats in which the trace is written as well. */
  readonly export: readonly string[];
  readonly json: boolean;
  readonly charts: boolean;
}

/** A capture is read as a whole. */
const MAX_CAPTURE_BYTES = 2 ** 30;
const FILE_COLUMNS = 100;
/** Hosts named in a line; the others are counted. */
const MAX_NAMED_HOSTS = 8;

export function addImportCommand(program: Command, console: Console, done: (exitCode: ExitCode) => void): void {
  program
    .command("import")
    .summary("turn a capture of the 2015 wire into a trace, charts and a report")
    .description("Reads a pcapng or pcap file. What a sender's timer did is worked out anew from the packets.")
    .argument("<capture>", "the capture, as tcpdump, Wireshark or peerlab write them")
    .option("--out <dir>", "write <dir>/<capture>/ with the trace, charts and report.html")
    .option("--export <format>", EXPORT_HELP, collect)
    .option("--name <address=name>", "what a host is called, by address or address:port; may be repeated", collect)
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
    .option(
      "--attempts <n>",
      `transmissions of a packet before its sender gives it up, or unlimited (default: ${defaultArqOptions.maxAttempts})`,
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
    const maxAttempts = attemptsOf(options.attempts);
    if (options.out === "") throw new CliError("usage", "--out is empty: give a folder, such as --out results");
    const formats = exportFormats(options.export, options.out);
    const read = readFile(file);
    const name = nameFrom(file);
    if (options.out !== undefined && isSameFolder(join(options.out, name), dirname(file))) {
      throw new CliError("usage", `--out ${options.out}: the trace would go to the capture's own folder: give another`);
    }
    const series = new RttSeriesSink();
    const model = new TraceModelSink();
    const defaults = options.estimator === "rfc6298" ? rfc6298Defaults : {};
    const rto = { ...defaultRtoOptions, ...defaults, estimator: options.estimator };
    const importing = { rto, maxAttempts, names, ports };
    // Once to see what there is: nothing is touched for a capture that holds nothing.
    const result = importCapture(read.packets, importing, [series, model]);
    if (result.datagrams === 0) throw nothingOfOurs(file, result);
    for (const warning of unused(names, ports, read.packets, result)) say(console, warning);
    const charts = (columns: number, color: boolean): string =>
      rttCharts(series.series, { columns, color, endMs: result.durationMs });
    if (options.out !== undefined) {
      const exports = { formats, subject: { title: name } };
      const folder = new RunFolder(options.out, name, { exports, isImport: true });
      try {
        importCapture(read.packets, importing, folder.sinks);
        folder.endTraces();
        const drawn = model.model(result.durationMs);
        folder.write(
          "charts.txt",
          charts(FILE_COLUMNS, false) || "nobody measured a round-trip time in this capture\n",
        );
        const report = { run: reportRun(file, name, result), model: drawn, rto };
        folder.write("report.html", reportHtml(report, pageAssets()));
        folder.write("ladder.svg", ladderSvg(drawn, { title: name }));
        folder.write("charts.svg", chartsSvg(drawn, { title: name }));
      } finally {
        folder.close();
      }
    }
    if (options.json) writeJson(console.stdout, { file, ...result, skipped: read.skipped });
    else {
      const { stdout, env } = console;
      if (options.charts) stdout.write(`${charts(columnsOf(stdout, env), colorAllowed(stdout, env))}\n`);
      stdout.write(summary(file, read, result));
      if (options.out !== undefined) {
        const target = join(options.out, name);
        const files = importFiles(formats).join(", ");
        stdout.write(`files: ${target}${sep} (${files})\nopen in a browser: ${join(target, "report.html")}\n`);
      }
    }
    return ExitCode.passed;
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
  return `${countOf(datagrams, "datagram")} and ${countOf(segments, "segment")} between ${hostList(hosts)}`;
}

/** `H1, H2`; of very many the first. */
function hostList(hosts: readonly string[]): string {
  const first = hosts.slice(0, MAX_NAMED_HOSTS).join(", ");
  return hosts.length <= MAX_NAMED_HOSTS ? first : `${countOf(hosts.length, "host")}: ${first}, ...`;
}

/** The same folder, however its path is written; one that does not exist is none. */
function isSameFolder(a: string, b: string): boolean {
  return existsSync(a) && attempt("read", a, () => realpathSync(a)) === attempt("read", b, () => realpathSync(b));
}

/** Names and ports that nothing in the capture has: mistakes, or those of other captures. */
function unused(
  names: ReadonlyMap<string, string>,
  ports: ReadonlySet<number>,
  packets: Extract<CaptureRead, { ok: true }>["packets"],
  { hosts }: ImportResult,
): string[] {
  const warnings: string[] = [];
  for (const [place, name] of names) {
    if (hosts.includes(name)) continue;
    const several = hosts.find((host) => host.startsWith(`${place}:`) || host.startsWith(`[${place}]:`));
    const why =
      several === undefined
        ? `no host of the capture has that address; there are ${hostList(hosts)}`
        : `several hosts have that address; name them one by one, such as ${several}=${name}`;
    warnings.push(`--name ${place}=${name}: ${why}`);
  }
  for (const port of ports) {
    if (packets.some(({ sourcePort, destinationPort }) => sourcePort === port || destinationPort === port)) continue;
    warnings.push(`--port ${port}: nothing in the capture goes to that port, or comes from it`);
  }
  return warnings;
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
  throw new CliError("usage", `${file} cannot be imported: ${read.reason} (at byte ${read.offsetBytes})`);
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
    const [place = "", name = "", ...rest] = text.split("=");
    const key = hostKey(place);
    if (key === undefined || name === "" || rest.length > 0) {
      const expected = "expected ADDRESS=NAME or ADDRESS:PORT=NAME";
      throw new CliError(
        "usage",
        `--name ${text}: ${expected}, such as 10.0.0.1=H1, 127.0.0.1:8001=H1 or [::1]:8001=H1`,
      );
    }
    names.set(key, name);
  }
  return names;
}

/** An address, or an address and a port, as the importer writes them; undefined for anything else. */
function hostKey(place: string): string | undefined {
  if (isIP(place) !== 0) return canonical(place);
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(place) ?? [];
  const [address = "", port] = [bracketed ?? plain, Number(digits)];
  if (isIP(address) !== (bracketed === undefined ? 4 : 6) || !(port >= 1 && port <= 65_535)) return undefined;
  return socketKey(canonical(address), port);
}

/** IPv6 addresses have many spellings, and captures are read into that of RFC 5952. */
function canonical(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

function attemptsOf(given: string | undefined): number {
  if (given === undefined) return defaultArqOptions.maxAttempts;
  if (given === "unlimited") return Number.POSITIVE_INFINITY;
  const attempts = Number(given);
  if (/^\d{1,9}$/.test(given) && attempts >= 1) return attempts;
  throw new CliError("usage", `--attempts ${given}: expected a whole number from 1 to 999999999, or unlimited`);
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
