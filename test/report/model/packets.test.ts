import { describe, expect, test } from "vitest";
import { lastNs, shortName, transmissionsOf } from "../../../src/report/model/packets.ts";
import { bare, modelOf, TraceStory } from "../../support/trace-story.ts";

describe("transmissions and what became of them", () => {
  test("a packet that arrives, and the ACK that answers it", () => {
    const [data, ack, ...rest] = transmissionsOf(modelOf(bare("")));
    expect(rest).toEqual([]);
    expect(data).toMatchObject({
      from: "sender",
      to: "receiver",
      kind: "data",
      seq: 1,
      attempt: 1,
      message: 1,
      retransmission: undefined,
    });
    expect(data!.arrivals).toMatchObject([{ timeNs: 50e6, isOvertaken: false }]);
    expect(ack).toMatchObject({
      from: "receiver",
      to: "sender",
      kind: "ack",
      seq: 2,
      message: 1,
      answers: data!.packetId,
    });
    expect(lastNs(ack!)).toBe(100e6);
  });

  test("a loss on the way is the sender's, with its rule; the retransmission is necessary", () => {
    const [lost, again] = transmissionsOf(modelOf(bare("{ match: { kind: data, attempt: 1 }, do: drop }")));
    expect(lost!.losses).toMatchObject([{ timeNs: 0, why: "fault 1", isAtReceiver: false }]);
    expect(lost!.arrivals).toEqual([]);
    expect(again).toMatchObject({
      attempt: 2,
      sentNs: 200e6,
      retransmission: "necessary",
      reason: "necessary: data lost",
    });
  });

  test("a lost ACK makes the retransmission spurious", () => {
    const all = transmissionsOf(modelOf(bare("{ match: { kind: ack, attempt: 1 }, do: drop }")));
    expect(all.map(({ kind, retransmission }) => [kind, retransmission])).toEqual([
      ["data", undefined],
      ["ack", undefined],
      ["data", "spurious"],
      ["ack", undefined],
    ]);
  });

  test("a duplicated packet arrives twice under one id; a damaged one says so", () => {
    const [twice] = transmissionsOf(modelOf(bare("{ match: { kind: data, attempt: 1 }, do: { duplicate: 20ms } }")));
    expect(twice).toMatchObject({ duplicated: "fault 1" });
    expect(twice!.arrivals.map(({ timeNs }) => timeNs)).toEqual([50e6, 70e6]);
    const [damaged] = transmissionsOf(modelOf(bare("{ match: { kind: data, attempt: 1 }, do: { corrupt: 0 } }")));
    expect(damaged!.corrupted).toBe("fault 1: byte 0");
  });

  test("a packet is overtaken where one of its direction that was sent later arrives first, and only then", () => {
    const { model } = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1, seq: 1 })
      .packet(1, "send", "A", "B", { id: 2, seq: 2 })
      .packet(1, "send", "B", "A", { id: 3, type: "DATA-ACK" })
      .packet(2, "deliver", "A", "B", { id: 3, type: "DATA-ACK" })
      .packet(3, "deliver", "B", "A", { id: 2, seq: 2 })
      .packet(4, "deliver", "B", "A", { id: 1, seq: 1 });
    expect(transmissionsOf(model).map(({ arrivals }) => arrivals.map((one) => one.isOvertaken))).toEqual([
      [true],
      [false],
      [false],
    ]);
  });

  test("a loss at the receiver is the receiver's", () => {
    const { model } = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1 })
      .packet(5, "drop", "B", "A", { id: 1, note: "host down" });
    expect(transmissionsOf(model)[0]!.losses).toMatchObject([{ why: "host down", isAtReceiver: true, timeNs: 5e6 }]);
  });

  test("an arrival without its sending is a packet from outside; without an id two of them are two", () => {
    const { model } = new TraceStory()
      .packet(1, "deliver", "B", "10.0.0.9:5", { id: 0 })
      .packet(2, "deliver", "B", "10.0.0.9:5", { id: 0 });
    const all = transmissionsOf(model);
    expect(all).toMatchObject([
      { from: "10.0.0.9:5", to: "B", sendEvent: -1, sentNs: 1e6 },
      { from: "10.0.0.9:5", to: "B", sendEvent: -1, sentNs: 2e6 },
    ]);
  });

  test("messages are counted by hosts and type; a retransmission of the first packet begins none", () => {
    const send = (story: TraceStory, id: number, seq: number, attempt: number, type = "UPDATE") =>
      story.packet(id, "send", "A", "B", { id, seq, total: 2, attempt, type });
    const story = new TraceStory();
    send(story, 1, 1, 1);
    send(story, 2, 1, 2);
    send(story, 3, 2, 1);
    send(story, 4, 1, 1, "LOOKUP");
    send(story, 5, 1, 1);
    expect(transmissionsOf(story.model).map(({ message }) => message)).toEqual([1, 1, 1, 1, 2]);
  });

  test("an answer to a challenge is no retransmission after a timeout, and the other way round", () => {
    const attempt = (story: TraceStory, atMs: number, number: number, type = "UPDATE") =>
      story.packet(atMs, "send", "A", "B", { id: atMs + 1, type, attempt: number });
    const challenge = (story: TraceStory, atMs: number, from: string) =>
      story
        .packet(atMs, "send", from, "A", { id: atMs + 1, type: "CHALLENGE" })
        .packet(atMs, "deliver", "A", from, { id: atMs + 1, type: "CHALLENGE" });
    const judged = (story: TraceStory) =>
      transmissionsOf(story.model)
        .filter(({ type }) => type === "UPDATE")
        .map(({ retransmission }) => retransmission);
    const story = new TraceStory();
    attempt(story, 0, 1);
    challenge(story, 5, "B");
    attempt(story, 10, 2);
    story.packet(20, "timeout", "A", "B", { id: 11, type: "UPDATE", attempt: 2 }, 10);
    attempt(story, 20, 3);
    challenge(story, 25, "B");
    attempt(story, 30, 4);
    expect(judged(story)).toEqual([undefined, "cookie", "unknown", "cookie"]);

    const late = new TraceStory();
    attempt(late, 0, 1);
    late.packet(10, "timeout", "A", "B", { id: 1, type: "UPDATE" }, 10);
    challenge(late, 10, "B");
    attempt(late, 11, 2);
    expect(judged(late)).toEqual([undefined, "unknown"]);

    const another = new TraceStory();
    attempt(another, 0, 1);
    challenge(another, 5, "C");
    attempt(another, 10, 2);
    expect(judged(another)).toEqual([undefined, "unknown"]);
  });

  test("names in a few words", () => {
    const story = new TraceStory()
      .packet(0, "send", "A", "B", { id: 1, seq: 2, total: 3 })
      .packet(0, "send", "A", "B", { id: 2, type: "UPDATE" })
      .packet(0, "send", "A", "B", { id: 3, type: "UPDATE-ACK", seq: 2 })
      .packet(0, "send", "A", "B", { id: 4, type: "SEGMENT", seq: 1460, bytes: 500 })
      .packet(0, "send", "A", "B", { id: 5, type: "SYN" });
    expect(transmissionsOf(story.model).map(shortName)).toEqual([
      "DATA 2/3",
      "UPDATE",
      "UPDATE-ACK 2",
      "500 bytes from 1460",
      "SYN",
    ]);
  });
});
