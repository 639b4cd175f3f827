/** What a host of the real world can be told. */

import type { Participant } from "../core/transport.ts";
import type { Recorder } from "../trace/recorder.ts";
import type { BudgetOptions } from "./datagrams/budget.ts";
import type { Describe } from "./describe.ts";
import type { FaultyNetwork } from "./faulty-network.ts";
import type { FileClientOptions } from "./http/file-client.ts";
import type { FileServerOptions } from "./http/file-server.ts";
import type { NodeHost } from "./node-host.ts";
import type { StreamOptions } from "./streams/options.ts";

export interface NodeHostOptions {
  /** Its name in the trace, and the one by which fault rules know it. */
  readonly name: string;
  /**
   * Where it listens for datagrams (and for byte streams, at the TCP port of the same number, where the participant takes
   * them): an IP address or a name, and a port; 0 takes any that is free.
   */
  readonly bind: { readonly host: string; readonly port: number };
  /** Where its file server listens, and the limits of it; absent: it has none. */
  readonly http?: FileServerOptions;
  /** The limits of its HTTP client. */
  readonly client?: FileClientOptions;
  /** Where its events go. Hosts of one process that share a recorder know each other by name. */
  readonly recorder: Recorder;
  /** Fault rules in front of the sockets. Hosts of one process may share them. */
  readonly faults?: FaultyNetwork;
  /** What datagrams from other processes are, for the trace and the fault rules: see `describeReport`. */
  readonly describe?: Describe;
  /** What one address may send; see docs/real-network.md. */
  readonly budget?: Partial<BudgetOptions>;
  /** Receive buffer of the datagram socket, in bytes: what waits there while the process is busy. Default 4 MiB; the system may grant less. */
  readonly receiveBufferBytes?: number;
  readonly streams?: Partial<StreamOptions>;
  /** How long `close` waits for what was sent to go out, in ms. Default 1000. */
  readonly closeTimeoutMs?: number;
  /** Makes the participant. Called once the sockets are bound, so that `self` and `http` are known. */
  readonly boot: (host: NodeHost) => Participant;
}

export const DEFAULT_RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
export const DEFAULT_CLOSE_TIMEOUT_MS = 1000;
