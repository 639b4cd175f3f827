import { describe, expect, test } from "vitest";
import { transmissionsOf } from "../../../src/report/model/packets.ts";
import { timersOf } from "../../../src/report/model/timers.ts";
import type { TraceModel } from "../../../src/report/model/trace-model.ts";
import { bare, modelOf, TraceStory } from "../../support/trace-story.ts";

const timers = (model: TraceModel) =>
  timersOf(model, transmissionsOf(model)).map(({ seq, attempt, startNs, endNs, end }) => [
    seq,
    attempt,
    startNs / 1e6,
    endNs / 1e6,
    end,
  ]);

describe("retransmission timers, from the trace alone", () => {
  test("the ACK cancels the timer that the sending started (RFC 6298, 5.1 and 5.2)", () => {
    expect(timers(modelOf(bare("", 2)))).toEqual([
      [1, 1, 0, 100, "cancelled"],
      [2, 1, 100, 200, "cancelled"],
    ]);
  });

  test("it runs out after its interval, and the retransmission starts the next (RFC 6298, 5.4 to 5.6)", () => {
    const lost = "{ match: { kind: data, attempt: 1 }, do: drop }";
    expect(timers(modelOf(bare(lost)))).toEqual([
      [1, 1, 0, 200, "expired"],
      [1, 2, 200, 300, "cancelled"],
    ]);
  });

  test("giving up follows the last expiry at once: no timer is left", () => {
    const model = modelOf(
      bare("{ match: { kind: ack }, do: drop }").replace("protocol: {", "protocol: { attempts: 2,"),
    );
    expect(timers(model)).toEqual([
      [1, 1, 0, 200, "expired"],
      [1, 2, 200, 400, "expired"],
    ]);
  });

  test("back-off shows as longer bars", () => {
    const lost = "{ match: { kind: data, attempt: 1 }, do: drop }, { match: { kind: data, attempt: 2 }, do: drop }";
    const model = modelOf(bare(lost, 1, "{ estimator: fixed, initial: 200ms, backoff: 2 }"));
    expect(timers(model).map(([, , start, end]) => Number(end) - Number(start))).toEqual([200, 400, 100]);
  });

  test("a crash ends the timers of its host and no others", () => {
    const { model } = new TraceStory()
      .message(0, "A", "B", "delivered", 1, "OTHER")
      .message(0, "C", "B", "delivered", 1, "OTHER")
      .packet(1, "send", "A", "B", { id: 1 })
      .packet(2, "send", "C", "B", { id: 2 })
      .note(5, "state", "A", "crashed")
      .note(9, "state", "B", "anything");
    expect(timers(model)).toEqual([
      [1, 1, 1, 5, "crashed"],
      [1, 1, 2, 9, "open"],
    ]);
  });

  test("different types to one host have timers of their own; the outcome ends its own type's", () => {
    const { model } = new TraceStory()
      .packet(1, "send", "A", "B", { id: 1, type: "UPDATE" })
      .packet(2, "send", "A", "B", { id: 2, type: "LOOKUP" })
      .message(4, "A", "B", "cancelled", 1, "UPDATE")
      .rtt(6, "A", "B", 2, "sample", { sample: 4 });
    expect(timers(model)).toEqual([
      [1, 1, 1, 4, "cancelled"],
      [1, 1, 2, 6, "cancelled"],
    ]);
  });

  test("a message that its receiver refuses has no timer any more", () => {
    const { model } = new TraceStory().packet(1, "send", "A", "B", { id: 1 }).message(4, "A", "B", "rejected");
    expect(timers(model)).toEqual([[1, 1, 1, 4, "cancelled"]]);
  });

  test("a message that was withdrawn while it waited leaves the running timer alone", () => {
    const { model } = new TraceStory()
      .packet(1, "send", "A", "B", { id: 1 })
      .message(4, "A", "B", "cancelled", 0)
      .rtt(6, "A", "B", 1, "sample", { sample: 5 });
    expect(timers(model)).toEqual([[1, 1, 1, 6, "cancelled"]]);
  });

  test("hosts that never wait for an ACK have no timers", () => {
    const { model } = new TraceStory()
      .packet(1, "send", "A", "B", { id: 1, type: "PING" })
      .packet(2, "deliver", "B", "A", { id: 1, type: "PING" });
    expect(timers(model)).toEqual([]);
  });
});
