/**
 * One test's stage: the directory on H1, peers on H2 to H4 with folders of their own, and a capture of each host. Every
 * process is one of peerlab's own commands, started as a user would; the peers' menus are typed into.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLI } from "../checkout.mjs";
import { captureCommand, readCapture } from "./capture.mjs";
import { HOSTS, HostNetwork } from "./network.mjs";
import { Session } from "./session.mjs";

export const DIRECTORY_PORT = 7777;
/** How long anything may take; at 10 % loss a message may need several timeouts. */
export const PATIENCE_MS = 60_000;
/** Two equal questions closer to each other than this are one question to the report's directory. */
const ASK_AGAIN_MS = 3500;

/** What answers menu entry 6, up to the next prompt: a listing may come in several pieces. */
const WHOLE_ANSWER = /(?:\['10\.0\.0\.\d', [^\n]*\]|no peers|failed[^\n]*)\n.*choice: $/s;

export class Stage {
  #network;
  #folder;
  #faults;
  #sessions = [];
  #captures = [];

  /** `folder` takes the captures, traces and the peers' files; `faults` is for every process's `--faults`, "" for none. */
  constructor(network, folder, faults) {
    this.#network = network;
    this.#folder = folder;
    this.#faults = faults;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  /** Starts the captures and the directory. */
  async open() {
    for (const host of HOSTS) {
      const capture = new Session(
        `tcpdump on ${host}`,
        this.#network.on(host, captureCommand(this.#captureFile(host))),
      );
      this.#captures.push(capture);
      await capture.waitFor(/listening on/, { stream: "errors" });
    }
    const where = `${HostNetwork.addressOf("H1")}:${DIRECTORY_PORT}`;
    const directory = this.#start("H1", ["directory", "--listen", where]);
    await directory.waitFor(/10\.0\.0\.1:7777/, { stream: "errors" });
    return directory;
  }

  /** Starts a peer with files in its folder (name -> bytes), some of them shared, and waits until the directory knows it. */
  async peer(host, { port = 8888, files = {}, shares = [] } = {}) {
    const folder = this.folderOf(host);
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const address = HostNetwork.addressOf(host);
    const peer = this.#start(host, [
      "peer",
      ...["--directory", `${HostNetwork.addressOf("H1")}:${DIRECTORY_PORT}`],
      ...["--listen", `${address}:${port}`, "--http", "80", "--folder", folder],
      ...shares.flatMap((name) => ["--share", name]),
    ]);
    await peer.waitFor(/6\W+View Directory/);
    // Its first update may be lost, and come a timeout later.
    const joined = new RegExp(`joined ${address.replaceAll(".", "\\.")}:80 `);
    await this.#sessions[0].waitFor(joined, { stream: "errors", timeoutMs: PATIENCE_MS });
    return peer;
  }

  /** Asks a peer for the directory until its answer shows what `pattern` wants, and gives the answer. */
  async viewUntil(peer, pattern) {
    const deadlineMs = Date.now() + PATIENCE_MS;
    for (;;) {
      const from = peer.output.length;
      await peer.ask("6", WHOLE_ANSWER, { timeoutMs: PATIENCE_MS });
      const listing = peer.output.slice(from);
      if (pattern.test(listing) || Date.now() > deadlineMs) return listing;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  folderOf(host) {
    return join(this.#folder, host);
  }

  traceFolderOf(host) {
    return join(this.#folder, `${host}-trace`);
  }

  /** Ends every process, the peers as their users would (menu entry 5), and gives the captures by host. */
  async close() {
    const [directory, ...peers] = this.#sessions;
    for (const peer of peers) if (peer.exitCode === undefined) peer.say("5");
    await Promise.all(peers.map((peer) => orKill(peer)));
    await directory?.stop("SIGTERM");
    await Promise.all(this.#captures.map((capture) => capture.stop("SIGINT")));
    return new Map(HOSTS.map((host) => [host, readCapture(this.#captureFile(host))]));
  }

  /** Ends every process at once: something went wrong. */
  async abandon() {
    await Promise.all([...this.#sessions, ...this.#captures].map((session) => session.stop("SIGKILL")));
  }

  #start(host, args) {
    const common = ["--wire", "report", "--trace", this.traceFolderOf(host)];
    const faults = this.#faults === "" ? [] : ["--faults", this.#faults];
    const command = [process.execPath, CLI, ...args, ...common, ...faults];
    const session = new Session(`peerlab ${args[0]} on ${host}`, this.#network.on(host, command), {
      env: { ...process.env, NO_COLOR: "1" },
    });
    this.#sessions.push(session);
    return session;
  }

  #captureFile(host) {
    return join(this.#folder, `${host}.pcap`);
  }
}

async function orKill(peer) {
  const timer = setTimeout(() => peer.signal("SIGKILL"), PATIENCE_MS);
  await peer.ended;
  clearTimeout(timer);
}
