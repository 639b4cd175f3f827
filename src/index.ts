/**
 * peerlab as a library: everything the command line does.
 *
 * ```ts
 * import { formatProblem, parseScenario, runScenario } from "peerlab";
 *
 * const parsed = parseScenario(yamlText, "lesson.yaml");
 * if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join("\n"));
 * const result = runScenario(parsed.scenario, { seed: 7 });
 * console.log(result.passed, result.traceHash, result.metrics.transmissionsPerPacket);
 * ```
 *
 * All of it runs in a browser, except what touches files, sockets and threads: `loadScenarios`, `pageAssets`,
 * `runInThreads`, and the real network's `NodeHost`, `FaultyNetwork`, `FolderStore` and `runReal`.
 */

// Captures: read them, and turn those of the 2015 wire into traces.
export { type ImportOptions, type ImportResult, importCapture } from "./capture/import.ts";
export type { CapturedPacket, CaptureRead } from "./capture/packets.ts";
export { readCapture } from "./capture/read.ts";
// Protocols: stop-and-wait, the directory, the peer.
export { Arq, type ArqHandlers } from "./core/arq/arq.ts";
export type { IncomingMessage, OutgoingMessage, PendingMessage, SendOutcome } from "./core/arq/message.ts";
export {
  type ArqOptions,
  defaultArqOptions,
  defaultRtoOptions,
  type EstimatorName,
  type RtoOptions,
} from "./core/arq/options.ts";
export { RtoEstimator } from "./core/arq/rto.ts";
export { Directory } from "./core/directory/directory.ts";
export { type DirectoryOptions, defaultDirectoryOptions } from "./core/directory/options.ts";
export { defaultFetchOptions, type FetchOptions } from "./core/peer/fetch/options.ts";
export type {
  Dropped,
  FetchFailure,
  FetchHandle,
  FetchHandlers,
  FetchOutcome,
  FetchProgress,
  SourceReport,
} from "./core/peer/fetch/outcomes.ts";
export { fetchText } from "./core/peer/fetch/wording.ts";
export type { FileSink, FileStore } from "./core/peer/file-store.ts";
export { MemoryFileStore } from "./core/peer/memory-store.ts";
export { defaultPeerOptions, keepAliveRto, type PeerOptions } from "./core/peer/options.ts";
export type {
  DownloadHandle,
  DownloadOptions,
  DownloadOutcome,
  ExitOutcome,
  ListedPeer,
  LookupOutcome,
  ShareOutcome,
  Source,
  ViewOutcome,
} from "./core/peer/outcomes.ts";
export { Peer } from "./core/peer/peer.ts";
export { type Seal, sealedTransport } from "./core/seal/sealed-transport.ts";
// The port: what a protocol acts through, and what it must handle.
export * from "./core/transport.ts";
export { describeHardened, type HardenedDescription } from "./core/wire/hardened/describe.ts";
export { WIRE_ERRORS, type WireError } from "./core/wire/hardened/errors.ts";
export type { FileDescription } from "./core/wire/hardened/fields.ts";
export { hardenedWire } from "./core/wire/hardened/packets.ts";
// Wire formats.
export {
  type DecodeFailure,
  type FragmentPlan,
  type Malformed,
  MESSAGE_TYPE_NAMES,
  MessageType,
  type Packet,
  type PayloadSource,
  type WireFormat,
} from "./core/wire/packet.ts";
export { bytesSource } from "./core/wire/payload-source.ts";
export * from "./core/wire/payloads.ts";
export { decodeName, encodeName } from "./core/wire/percent.ts";
export { reportWire } from "./core/wire/report.ts";
export {
  type DelayOptions,
  defaultLinkOptions,
  defaultNetworkOptions,
  type Fault,
  type FaultAction,
  type FaultMatch,
  type GilbertElliottOptions,
  type LinkOptions,
  type LinkOverride,
  type NetworkOptions,
  type Partition,
} from "./faults/options.ts";
export { type ChartsOptions, chartsSvg } from "./report/charts/charts-svg.ts";
// Reports: functions of the trace and of the verdicts.
export { type ChartOptions, rttCharts } from "./report/charts.ts";
// What changed between two runs.
export { diffDocument } from "./report/diff/diff-document.ts";
export { compareExactly, type ExactDiff, type ExactOptions } from "./report/diff/exact.ts";
export { exactText } from "./report/diff/exact-text.ts";
export {
  compareProtocol,
  type ProtocolDiff,
  type ProtocolOptions as ProtocolDiffOptions,
} from "./report/diff/protocol.ts";
export { protocolText } from "./report/diff/protocol-text.ts";
export type { ComparedRun, Comparison, PerSide } from "./report/diff/sides.ts";
export { type ChromeOptions, ChromeSink } from "./report/export/chrome.ts";
export {
  EXPORT_FILES,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportSubject,
  openExport,
} from "./report/export/formats.ts";
export { type MermaidOptions, MermaidSink } from "./report/export/mermaid.ts";
export { type ShivizLimits, ShivizSink } from "./report/export/shiviz.ts";
export { type IndexedRun, indexHtml } from "./report/html/index-html.ts";
export { pageAssets } from "./report/html/page-files.ts";
export { type PageAssets, type ReportInput, reportHtml } from "./report/html/report-html.ts";
export { ladderSvg } from "./report/ladder/ladder.ts";
export { LadderOptionError, type LadderOptions } from "./report/ladder/options.ts";
export { type TraceModel, TraceModelSink } from "./report/model/trace-model.ts";
export { type Replay, replayCommand } from "./report/replay.ts";
export { type RttSeries, RttSeriesSink, type SeriesLimits, type SeriesPoint } from "./report/series.ts";
export { type JudgedRun, type VerdictStyle, verdictSummary, verdictTable } from "./report/verdict-table.ts";
// Scenarios: from text to verdicts.
export type { ActionResult, Verdict } from "./scenario/expect/facts.ts";
export { type FaultsResult, parseFaults } from "./scenario/faults-text.ts";
export { type LoadResult, loadScenarios } from "./scenario/files.ts";
export { type ParseOptions, type ParseResult, parseScenario } from "./scenario/parse.ts";
export { formatProblem, type Problem } from "./scenario/problems.ts";
// The real network.
export { type RealRunOptions, runReal } from "./scenario/real/run.ts";
export { resolvedText } from "./scenario/resolved-text.ts";
export {
  type RunOptions,
  type RunProgress,
  type RunResult,
  runScenario,
  type ScenarioRun,
  startRun,
} from "./scenario/run.ts";
export type { Action, Expectation, HostOptions, ProtocolOptions, Scenario, TimelineEntry } from "./scenario/schema.ts";
// The simulated network, for protocols of your own.
export { SimHost, type SimHostOptions } from "./sim/host.ts";
export { SimNetwork } from "./sim/network.ts";
// Sweeps: many seeds at every point of a grid, beside the closed forms.
export { type Analysis, bareTransfer } from "./study/bare-transfer.ts";
export * as closedForms from "./study/closed-forms.ts";
export { SweepCollector, type SweepPlan } from "./study/collect.ts";
export { compareCsv, sweepCsv, sweepDocument } from "./study/documents.ts";
export { buildGrid, type Cell, type Grid, type GridOptions } from "./study/grid.ts";
export { chooseMetrics, SWEEP_METRICS, type SweepMetric } from "./study/metrics.ts";
export { type PoolOptions, runInThreads } from "./study/pool.ts";
export type { SweepReport } from "./study/report.ts";
export { CellRunner, type CellRuns } from "./study/run-cell.ts";
export { seedOf } from "./study/seeds.ts";
export { cellScenario, type SweepSource } from "./study/source.ts";
export { meanOf, pairedDifference, percentile, type Summary, summarise } from "./study/statistics.ts";
export { svgChart, svgDifference } from "./study/svg-chart.ts";
export { type Theory, theoryOf } from "./study/theory.ts";
export { parseVariation, type Variation } from "./study/vary.ts";
// The trace: what a run says about itself, and who listens.
export type { ChunkHandler } from "./trace/csv/chunk-buffer.ts";
export { RttCsvSink } from "./trace/csv/rtt-csv.ts";
export { TraceCsvSink } from "./trace/csv/trace-csv.ts";
export {
  EVENT_KINDS,
  EventCode,
  type EventKind,
  RTT_COLUMNS,
  RTT_KINDS,
  type RttKind,
  type RttRow,
  TRACE_COLUMNS,
  type TraceEvent,
  type TraceSink,
} from "./trace/events.ts";
export { formatMs } from "./trace/format-ms.ts";
export { TraceJsonlSink } from "./trace/jsonl/trace-jsonl.ts";
export {
  type MessageFacts,
  type NodeTrace,
  type RttState,
  silentTrace,
  type TimeoutFacts,
} from "./trace/node-trace.ts";
export { CaptureFile, type CaptureOptions, type RecordedPacket } from "./trace/pcapng/capture-file.ts";
export { readTrace } from "./trace/read/read-trace.ts";
export { TraceFileError } from "./trace/read/trace-file-error.ts";
export { replayTrace, type TraceLine } from "./trace/read/trace-line.ts";
export { Recorder } from "./trace/recorder.ts";
export { type Describe, describeReport } from "./transport/describe.ts";
export { FaultyNetwork } from "./transport/faulty-network.ts";
export { FolderStore } from "./transport/files/folder-store.ts";
export { NodeHost, type NodeHostOptions } from "./transport/node-host.ts";
export { TransportError } from "./transport/transport-error.ts";
