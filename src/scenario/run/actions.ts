/** Performs the timeline's actions on the participants, and keeps a record of what came of each. */

import { ArqSender } from "../../core/arq/bare.ts";
import { defaultFetchOptions, type FetchOptions } from "../../core/peer/fetch/options.ts";
import type { FetchOutcome } from "../../core/peer/fetch/outcomes.ts";
import { fetchText } from "../../core/peer/fetch/wording.ts";
import { sha256Of } from "../../core/peer/file-digest.ts";
import type { Source } from "../../core/peer/outcomes.ts";
import { Peer } from "../../core/peer/peer.ts";
import type { FileBody } from "../../core/transport.ts";
import { endpoint } from "../../core/transport.ts";
import type { ActionResult } from "../expect/facts.ts";
import type { Action } from "../schema.ts";
import type { World, WorldHost } from "./world.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Record = Mutable<ActionResult>;

/** Bytes compared at a time. */
const COMPARE_BYTES = 64 * 1024;

export class Actions {
  readonly results: ActionResult[] = [];
  private readonly world: World;
  /** The latest look-up's sources, by host and file. */
  private readonly latestSources = new Map<string, readonly Source[]>();

  constructor(world: World) {
    this.world = world;
  }

  perform(hostName: string, action: Action): void {
    const host = this.world.host(hostName) as WorldHost;
    const record: Record = {
      atMs: this.world.nowMs,
      finishedMs: undefined,
      host: hostName,
      action: action.kind === "fetch" ? "download" : action.kind,
      argument: argumentOf(action),
      outcome: "pending",
      text: "",
    };
    this.results.push(record);
    switch (action.kind) {
      case "start":
      case "restart":
      case "crash":
      case "pause":
      case "resume":
        this.befall(record, host, action.kind);
        return;
      default:
        if (host.state !== "up") this.fail(record, `${hostName} is ${host.state}`);
        else this.ask(record, host, action);
    }
  }

  private befall(record: Record, host: WorldHost, what: "start" | "restart" | "crash" | "pause" | "resume"): void {
    try {
      if (what === "start" || what === "restart") host.start();
      else host[what]();
    } catch (error) {
      this.fail(record, error instanceof Error ? error.message : String(error));
      return;
    }
    this.done(record, what);
  }

  private ask(record: Record, host: WorldHost, action: Action): void {
    const { participant } = host;
    if (action.kind === "send") {
      if (participant instanceof ArqSender) this.send(record, participant, action);
      return;
    }
    if (!(participant instanceof Peer)) return;
    switch (action.kind) {
      case "share":
      case "unshare": {
        const outcome = participant[action.kind](action.file);
        if (outcome.ok) this.done(record, outcome.note ?? "ok");
        else this.fail(record, outcome.error);
        return;
      }
      case "list":
        record.list = participant.list();
        this.done(record, record.list);
        return;
      case "lookup":
        this.lookup(record, participant, action.file);
        return;
      case "view":
        this.view(record, participant);
        return;
      case "download":
        this.download(record, participant, action);
        return;
      case "fetch":
        this.fetch(record, participant, action);
        return;
      case "exit":
        participant.exit((outcome) => {
          if (outcome.status === "left") this.done(record, "left");
          else this.fail(record, outcome.reason);
        });
    }
  }

  private send(record: Record, sender: ArqSender, order: Extract<Action, { kind: "send" }>): void {
    sender.bulk(this.world.endpointOf(order.to), order, (outcome) => {
      record.send = { ...outcome, elapsedMs: this.world.nowMs - record.atMs };
      const text = `${outcome.delivered} of ${outcome.messages} messages delivered, ${outcome.transmissions} transmissions`;
      if (outcome.givenUp === 0) this.done(record, text);
      else this.fail(record, text);
    });
  }

  private lookup(record: Record, peer: Peer, file: string): void {
    peer.lookup(file, (outcome) => {
      if (outcome.status === "found") {
        this.latestSources.set(`${record.host} ${file}`, outcome.sources);
        record.sources = outcome.sources.map(({ ip, httpPort }) => ({
          host: this.world.nameOf(ip),
          address: ip,
          httpPort,
        }));
        this.done(record, record.sources.map((source, choice) => `choice ${choice}: ${source.host}`).join(", "));
      } else {
        this.fail(record, outcome.status === "error" ? `${outcome.code} ${outcome.text}` : outcome.reason);
      }
    });
  }

  private view(record: Record, peer: Peer): void {
    peer.view((outcome) => {
      if (outcome.status === "listed") {
        record.entries = outcome.entries.map(({ ip, httpPort, files, lastUpdateMs }) => ({
          host: this.world.nameOf(ip),
          address: ip,
          httpPort,
          files,
          lastUpdateMs,
        }));
        this.done(record, record.entries.map((entry) => `${entry.host} [${entry.files.join(", ")}]`).join(", "));
      } else {
        this.fail(record, outcome.status === "error" ? `${outcome.code} ${outcome.text}` : outcome.reason);
      }
    });
  }

  private download(record: Record, peer: Peer, action: Extract<Action, { kind: "download" }>): void {
    const source = this.sourceOf(record.host, action);
    if (source === undefined) {
      this.fail(record, `no look-up of ${action.file} has offered choice ${action.choice}`);
      return;
    }
    const { file, range } = action;
    const from = this.world.nameOf(source.ip);
    const options = range === undefined ? {} : { range };
    const head = (status: number, reason: string) => ({
      file,
      from: [from],
      status,
      reason,
      elapsedMs: this.world.nowMs - record.atMs,
    });
    // The bytes may change hands meanwhile: what counts is what the source has when the download begins.
    const original = this.world.store(from)?.get(file);
    peer.download(
      file,
      source,
      (outcome) => {
        if (outcome.status === "downloaded") {
          const { httpStatus, reason, bytes } = outcome;
          const intact = sameBytes(original, range, this.world.store(record.host)?.get(file));
          record.download = { ...head(httpStatus, reason), bytes, intact };
          this.done(record, `${httpStatus} ${reason}, ${bytes} bytes`);
        } else if (outcome.status === "refused") {
          record.download = { ...head(outcome.httpStatus, outcome.reason), bytes: 0, intact: false };
          this.fail(record, `${outcome.httpStatus} ${outcome.reason}`);
        } else {
          this.fail(record, outcome.detail === undefined ? outcome.reason : `${outcome.reason}: ${outcome.detail}`);
        }
      },
      options,
    );
  }

  private fetch(record: Record, peer: Peer, action: Extract<Action, { kind: "fetch" }>): void {
    const { file, like, bytesPerSecond, overwrite } = action;
    const sources = action.from?.map((name) => this.sourceAt(name)) ?? this.latestSources.get(`${record.host} ${file}`);
    if (sources === undefined || sources.length === 0) {
      this.fail(record, `no look-up of ${file} has offered a source`);
      return;
    }
    const from = sources.map(({ ip }) => this.world.nameOf(ip));
    const copies = (like === undefined ? from : [like]).map((name) => this.world.store(name)?.get(file));
    const original = copies.find((copy) => copy !== undefined);
    const expected = like === undefined || original === undefined ? {} : expectedOf(original);
    const onDone = (outcome: FetchOutcome): void => {
      const facts = {
        file,
        from,
        dropped: Object.fromEntries(
          outcome.sources.flatMap(({ source, dropped }) =>
            dropped === undefined ? [] : [[this.world.nameOf(source.ip), dropped.reason]],
          ),
        ),
        elapsedMs: this.world.nowMs - record.atMs,
      };
      if (outcome.status === "fetched") {
        const { bytes } = outcome;
        const intact = sameBytes(original, undefined, this.world.store(record.host)?.get(file));
        record.download = { ...facts, status: 200, reason: "OK", bytes, intact };
        this.done(record, fetchText(outcome));
      } else {
        const http = outcome.sources.findLast(({ dropped }) => dropped?.http !== undefined)?.dropped?.http;
        if (http !== undefined) record.download = { ...facts, ...http, bytes: 0, intact: false };
        this.fail(record, outcome.detail);
      }
    };
    peer.fetch(
      file,
      sources.slice(0, defaultFetchOptions.maxSources),
      { onDone },
      { expect: expected, bytesPerSecond, overwrite },
    );
  }

  private sourceOf(
    hostName: string,
    { file, from, choice }: Extract<Action, { kind: "download" }>,
  ): Source | undefined {
    if (from === undefined) return this.latestSources.get(`${hostName} ${file}`)?.[choice ?? 0];
    return this.sourceAt(from);
  }

  private sourceAt(name: string): Source {
    const host = this.world.optionsOf(name);
    return { ip: host.address, httpPort: host.role === "peer" ? host.httpPort : endpoint(host.address, 80).port };
  }

  private done(record: Record, text: string): void {
    this.settle(record, "done", text);
  }

  private fail(record: Record, error: string): void {
    record.error = error;
    this.settle(record, "failed", error);
  }

  private settle(record: Record, outcome: "done" | "failed", text: string): void {
    record.outcome = outcome;
    record.text = text;
    record.finishedMs = this.world.nowMs;
  }
}

function argumentOf(action: Action): string {
  switch (action.kind) {
    case "share":
    case "unshare":
    case "lookup":
    case "download":
    case "fetch":
      return action.file;
    case "send":
      return action.to;
    default:
      return "";
  }
}

/** What a directory that is trusted would say of a file. */
function expectedOf(file: FileBody): FetchOptions["expect"] {
  return { sizeBytes: file.sizeBytes, sha256: sha256Of(file) };
}

/** Is a downloaded file what its source had (in the range that was asked for)? */
function sameBytes(
  original: FileBody | undefined,
  range: { readonly first: number; readonly last?: number } | undefined,
  copy: FileBody | undefined,
): boolean {
  if (original === undefined || copy === undefined) return false;
  const first = range?.first ?? 0;
  const last = Math.min(range?.last ?? original.sizeBytes - 1, original.sizeBytes - 1);
  if (copy.sizeBytes !== last - first + 1) return false;
  for (let at = 0; at < copy.sizeBytes; at += COMPARE_BYTES) {
    const end = Math.min(at + COMPARE_BYTES, copy.sizeBytes) - 1;
    const expected = original.read(first + at, first + end);
    const found = copy.read(at, end);
    for (let i = 0; i < found.length; i++) if (expected[i] !== found[i]) return false;
  }
  return true;
}
