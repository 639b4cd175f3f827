/** A host of the real world as the commands need it: with its trace, its fault rules, and its errors in their words. */

import type { Participant } from "../../core/transport.ts";
import type { TraceSink } from "../../trace/events.ts";
import { Recorder } from "../../trace/recorder.ts";
import type { Describe } from "../../transport/describe.ts";
import { FaultyNetwork } from "../../transport/faulty-network.ts";
import type { FileServerOptions } from "../../transport/http/server-options.ts";
import { NodeHost } from "../../transport/node-host.ts";
import { TransportError } from "../../transport/transport-error.ts";
import { CliError } from "../exit-codes.ts";
import { type Console, say } from "../output.ts";
import { readFaults } from "./fault-rules.ts";
import type { LinkOptionsGiven } from "./shared-options.ts";
import { TraceFolder } from "./trace-folder.ts";

export interface RealHostSpec {
  /** What datagrams from other processes are. */
  readonly describe: Describe;
  readonly bind: { readonly host: string; readonly port: number };
  /** Where its file server listens; absent: it has none. */
  readonly http?: FileServerOptions;
  /** Who sees the events beside the trace's files. */
  readonly sinks?: readonly TraceSink[];
  /** How long `close` waits for what was sent to go out, in ms. */
  readonly closeTimeoutMs: number;
  readonly boot: (host: NodeHost) => Participant;
}

export class RealHost {
  readonly host: NodeHost;
  private readonly trace: TraceFolder | undefined;

  /** CliError where the trace, the faults or the sockets cannot be had. */
  static async open(options: LinkOptionsGiven, console: Console, spec: RealHostSpec): Promise<RealHost> {
    const { faults: rules, faultSeed: seed, name } = options;
    const network = rules === undefined ? undefined : readFaults(rules);
    const trace =
      options.trace === undefined
        ? undefined
        : new TraceFolder(options.trace, (message) => say(console, `peerlab: ${message}`));
    try {
      const host = await NodeHost.open({
        name,
        bind: spec.bind,
        recorder: new Recorder([...(trace ? [trace] : []), ...(spec.sinks ?? [])]),
        describe: spec.describe,
        closeTimeoutMs: spec.closeTimeoutMs,
        boot: spec.boot,
        ...(network && { faults: new FaultyNetwork({ seed, network, arrivals: true }) }),
        ...(spec.http && { http: spec.http }),
      });
      return new RealHost(host, trace);
    } catch (error) {
      trace?.close();
      throw inTheirWords(error);
    }
  }

  private constructor(host: NodeHost, trace: TraceFolder | undefined) {
    this.host = host;
    this.trace = trace;
  }

  /** Resolves once the host is closed; rejects with what broke it. */
  get closed(): Promise<void> {
    return this.host.closed;
  }

  /** Lets what was sent go out, closes the sockets, and writes out the trace. */
  async close(): Promise<void> {
    try {
      await this.host.close();
    } finally {
      this.trace?.close();
    }
  }
}

/** Which option says where to listen. */
const OPTIONS = { UDP: "--listen", TCP: "--listen", HTTP: "--http" } as const;
type Protocol = keyof typeof OPTIONS;

/** A socket that could not be opened; what it was is kept for those who can do without it. */
class ListenError extends CliError {
  readonly code: string;
  readonly protocol: Protocol | undefined;

  constructor(cause: TransportError) {
    const { code, message } = cause;
    const protocol = cause.listening?.protocol;
    super("runtime", protocol === undefined ? message : `${message} (${OPTIONS[protocol]})`);
    this.code = code;
    this.protocol = protocol;
  }
}

function inTheirWords(error: unknown): unknown {
  return error instanceof TransportError ? new ListenError(error) : error;
}

/** Did another program have the port? */
export function isPortTaken(error: unknown, protocol: Protocol): boolean {
  return error instanceof ListenError && error.code === "EADDRINUSE" && error.protocol === protocol;
}
