/** What a host's participant tells the trace, with the host's name and the run's time put to it. */

import type { RttKind } from "./events.ts";
import { EventCode } from "./events.ts";
import type { MessageFacts, NodeTrace, Peer, RttState, TimeoutFacts } from "./node-trace.ts";
import type { Recorder } from "./recorder.ts";

const NONE = -1;

/** The host whose events these are: its name's label, where events go, and the labels of the other ends. */
export interface TracedHost {
  readonly nameId: number;
  readonly network: {
    readonly recorder: Recorder;
    labelOf(peer: Peer): number;
    peerLabel(key: string): number;
  };
}

export class HostTrace implements NodeTrace {
  private readonly host: TracedHost;

  constructor(host: TracedHost) {
    this.host = host;
  }

  timeout(peer: Peer, packetId: number, facts: TimeoutFacts): void {
    const { network, nameId } = this.host;
    const { recorder } = network;
    const typeId = recorder.labels.id(facts.type);
    const { seq, total, attempt, timeoutIntervalMs } = facts;
    const peerId = network.labelOf(peer);
    recorder.emit(EventCode.timeout, nameId, peerId, packetId, typeId, seq, total, attempt, NONE, 0, timeoutIntervalMs);
  }

  rtt(peer: Peer, packetId: number, kind: RttKind, state: RttState): void {
    const { network, nameId } = this.host;
    network.recorder.rtt(nameId, network.labelOf(peer), packetId, kind, state);
  }

  message(peer: Peer, outcome: string, facts: MessageFacts): void {
    const { network, nameId } = this.host;
    const { recorder } = network;
    const { labels } = recorder;
    const typeId = labels.id(facts.type);
    const noteId = labels.id(outcome);
    const peerId = network.labelOf(peer);
    const { message, packets, transmissions, payloadBytes, elapsedMs } = facts;
    recorder.emit(
      EventCode.state,
      nameId,
      peerId,
      0,
      typeId,
      message,
      packets,
      transmissions,
      payloadBytes,
      noteId,
      elapsedMs,
    );
  }

  received(peer: Peer, type: string, totalPackets: number, bytes: number): void {
    const { network, nameId } = this.host;
    const { recorder } = network;
    const typeId = recorder.labels.id(type);
    const noteId = recorder.labels.id("received");
    const peerId = network.labelOf(peer);
    recorder.emit(EventCode.state, nameId, peerId, 0, typeId, NONE, totalPackets, NONE, bytes, noteId, Number.NaN);
  }

  state(note: string, peerKey?: string): void {
    this.say(EventCode.state, note, peerKey, NONE);
  }

  http(note: string, peerKey?: string, bytes?: number): void {
    this.say(EventCode.http, note, peerKey, bytes ?? NONE);
  }

  reject(note: string, peerKey: string, bytes: number): void {
    this.say(EventCode.reject, note, peerKey, bytes);
  }

  action(note: string): void {
    this.say(EventCode.action, note, undefined, NONE);
  }

  private say(code: number, note: string, peerKey: string | undefined, bytes: number): void {
    const { network, nameId } = this.host;
    const { recorder } = network;
    const peerId = peerKey === undefined ? 0 : network.peerLabel(peerKey);
    const noteId = recorder.labels.oneOff(note);
    recorder.emit(code, nameId, peerId, 0, 0, NONE, NONE, NONE, bytes, noteId, Number.NaN);
  }
}
