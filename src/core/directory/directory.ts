/**
 * The central directory: a list of peers and their files, which UPDATE messages keep alive and LOOKUP, VIEW and EXIT
 * messages ask about. It speaks the report's wire, the hardened one, or both at one port: the report's packets begin with a
 * digit, the hardened ones never do. Peers of both see each other.
 */

import { type Seal, sealedTransport } from "../seal/sealed-transport.ts";
import type { Endpoint, Participant, Transport } from "../transport.ts";
import { MEMBERSHIP_REQUIRED } from "../wire/hardened/errors.ts";
import { looksHardened } from "../wire/hardened/packets.ts";
import type { DirectoryEntry } from "./entry.ts";
import type { Front } from "./front.ts";
import { HardenedFront } from "./hardened-front.ts";
import type { DirectoryOptions, DirectoryWire } from "./options.ts";
import { Registry } from "./registry.ts";
import { ReportFront } from "./report-front.ts";

/** Start it once; a stopped directory stays stopped. RangeError where a group key is given without `wire: hardened`. */
export class Directory implements Participant {
  private readonly transport: Transport;
  private readonly seal: Seal | undefined;
  private readonly registry: Registry;
  private readonly report: Front | undefined;
  private readonly hardened: HardenedFront | undefined;
  private isStopped = false;

  constructor(transport: Transport, options: DirectoryOptions) {
    const wire = options.wire ?? (options.arq.wire.hasMessageIds ? "hardened" : "report");
    this.transport = transport;
    this.seal = sealOf(transport, wire, options);
    this.registry = new Registry(this.seal?.transport ?? transport, this.seal?.fit(options) ?? options);
    this.report = wire === "hardened" ? undefined : new ReportFront(this.registry);
    this.hardened = wire === "report" ? undefined : new HardenedFront(this.registry);
  }

  start(): void {
    this.transport.trace.state("waiting for peers");
  }

  /** Answers under way are cancelled; peers notice by the silence. */
  stop(): void {
    this.isStopped = true;
    this.registry.stop();
    this.report?.stop();
    this.hardened?.stop();
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    if (this.isStopped) return;
    const { seal, report, hardened } = this;
    if (seal !== undefined) this.onSealed(seal, from, datagram);
    else if (hardened !== undefined && (report === undefined || looksHardened(datagram))) {
      hardened.onDatagram(from, datagram);
    } else {
      report?.onDatagram(from, datagram);
    }
  }

  /** A copy of the table, in the order of registration. */
  entries(): readonly DirectoryEntry[] {
    return Array.from(this.registry.table.entries(), ({ ip, httpPort, files, lastUpdateMs, endpoint, isProven }) => ({
      ip,
      httpPort,
      files,
      lastUpdateMs,
      endpoint,
      isProven,
    }));
  }

  /** What the hardened wire keeps for those who send to it: nothing for those who have shown no cookie. */
  get held(): { readonly senders: number; readonly messages: number; readonly underWay: number } {
    return this.hardened?.arq.held ?? { senders: 0, messages: 0, underWay: 0 };
  }

  /** To a group's directory. Who does not know of the group is told, in an answer no longer than what came. */
  private onSealed(seal: Seal, from: Endpoint, datagram: Uint8Array): void {
    const opened = seal.open(from, datagram);
    if (opened.ok) this.hardened?.onDatagram(from, opened.datagram);
    else if (opened.reason === "not sealed") seal.refuse(from, datagram, MEMBERSHIP_REQUIRED);
  }
}

function sealOf(transport: Transport, wire: DirectoryWire, { groupKey }: DirectoryOptions): Seal | undefined {
  if (groupKey === undefined) return undefined;
  if (wire === "hardened") return sealedTransport(transport, groupKey);
  throw new RangeError(`a group key with wire ${wire}: the report's packets carry no seal, so choose wire hardened`);
}
