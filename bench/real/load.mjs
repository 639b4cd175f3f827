/**
 * The load generator: so many clients, each with a socket of its own and one question outstanding; the next goes out when the
 * answer is in. The same program loads the echo server and the directory. Written from docs/wire.md alone: nothing of
 * peerlab's own code is in it. Its parent tells it what to do: `{ port, clients, mode, seconds }`; it answers with
 * `{ operations, datagrams, seconds, cpuMicros, lost }`, where datagrams counts those that the server took in and sent out.
 *
 * Modes: `echo`: a keep-alive's bytes, sent back. `keepalive`: an UPDATE and its ACK. `lookup`: a LOOKUP, its ACK, the RESULT and
 * the ACK of that. `mix`: both in turn. `send`: sends without waiting for anything, which shows what the generator can do at most.
 */

import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A client whose answer does not come within this asks again: the kernel dropped something. */
const STALLED_MS = 250;
const BURST = 64;

class Client {
  operations = 0;
  datagrams = 0;
  lost = 0;
  #socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
  #place;
  #clients;
  #mode;
  #update;
  #lookups = 0;
  #waitsForAck = false;
  #waitsForResult = false;
  #question = Buffer.alloc(0);
  #askedMs = 0;

  constructor(place, { clients, mode }) {
    this.#place = place;
    this.#clients = clients;
    this.#mode = mode;
    this.#update = Buffer.from(`1 127.0.0.1 ${10_000 + place} f${place}.txt  1 1`);
    this.#socket.on("message", (datagram) => this.#onMessage(datagram));
  }

  async connect(port) {
    this.#socket.connect(port, "127.0.0.1");
    await once(this.#socket, "connect");
  }

  /** Registers with the directory, so that the others' look-ups find this client. */
  ask() {
    this.#askedMs = performance.now();
    const looksUp = this.#mode === "lookup" || (this.#mode === "mix" && this.#lookups < this.operations / 2);
    if (looksUp && this.operations > 0) {
      const other = (this.#place * 7 + this.#lookups++) % this.#clients;
      this.#question = Buffer.from(`2 f${other}.txt 1 1`);
      this.#waitsForResult = true;
    } else {
      this.#question = this.#update;
    }
    this.#waitsForAck = true;
    this.#send(this.#question);
  }

  /** Sends without waiting, until `untilMs`. */
  async flood(untilMs) {
    while (performance.now() < untilMs) {
      for (let i = 0; i < BURST; i++) this.#send(this.#update);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  lookAgain(nowMs) {
    if (nowMs - this.#askedMs < STALLED_MS) return;
    this.lost++;
    this.#askedMs = nowMs;
    this.#send(this.#question);
  }

  close() {
    this.#socket.close();
  }

  #onMessage(datagram) {
    this.datagrams++;
    const type = datagram[0];
    if (this.#mode === "echo" || type !== RESULT) {
      this.#waitsForAck = false;
    } else {
      this.#send(acknowledgement(datagram));
      this.#waitsForResult = false;
    }
    if (this.#waitsForAck || this.#waitsForResult) return;
    this.operations++;
    if (running) this.ask();
  }

  #send(datagram) {
    this.datagrams++;
    this.#socket.send(datagram);
  }
}

const RESULT = "5".charCodeAt(0);
const ONE = "1".charCodeAt(0);
let running = false;

/** The ACK of a message of one packet: SEQ 1 becomes 2. */
function acknowledgement(datagram) {
  if (datagram[datagram.length - 3] !== ONE) throw new Error(`not a message of one packet: ${datagram}`);
  const ack = Buffer.from(datagram);
  ack[ack.length - 3] = ONE + 1;
  return ack;
}

async function load({ port, clients: count, mode, seconds }) {
  const clients = Array.from({ length: count }, (_, place) => new Client(place, { clients: count, mode }));
  await Promise.all(clients.map((client) => client.connect(port)));
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  if (mode === "send") {
    await clients[0].flood(startedMs + seconds * 1000);
  } else {
    running = true;
    for (const client of clients) client.ask();
    const watch = setInterval(() => {
      const nowMs = performance.now();
      for (const client of clients) client.lookAgain(nowMs);
    }, STALLED_MS);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    running = false;
    clearInterval(watch);
  }
  const took = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const sum = (key) => clients.reduce((total, client) => total + client[key], 0);
  const figures = { operations: sum("operations"), datagrams: sum("datagrams"), lost: sum("lost") };
  for (const client of clients) client.close();
  return { ...figures, seconds: took, cpuMicros: user + system };
}

process.on("message", async (order) => process.send(await load(order)));
process.on("disconnect", () => process.exit());
