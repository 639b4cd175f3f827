/** What an import makes of a capture's packets: which are ACKs, which are sent again and why, and whose they are. */

import { describe, expect, test } from "vitest";
import { importCapture } from "../../src/capture/import.ts";
import type { CapturedPacket } from "../../src/capture/packets.ts";
import { defaultRtoOptions, type RtoOptions } from "../../src/core/arq/options.ts";
import type { RttRow, TraceEvent, TraceSink } from "../../src/trace/events.ts";
import { bytesOf } from "../contract/world.ts";
import { H1, H2, seen } from "./seen.ts";

class Lines implements TraceSink {
  readonly events: string[] = [];
  readonly rtts: string[] = [];

  onEvent({ event, node, peer, type, seq, total, attempt, note, timeMs }: TraceEvent): void {
    if (["rtt", "state", "timeout"].includes(event)) return;
    this.events.push(`${timeMs} ${event} ${node} ${peer} ${type} ${seq} ${total} ${attempt} ${note}`.trimEnd());
  }

  onRtt({ kind, timeoutIntervalMs, sampleRttMs }: RttRow): void {
    this.rtts.push(`${kind} ${kind === "timeout" ? "" : sampleRttMs} ${timeoutIntervalMs}`);
  }
}

function lines(packets: CapturedPacket[], rto: RtoOptions = defaultRtoOptions, names = new Map<string, string>()) {
  const sink = new Lines();
  const { hosts } = importCapture(packets, { rto, maxAttempts: 3, names, ports: new Set() }, [sink]);
  const sends = sink.events.filter((line) => line.includes(" send "));
  return { hosts, sends, events: sink.events, rtts: sink.rtts };
}

/** H2 sends to H1, or H1 to H2, and it takes a millisecond; or it is lost. */
function passes(at: number, from: string, text: string, isLost = false): CapturedPacket[] {
  const to = from === H2 ? H1 : H2;
  const [sourcePort, destinationPort] = from === H2 ? [8888, 7777] : [7777, 8888];
  const payload = bytesOf(text);
  const packet = { sourcePort, destinationPort, payload, payloadBytes: payload.length, packetId: at };
  const comment = isLost ? "DROPPED reason=loss" : "";
  const leaves = seen(at, from, to, { ...packet, direction: "out", interfaceName: from, comment });
  return isLost ? [leaves] : [leaves, seen(at + 1, from, to, { ...packet, direction: "in", interfaceName: to })];
}

describe("ACKs", () => {
  test("an ACK that comes when the next packet is under way is one, and not data of the other side", () => {
    const { sends } = lines([
      ...passes(0, H2, "8 aa 1 3"),
      ...passes(10, H2, "8 aa 1 3"),
      ...passes(20, H1, "8 aa 2 3"),
      ...passes(30, H2, "8 bb 2 3"),
      ...passes(40, H1, "8 aa 2 3"),
      ...passes(50, H1, "8 bb 3 3"),
    ]);
    expect(sends).toEqual([
      "0 send 10.0.0.2 10.0.0.1 DATA 1 3 1",
      "10 send 10.0.0.2 10.0.0.1 DATA 1 3 2 spurious: late",
      "20 send 10.0.0.1 10.0.0.2 DATA-ACK 2 3 1",
      "30 send 10.0.0.2 10.0.0.1 DATA 2 3 1",
      "40 send 10.0.0.1 10.0.0.2 DATA-ACK 2 3 2",
      "50 send 10.0.0.1 10.0.0.2 DATA-ACK 3 3 1",
    ]);
  });

  test("data of both sides at once is data", () => {
    const { sends } = lines([
      ...passes(0, H2, "8 aa 1 3"),
      ...passes(2, H1, "8 xx 1 3"),
      ...passes(4, H1, "8 aa 2 3"),
      ...passes(6, H2, "8 xx 2 3"),
      ...passes(8, H1, "8 yy 2 3"),
    ]);
    expect(sends.map((line) => line.split(" ")[4])).toEqual(["DATA", "DATA", "DATA-ACK", "DATA-ACK", "DATA"]);
  });
});

describe("sent again", () => {
  const note = (packets: CapturedPacket[]) => lines(packets).sends.at(-1)?.split(" 1 1 2 ")[1];
  const update = "1 10.0.0.2 80  1 1";
  const ack = "1 10.0.0.2 80  2 1";

  test("whether it was necessary is known where both ends were seen", () => {
    expect(note([...passes(0, H2, update, true), ...passes(100, H2, update)])).toBe("necessary: data lost");
    expect(note([...passes(0, H2, update), ...passes(1, H1, ack, true), ...passes(100, H2, update)])).toBe(
      "spurious: ACK lost",
    );
    expect(note([...passes(0, H2, update), ...passes(1, H1, ack), ...passes(1, H2, update)])).toBe("spurious: late");
  });

  test("and unknown in a capture of one place", () => {
    expect(note([seen(0, H2, H1), seen(100, H2, H1)])).toBe("retransmission");
  });

  test("after as many transmissions as a sender makes, its next message begins", () => {
    const packets = [0, 100, 300, 900].map((at) => seen(at, H2, H1));
    expect(lines(packets).sends.map((line) => line.split(" ")[7])).toEqual(["1", "2", "3", "1"]);
  });
});

describe("the estimator", () => {
  const again = [
    seen(0, H2, H1),
    seen(1000, H2, H1),
    seen(1010, H1, H2, { sourcePort: 7777, destinationPort: 8888, payload: bytesOf("1 10.0.0.2 80  2 1") }),
  ];

  test("fixed: the row of an ambiguous sample has the timeout that holds from then on, as a sender's has", () => {
    expect(lines(again, { ...defaultRtoOptions, estimator: "fixed" }).rtts).toEqual([
      "timeout  2000",
      "ambiguous 10 1000",
    ]);
  });

  test("without Karn's rule a packet that was sent twice gives a sample", () => {
    expect(lines(again, { ...defaultRtoOptions, karn: false }).rtts).toEqual(["timeout  2000", "sample 10 30"]);
  });
});

describe("hosts", () => {
  const local = (at: number, sourcePort: number, destinationPort: number, text: string, address = "127.0.0.1") => {
    const payload = bytesOf(text);
    return seen(at, address, address, { sourcePort, destinationPort, payload, payloadBytes: payload.length });
  };
  const packets = [
    local(0, 8001, 7777, "1 a 80  1 1"),
    local(1, 7777, 8001, "1 a 80  2 1"),
    local(2, 8002, 7777, "1 b 81  1 1"),
  ];

  test("on one address each port is a host of its own", () => {
    expect(lines(packets).hosts).toEqual(["127.0.0.1:8001", "127.0.0.1:7777", "127.0.0.1:8002"]);
    expect(lines([local(0, 8001, 7777, "1 a 80  1 1", "::1")]).hosts).toEqual(["[::1]:8001", "[::1]:7777"]);
  });

  test("and may be named by it", () => {
    const names = new Map([
      ["127.0.0.1:8001", "H2"],
      ["127.0.0.1:7777", "H1"],
    ]);
    expect(lines(packets, defaultRtoOptions, names).hosts).toEqual(["H2", "H1", "127.0.0.1:8002"]);
  });
});

test("a datagram that was damaged into nonsense is delivered, and rejected", () => {
  const [leaves, arrives] = passes(0, H2, "1 10.0.0.2 80  1 1") as [CapturedPacket, CapturedPacket];
  const payload = bytesOf("q 10.0.0.2 80  1 1");
  expect(lines([leaves, { ...arrives, payload, comment: "CORRUPTED" }]).events).toEqual([
    "0 send 10.0.0.2 10.0.0.1 UPDATE 1 1 1",
    "1 corrupt 10.0.0.2 10.0.0.1 UPDATE 1 1 1 seen at its destination",
    "1 deliver 10.0.0.1 10.0.0.2 UPDATE 1 1 1",
    "1 reject 10.0.0.1 10.0.0.2  -1 -1 -1 no-type at byte 0",
  ]);
});

test("a packet that is lost at its destination is dropped there", () => {
  const [leaves, arrives] = passes(0, H2, "1 10.0.0.2 80  1 1") as [CapturedPacket, CapturedPacket];
  expect(lines([leaves, { ...arrives, comment: "DROPPED reason=host down" }]).events[1]).toBe(
    "1 drop 10.0.0.1 10.0.0.2 UPDATE 1 1 1 host down",
  );
});
