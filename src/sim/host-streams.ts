/** A simulated host's byte streams, wired to its links, its participant and its file server. */

import type {
  Endpoint,
  Exchange,
  FileRequest,
  Participant,
  ResponseHandlers,
  Stream,
  StreamHandlers,
} from "../core/transport.ts";
import type { SimHost } from "./host.ts";
import { request } from "./stream/http-client.ts";
import { serveFiles } from "./stream/http-server.ts";
import type { Segment } from "./stream/segment-port.ts";
import { StreamLayer } from "./stream/stream-layer.ts";

/** A segment's IP and TCP headers, which the largest datagram of a link must hold as well. */
const HEADERS_BYTES = 40;
/** Payload of a segment on Ethernet: 1500 bytes less the headers. */
const MAX_SEGMENT_BYTES = 1460;

export class HostStreams {
  private readonly host: SimHost;
  private readonly layer: StreamLayer;

  constructor(host: SimHost) {
    this.host = host;
    this.layer = new StreamLayer({
      host: host.self.host,
      trace: host.trace,
      nowNs: () => host.now() * 1e6,
      createTimer: (onFire) => host.createTimer(onFire),
      sendSegment: (segment) => host.network.traffic.sendSegment(host, segment),
      maxSegmentBytes: (remoteHost) => this.maxSegmentBytes(remoteHost),
    });
  }

  /** The host's participant has started: what it handles is listened to. */
  listen(participant: Participant): void {
    const { host, layer } = this;
    if (participant.onConnection) {
      layer.listen(host.self.port, (stream) => participant.onConnection?.(stream));
    }
    if (participant.onFileRequest && host.httpPort !== undefined) {
      serveFiles(layer, host.httpPort, (from, fileRequest, response) =>
        participant.onFileRequest?.(from, fileRequest, response),
      );
    }
  }

  connect(to: Endpoint, handlers: StreamHandlers): Stream {
    return this.layer.connect(this.host.self.host, to, handlers);
  }

  request(to: Endpoint, fileRequest: FileRequest, handlers: ResponseHandlers): Exchange {
    return request(this.layer, to, fileRequest, handlers);
  }

  onSegment(segment: Segment): void {
    this.layer.onSegment(segment);
  }

  /** The process that had the streams dies. */
  crash(): void {
    this.layer.crash(true);
  }

  private maxSegmentBytes(remoteHost: string): number {
    const { network } = this.host;
    const remote = network.hostAt(remoteHost);
    if (remote === undefined) return MAX_SEGMENT_BYTES;
    const { maxDatagramBytes } = this.host.linkToHost(remote).profile.options;
    return Math.max(1, Math.min(MAX_SEGMENT_BYTES, maxDatagramBytes - HEADERS_BYTES));
  }
}
