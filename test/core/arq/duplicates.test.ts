/**
 * Data that comes twice: dropped, and its ACK sent again, for the ACK may have been lost (the report, on reliability).
 * The receiver lingers: it answers for the last message long after that was whole.
 */

import { describe, expect, test } from "vitest";
import { MessageType } from "../../../src/core/wire/packet.ts";
import { twoHosts } from "../../support/two-hosts.ts";

const small = { maxDatagramBytes: 20 };
const TWO_PACKETS = "two packets of text";

describe("a duplicate packet", () => {
  test("of a message under way is acknowledged again and not taken twice", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: small }).drop({ kind: "ack", seq: 2, attempt: 1 });
    link.sender.send(TWO_PACKETS);
    link.runTo("10ms").expectSent({ kind: "ack", seq: 2, attempt: 1 });
    link.runTo("100ms").expectSent({ kind: "data", seq: 1, attempt: 2, note: "spurious: ACK lost" });
    link.runTo("110ms").expectSent({ kind: "ack", seq: 2, attempt: 2 });
    link.runTo("1s");
    expect(link.receiver.texts).toEqual([TWO_PACKETS]);
  });

  test("made by the network is acknowledged again, and its ACK changes nothing", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: small }).duplicate({ kind: "data", seq: 1 }, "5ms");
    link.sender.send(TWO_PACKETS);
    link.runTo("15ms").expectSent({ kind: "ack", seq: 2, attempt: 1 }, { kind: "ack", seq: 2, attempt: 2 });
    link.runTo("1s");
    expect(link.receiver.texts).toEqual([TWO_PACKETS]);
    expect(link.transmissions("data")).toBe(2);
  });

  test("that comes late, after the packets behind it, is acknowledged with its own number", () => {
    const three = "three packets of text, no fewer";
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: small }).duplicate({ kind: "data", seq: 1 }, "25ms");
    link.sender.send(three);
    link.runTo("30ms"); // packet 2 is in
    link.runTo("35ms").expectSent({ kind: "ack", seq: 2 });
    link.runTo("1s");
    expect(link.receiver.texts).toEqual([three]);
  });
});

describe("lingering: the last ACK was lost", () => {
  test("the last packet is acknowledged again, and the message is not processed again", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms" }).dropNext("ack");
    const message = link.sender.send("hello");
    link.runTo("20ms");
    expect(link.receiver.texts).toEqual(["hello"]);
    link
      .runTo("110ms")
      .expectSent({ kind: "data", attempt: 2, note: "spurious: ACK lost" }, { kind: "ack", attempt: 2 });
    link.runTo("120ms");
    expect(message.outcome).toMatchObject({ status: "delivered", transmissions: 2 });
    expect(link.receiver.texts).toEqual(["hello"]);
    expect(link.receiver.duplicates).toEqual(["DATA"]);
  });

  test("of several packets: also long after the duplicate window, for nobody else sends such a packet first", () => {
    const link = twoHosts({ delay: "10ms", rto: "10s", arq: { ...small, duplicateWindowMs: 1000 } });
    link.drop({ kind: "ack", seq: 3, nth: [1] });
    const message = link.sender.send(TWO_PACKETS);
    link
      .runTo("10.03s")
      .expectSent(
        { kind: "ack", seq: 2 },
        { kind: "data", seq: 2, attempt: 1 },
        { kind: "ack", seq: 3, attempt: 1 },
        { kind: "data", seq: 2, attempt: 2, note: "spurious: ACK lost" },
        { kind: "ack", seq: 3, attempt: 2 },
      );
    link.runTo("11s");
    expect(message.status).toBe("delivered");
    expect(link.receiver.texts).toEqual([TWO_PACKETS]);
  });

  test("also while the next message of another type is being put together", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: small }).drop({ kind: "ack", type: "UPDATE", nth: [1] });
    const update = link.sender.send("short", { type: MessageType.UPDATE });
    link.sender.send(TWO_PACKETS, { type: MessageType.LOOKUP });
    link.runTo("1s");
    expect(update.outcome).toMatchObject({ status: "delivered", transmissions: 2 });
    expect(link.receiver.texts.toSorted()).toEqual(["short", TWO_PACKETS]);
  });
});

describe("a message equal to the last one of its sender and type", () => {
  const window = { duplicateWindowMs: 3000 };

  test("just within the window is a repetition: acknowledged, not processed", () => {
    const link = twoHosts({ rto: "100ms", arq: window });
    link.sender.send("keep-alive");
    link.runTo("2999.999999ms");
    const again = link.sender.send("keep-alive");
    link.runTo("4s");
    expect(again.status).toBe("delivered");
    expect(link.receiver.texts).toEqual(["keep-alive"]);
    expect(link.receiver.duplicates).toEqual(["DATA"]);
  });

  test("at the end of the window is new", () => {
    const link = twoHosts({ rto: "100ms", arq: window });
    link.sender.send("keep-alive");
    link.runTo("3000ms");
    link.sender.send("keep-alive");
    link.runTo("4s");
    expect(link.receiver.texts).toEqual(["keep-alive", "keep-alive"]);
    expect(link.receiver.duplicates).toEqual([]);
  });

  test("of several packets: the same window, told when it is whole", () => {
    for (const [atMs, times] of [
      [2900, 1],
      [3030, 2],
    ] as const) {
      const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { ...small, ...window } });
      link.sender.send(TWO_PACKETS); // whole at 30 ms
      link.runTo(`${atMs}ms`);
      link.sender.send(TWO_PACKETS); // whole 30 ms later
      link.runTo("5s");
      expect(link.receiver.texts).toHaveLength(times);
      expect(link.receiver.duplicates).toHaveLength(2 - times);
    }
  });

  test("from another sender, or of another type, repeats nothing", () => {
    const link = twoHosts({ rto: "100ms", arq: window, hosts: ["directory", "H2", "H3"] });
    link.end("H2").send("same", { type: MessageType.LOOKUP });
    link.end("H3").send("same", { type: MessageType.LOOKUP });
    link.end("H2").send("same", { type: MessageType.UPDATE });
    link.runTo("1s");
    expect(link.end("directory").texts).toEqual(["same", "same", "same"]);
  });

  test("with another in between repeats nothing: only the last one counts", () => {
    const link = twoHosts({ rto: "100ms", arq: window });
    for (const text of ["a", "b", "a"]) link.sender.send(text);
    link.runTo("1s");
    expect(link.receiver.texts).toEqual(["a", "b", "a"]);
  });

  test("that differs in its last packet alone repeats nothing", () => {
    const link = twoHosts({ rto: "100ms", arq: { ...small, ...window } });
    link.sender.send("fourteen bytes1");
    link.sender.send("fourteen bytes2");
    link.runTo("1s");
    expect(link.receiver.texts).toEqual(["fourteen bytes1", "fourteen bytes2"]);
  });

  test("each copy makes the window start again", () => {
    const link = twoHosts({ rto: "100ms", arq: window });
    for (const at of ["0s", "2s", "4s", "6s"]) {
      link.runTo(at);
      link.sender.send("again");
    }
    link.runTo("10s");
    expect(link.receiver.texts).toEqual(["again"]);
    expect(link.receiver.duplicates).toHaveLength(3);
  });
});
