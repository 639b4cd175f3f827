/** A host's trace in the real world: the recorder's clock is moved to now before each event. */

import type { RttKind } from "../trace/events.ts";
import { HostTrace } from "../trace/host-trace.ts";
import type { MessageFacts, NodeTrace, Peer, RttState, TimeoutFacts } from "../trace/node-trace.ts";
import type { LocalNetwork } from "./local-network.ts";

export class NowTrace implements NodeTrace {
  private readonly network: LocalNetwork;
  private readonly inner: NodeTrace;

  constructor(network: LocalNetwork, nameId: number) {
    this.network = network;
    this.inner = new HostTrace({ nameId, network });
  }

  timeout(peer: Peer, packetId: number, facts: TimeoutFacts): void {
    this.network.tick();
    this.inner.timeout(peer, packetId, facts);
  }

  rtt(peer: Peer, packetId: number, kind: RttKind, state: RttState): void {
    this.network.tick();
    this.inner.rtt(peer, packetId, kind, state);
  }

  message(peer: Peer, outcome: string, facts: MessageFacts): void {
    this.network.tick();
    this.inner.message(peer, outcome, facts);
  }

  received(peer: Peer, type: string, totalPackets: number, bytes: number): void {
    this.network.tick();
    this.inner.received(peer, type, totalPackets, bytes);
  }

  state(note: string, peerKey?: string): void {
    this.network.tick();
    this.inner.state(note, peerKey);
  }

  http(note: string, peerKey?: string, bytes?: number): void {
    this.network.tick();
    this.inner.http(note, peerKey, bytes);
  }

  reject(note: string, peerKey: string, bytes: number): void {
    this.network.tick();
    this.inner.reject(note, peerKey, bytes);
  }

  action(note: string): void {
    this.network.tick();
    this.inner.action(note);
  }
}
