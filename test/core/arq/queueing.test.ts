/** Who waits for whom: messages of one type to one remote end go out one at a time, all others side by side. */

import { describe, expect, test } from "vitest";
import { MessageType } from "../../../src/core/wire/packet.ts";
import { twoHosts } from "../../support/two-hosts.ts";

describe("messages of one type to one remote end", () => {
  test("go out one at a time: the next when the ACK of the one before is in", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms" });
    for (const text of ["first", "second", "third"]) link.sender.send(text);
    link.runTo("0s");
    expect(link.transmissions("data")).toBe(1);
    link.runTo("99.999999ms").expectSent({ kind: "ack" });
    link.runTo("100ms").expectSent({ kind: "data", seq: 1, total: 1, attempt: 1 });
    link.runTo("1s");
    expect(link.receiver.texts).toEqual(["first", "second", "third"]);
    expect(link.sender.sent.map(({ settledMs }) => settledMs)).toEqual([100, 200, 300]);
  });

  test("know how long they waited, apart from how long they took", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms" });
    link.sender.send("first");
    link.runTo("30ms");
    const second = link.sender.send("second");
    link.runTo("1s");
    expect(second.outcome).toMatchObject({ status: "delivered", queuedMs: 70, elapsedMs: 100 });
  });

  test("go on after one that was given up", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxAttempts: 2 } }).drop({ kind: "data", message: 1 });
    link.sender.send("lost");
    link.sender.send("found");
    link.runTo("1s");
    expect(link.sender.sent.map(({ status, settledMs }) => [status, settledMs])).toEqual([
      ["given-up", 200],
      ["delivered", 220],
    ]);
  });

  test("are numbered from 1 in the trace, whatever became of those before", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxAttempts: 1 } }).drop({ kind: "data", message: 2 });
    for (const text of ["one", "two", "three"]) link.sender.send(text);
    link.runTo("1s");
    expect(link.receiver.texts).toEqual(["one", "three"]);
  });
});

describe("messages that do not wait for each other", () => {
  test("of different types", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms" }).drop({ kind: "data", type: "UPDATE" });
    link.sender.send("an update", { type: MessageType.UPDATE });
    link.sender.send("a look-up", { type: MessageType.LOOKUP });
    link.runTo("100ms");
    expect(link.receiver.received.map(({ type, atMs }) => [type, atMs])).toEqual([["LOOKUP", 50]]);
    expect(link.sender.sent.map(({ status }) => status)).toEqual([undefined, "delivered"]);
  });

  test("to different remote ends", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms", hosts: ["client", "near", "deaf", "far"] });
    const client = link.end("client");
    for (const name of ["near", "deaf", "far"]) client.send(`to ${name}`, { to: link.end(name) });
    link.end("deaf").host.crash();
    link.runTo("100ms");
    expect(client.sent.map(({ status }) => status)).toEqual(["delivered", undefined, "delivered"]);
    expect(link.end("far").texts).toEqual(["to far"]);
  });

  test("in both directions between the same two hosts", () => {
    const link = twoHosts({ delay: "50ms", rto: "200ms" });
    link.sender.send("there", { type: MessageType.LOOKUP });
    link.receiver.send("and back", { type: MessageType.RESULT });
    link.runTo("100ms");
    expect([link.receiver.texts, link.sender.texts]).toEqual([["there"], ["and back"]]);
    expect([...link.sender.sent, ...link.receiver.sent].map(({ settledMs }) => settledMs)).toEqual([100, 100]);
  });

  test("from many senders to one receiver, each with the same numbers", () => {
    const names = Array.from({ length: 20 }, (_, i) => `H${i + 1}`);
    const link = twoHosts({
      delay: "50ms",
      rto: "200ms",
      arq: { maxDatagramBytes: 20 },
      hosts: ["directory", ...names],
    });
    for (const name of names) link.end(name).send(`a message from ${name}, in several packets`);
    link.runTo("10s");
    const texts = link.end("directory").texts;
    expect(texts.toSorted()).toEqual(names.map((name) => `a message from ${name}, in several packets`).toSorted());
  });
});

describe("the state kept for remote ends is bounded", () => {
  test("an idle one makes room, a busy one does not", () => {
    const hosts = ["client", "A", "B", "C"];
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxRemotes: 2 }, hosts });
    const client = link.end("client");
    const busy = [client.send("1", { to: link.end("A") }), client.send("2", { to: link.end("B") })];
    const refused = client.send("3", { to: link.end("C") });
    expect(refused.outcome).toEqual({ status: "refused", reason: "queue-full" });
    link.runTo("1s");
    expect(busy.map(({ status }) => status)).toEqual(["delivered", "delivered"]);
    const later = client.send("4", { to: link.end("C") });
    const again = client.send("5", { to: link.end("A") });
    link.runTo("2s");
    expect([later.status, again.status]).toEqual(["delivered", "delivered"]);
    expect(link.end("A").texts).toEqual(["1", "5"]);
  });
});
