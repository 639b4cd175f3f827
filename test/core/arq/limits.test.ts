/** What a receiver keeps is bounded, and at each bound the trace says who made room. */

import { describe, expect, test } from "vitest";
import { MessageType } from "../../../src/core/wire/packet.ts";
import { type Lab, twoHosts } from "../../support/two-hosts.ts";

/** What the receiver of a lab has dropped or forgotten. */
function drops(link: Lab, name: string): string[] {
  return link.tape
    .find({ event: "state", node: name })
    .map(({ note }) => note)
    .filter((note) => note.includes("dropped") || note.includes("evicted"));
}

describe("the largest message", () => {
  const options = { delay: "1ms", rto: "10ms", arq: { maxDatagramBytes: 20, maxMessageBytes: 30, maxAttempts: 2 } };

  test("of exactly the limit is put together", () => {
    const link = twoHosts(options);
    link.sender.send("x".repeat(30));
    link.runTo("1s");
    expect(link.receiver.texts).toEqual(["x".repeat(30)]);
  });

  test("of one byte more is dropped and not acknowledged, so its sender gives up", () => {
    const link = twoHosts(options);
    const message = link.sender.send("x".repeat(31));
    link.runTo("1s");
    expect(link.receiver.texts).toEqual([]);
    expect(message.outcome).toMatchObject({ status: "given-up", seq: 3 });
    expect(drops(link, "receiver")).toEqual(["incomplete DATA (2 of 3) dropped: larger than 30 bytes"]);
  });

  test("in a single packet, too", () => {
    const link = twoHosts({ ...options, arq: { ...options.arq, maxDatagramBytes: 100 } });
    const message = link.sender.send("x".repeat(31));
    link.runTo("1s");
    expect(message.status).toBe("given-up");
    expect(link.receiver.texts).toEqual([]);
  });
});

describe("messages of one sender that are put together at once", () => {
  test("have a limit: the oldest makes room for one more", () => {
    const link = twoHosts({ delay: "1ms", rto: "10ms", arq: { maxReassembliesPerSender: 2 } });
    for (const type of [1, 2, 3]) link.sender.inject(`${type} first of two 1 2`);
    link.runTo("5ms");
    expect(drops(link, "receiver")).toEqual(["incomplete UPDATE (1 of 2) dropped: too many at once from one sender"]);
    for (const type of [1, 2, 3]) link.sender.inject(`${type}  2 2`);
    link.runTo("10ms");
    expect(link.receiver.received.map(({ type }) => type)).toEqual(["LOOKUP", "EXIT"]);
    expect(link.tape.notes({ event: "reject" })).toEqual(["UPDATE out of order: packet 2 of 2"]);
  });

  test("that are of one packet take no room", () => {
    const link = twoHosts({ delay: "1ms", rto: "10ms", arq: { maxReassembliesPerSender: 1 } });
    link.sender.inject("1 first of two 1 2");
    link.sender.inject("2 whole 1 1");
    link.sender.inject("1  2 2");
    link.runTo("10ms");
    expect(link.receiver.texts).toEqual(["whole", "first of two"]);
  });

  test("of one sender do not take the room of another", () => {
    const hosts = ["directory", "H2", "H3"];
    const link = twoHosts({ delay: "1ms", rto: "10ms", arq: { maxReassembliesPerSender: 1 }, hosts });
    for (const name of ["H2", "H3"]) link.end(name).inject("1 first of two 1 2");
    link.runTo("5ms");
    expect(drops(link, "directory")).toEqual([]);
  });
});

describe("memory of all messages that are put together", () => {
  /** A fragment counts for so much beside its bytes. */
  const OVERHEAD = 128;
  const arq = { maxReassemblyBytes: 1000, maxReassembliesPerSender: 4 };
  /** A payload that makes one fragment count for `bytes`. */
  const counting = (bytes: number, letter = "a"): string => letter.repeat(bytes - OVERHEAD);

  test("has a limit: the oldest message makes room", () => {
    const link = twoHosts({ arq, hosts: ["directory", "H2", "H3", "H4"] });
    link.end("H2").inject(`1 ${counting(500)} 1 3`);
    link.end("H3").inject(`1 ${counting(500, "b")} 1 3`);
    link.runTo("1ms");
    expect(drops(link, "directory")).toEqual([]); // exactly full
    link.end("H4").inject("1  1 3");
    link.runTo("2ms");
    expect(drops(link, "directory")).toEqual(["incomplete UPDATE (1 of 3) dropped: more than 1000 bytes under way"]);
    expect(link.tape.rows.filter(({ note }) => note.includes("dropped"))[0]?.peer).toBe("H2");
  });

  test("is kept to, however small the oldest messages are", () => {
    const names = ["H1", "H2", "H3", "H4"];
    const link = twoHosts({ arq, hosts: ["directory", ...names, "big"] });
    for (const name of names) link.end(name).inject(`1 ${counting(130)} 1 3`);
    link.end("big").inject(`1 ${counting(480)} 1 3`); // exactly full
    link.end("big").inject(`1 ${counting(390)} 2 3`); // three of the small ones go: two would not do
    link.runTo("1ms");
    expect(drops(link, "directory")).toHaveLength(3);
  });

  test("is also taken by fragments without payload", () => {
    const link = twoHosts({ arq });
    for (let seq = 1; seq <= 8; seq++) link.sender.inject(`1  ${seq} 999999998`);
    link.runTo("1ms");
    expect(drops(link, "receiver")).toEqual([
      "incomplete UPDATE (8 of 999999998) dropped: more than 1000 bytes under way",
    ]);
  });

  test("comes free when a message is whole, dropped, begun anew or rewound", () => {
    const link = twoHosts({ arq, hosts: ["directory", "H2", "H3"] });
    for (let i = 0; i < 20; i++) {
      link.end("H2").inject(`1 ${i}${counting(300)} 1 2`);
      link.end("H2").inject("1 the end 2 2");
      link.end("H3").inject(`2 ${i}${counting(200)} 1 3`); // begins anew each time
      link.end("H3").inject("3 the same 1 3");
      link.end("H3").inject(`3 ${i}${counting(200)} 2 3`); // goes back to just before this one
    }
    link.runTo("1ms");
    expect(link.end("directory").received).toHaveLength(20);
    expect(drops(link, "directory").filter((note) => !note.includes("another one has begun"))).toEqual([]);
  });
});

describe("senders", () => {
  const names = ["H1", "H2", "H3", "H4"];

  test("have a limit: the oldest silent one is forgotten, with what it left unfinished", () => {
    const link = twoHosts({ arq: { maxRemotes: 3, duplicateWindowMs: 1000 }, hosts: ["directory", ...names] });
    for (const name of ["H1", "H2", "H3"]) link.end(name).inject(`1 ${name} 1 1`);
    link.runTo("1s");
    link.end("H2").inject("1 H2 1 2"); // H2 is in the middle of something
    link.end("H1").inject("1 H1 1 1"); // H1 has just spoken
    link.runTo("1.5s");
    link.end("H4").inject("1 H4 1 1");
    link.runTo("2s");
    const evictions = link.tape
      .find({ event: "state", node: "directory" })
      .filter(({ note }) => note.includes("evict"));
    expect(evictions.map(({ peer }) => peer)).toEqual(["H3"]);
  });

  test("that are all busy: the oldest is forgotten all the same", () => {
    const link = twoHosts({ arq: { maxRemotes: 3 }, hosts: ["directory", ...names] });
    for (const name of names) link.end(name).inject(`1 ${name} 1 2`);
    link.runTo("1ms");
    expect(drops(link, "directory")).toEqual([
      "incomplete UPDATE (1 of 2) dropped: too many senders",
      "receiver state evicted: too many senders",
    ]);
  });

  test("who only send packets that begin nothing are not remembered at all", () => {
    const link = twoHosts({ arq: { maxRemotes: 2 }, hosts: ["directory", ...names] });
    link.end("H1").inject("1 H1 1 2");
    for (const name of ["H2", "H3", "H4"]) link.end(name).inject("1 out of nowhere 2 2");
    link.end("H1").inject("1  2 2");
    link.runTo("1ms");
    expect(link.end("directory").texts).toEqual(["H1"]);
    expect(drops(link, "directory")).toEqual([]);
  });
});

describe("what is no use is traced and dropped", () => {
  test.each([
    ["", "empty at byte 0"],
    ["hello", "no-type at byte 0"],
    ["99 x 1 1", "unknown-type at byte 0"],
    ["1 x y z", "bad-total at byte 6"],
    ["8 x 2 2", "DATA out of order: packet 2 of 2"],
    ["8 x 2 1", "DATA sequence number beyond the total"],
  ])("%j: %s", (datagram, note) => {
    const link = twoHosts();
    link.sender.inject(datagram);
    link.runTo("1ms");
    expect(link.tape.find({ event: "reject" })).toMatchObject([
      { node: "receiver", peer: "sender", note, bytes: datagram.length },
    ]);
    expect(link.receiver.received).toEqual([]);
    expect(link.transmissions("ack")).toBe(0);
  });

  test("a gap within a message: the packet that is too early is not acknowledged", () => {
    const link = twoHosts();
    link.sender.inject("8 a 1 3");
    link.sender.inject("8 c 3 3");
    link.runTo("1ms");
    expect(link.transmissions("ack")).toBe(1);
    expect(link.tape.notes({ event: "reject" })).toEqual(["DATA out of order: packet 3 of 3"]);
    link.sender.inject("8 b 2 3");
    link.sender.inject("8 c 3 3");
    link.runTo("2ms");
    expect(link.receiver.texts).toEqual(["abc"]);
  });

  test("a type that this side never gets as data is taken for an ACK, of nothing", () => {
    const link = twoHosts();
    link.sender.inject("5 x 1 1"); // the receiver originates RESULT
    link.runTo("1ms");
    expect(link.receiver.received).toEqual([]);
    expect(link.transmissions("ack")).toBe(0);
    expect(MessageType.RESULT).toBe(5);
  });
});
