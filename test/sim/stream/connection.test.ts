import { describe, expect, test } from "vitest";
import { endpoint } from "../../../src/core/transport.ts";
import { ACK, RST } from "../../../src/sim/stream/segment-port.ts";
import { text, twoHosts } from "./wire.ts";

describe("set-up (RFC 9293, 3.5)", () => {
  test("SYN, SYN-ACK, ACK; open at the connector after one round trip, accepted after one and a half", () => {
    const { wire, accepted, connect } = twoHosts({ delayMs: 10 });
    const client = connect();
    expect(client.events).toEqual([]);
    wire.run(19.999);
    expect(client.events).toEqual([]);
    wire.run(20);
    expect(client.events).toEqual(["open"]);
    expect(accepted).toHaveLength(0);
    wire.run(30);
    expect(accepted).toHaveLength(1);
    expect(wire.log.map((s) => [s.type, s.segment.seq, s.segment.ack])).toEqual([
      ["SYN", 0, 0],
      ["SYN-ACK", 0, 1],
      ["SEGMENT-ACK", 1, 1],
    ]);
  });

  test("bytes written before the stream is open go out with the handshake's ACK", () => {
    const { wire, accepted, connect } = twoHosts();
    const client = connect();
    client.stream?.write(text("hello"));
    wire.run();
    expect(accepted[0]?.text).toBe("hello");
    expect(wire.log.map((s) => s.type)).toEqual(["SYN", "SYN-ACK", "SEGMENT", "SEGMENT-ACK"]);
  });

  test("both ends know each other's address; ephemeral ports count from 49152", () => {
    const { accepted, wire, connect } = twoHosts();
    connect();
    connect();
    wire.run();
    expect(accepted.map((spy) => spy.stream?.remote.key)).toEqual(["10.0.0.4:49152", "10.0.0.4:49153"]);
  });

  test("a port that nobody listens on: refused after one round trip", () => {
    const { wire, client } = twoHosts({ delayMs: 10 });
    const events: string[] = [];
    client.layer.connect("10.0.0.4", endpoint("10.0.0.2", 81), {
      onData() {},
      onClose: (reason) => events.push(`${reason} at ${wire.nowMs}`),
    });
    wire.run();
    expect(events).toEqual(["refused at 20"]);
    expect(wire.log.map((s) => s.type)).toEqual(["SYN", "RST"]);
    expect(client.layer.openStreams).toBe(0);
  });

  test("each refusal is a packet of its own: it has the number of the attempt that it answers", () => {
    const { wire, client } = twoHosts({ fate: (s) => (s.type === "RST" && s.segment.attempt < 3 ? [] : [10]) });
    const events: string[] = [];
    client.layer.connect("10.0.0.4", endpoint("10.0.0.2", 81), { onData() {}, onClose: (why) => events.push(why) });
    wire.run();
    expect(wire.sent("RST").map((s) => s.segment.attempt)).toEqual([1, 2, 3]);
    expect(events).toEqual(["refused"]);
  });

  test("a reset that does not answer our SYN refuses nothing", () => {
    const { wire, client, connect } = twoHosts();
    const spy = connect();
    const { segment } = wire.log[0]!;
    const { source, destination } = segment;
    client.layer.onSegment({ ...segment, source: destination, destination: source, flags: RST | ACK, ack: 7 });
    wire.run();
    expect(spy.events).toEqual(["open"]);
  });

  test("an acknowledgement of what was never sent is answered, and changes nothing (3.10.7.4)", () => {
    const { wire, client, accepted, connect } = twoHosts();
    const spy = connect();
    wire.run();
    const answer = wire.sent("SYN-ACK")[0]!.segment;
    const before = wire.log.length;
    client.layer.onSegment({ ...answer, flags: ACK, seq: 1, ack: 5000 });
    expect(wire.log).toHaveLength(before + 1);
    expect(wire.log.at(-1)).toMatchObject({ type: "SEGMENT-ACK", from: "10.0.0.4", segment: { seq: 1, ack: 1 } });
    spy.stream?.write(text("hello"));
    wire.run();
    expect(accepted[0]?.text).toBe("hello");
  });

  test("a listener that takes no more: the other side sees a reset, and nothing is left open", () => {
    const { wire, client, server } = twoHosts();
    server.layer.listen(81, () => undefined);
    const events: string[] = [];
    client.layer.connect("10.0.0.4", endpoint("10.0.0.2", 81), {
      onOpen: () => events.push("open"),
      onData() {},
      onClose: (reason) => events.push(reason),
    });
    wire.run();
    expect(events).toEqual(["open", "reset"]);
    expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
  });

  test("the lost ACK of the handshake is made good by the first data", () => {
    const { wire, accepted, connect } = twoHosts({ fate: (s) => (s.type === "SEGMENT-ACK" && s.id < 4 ? [] : [10]) });
    const client = connect();
    wire.run(25);
    client.stream?.write(text("hello"));
    wire.run(40);
    expect(accepted[0]?.text).toBe("hello");
  });

  test("the lost ACK of the handshake is sent again for a repeated SYN-ACK", () => {
    const { wire, accepted, connect } = twoHosts({ fate: (s) => (s.id === 3 ? [] : [10]) });
    connect();
    wire.run(1019);
    expect(accepted).toHaveLength(0);
    wire.run(1040);
    expect(accepted).toHaveLength(1);
  });

  test("a port is listened on once, until the listener is ended", () => {
    const { server } = twoHosts();
    const end = server.layer.listen(81, () => undefined);
    expect(() => server.layer.listen(81, () => undefined)).toThrow(/port 81 of 10.0.0.2 is listened on already/);
    end();
    expect(() => server.layer.listen(81, () => undefined)).not.toThrow();
  });

  test("beyond the limit of streams a SYN is refused", () => {
    const { wire, connect } = twoHosts({ stream: { maxStreams: 2 } });
    const clients = [connect(), connect(), connect()];
    wire.run();
    expect(clients.map((spy) => spy.last)).toEqual(["open", "open", "closed: refused"]);
  });

  test("ephemeral ports are taken in turn, wrap around, and are refused where none is free", () => {
    const { wire, client, connect } = twoHosts();
    const first = connect();
    wire.run();
    first.stream?.abort();
    wire.run();
    for (let i = 0; i < 16_384; i++) connect();
    const last = connect();
    expect(client.layer.openStreams).toBe(16_384);
    // The second wrap-around came to 49152 again, since it was free.
    expect(wire.log.at(-1)?.segment.source.port).toBe(49_152);
    wire.run(wire.nowMs);
    expect(last.events).toEqual(["closed: refused"]);
  });
});

describe("orderly close (RFC 9293, 3.6)", () => {
  test("ended by the connector: both sides see the end and then `ended`", () => {
    const { wire, client, server, accepted, connect } = twoHosts();
    const spy = connect();
    spy.stream?.write(text("request"));
    spy.stream?.end();
    wire.run();
    expect(accepted[0]?.events).toEqual(["data", "end", "closed: ended"]);
    expect(spy.events).toEqual(["open", "end", "closed: ended"]);
    expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
  });

  test("ended by the responder", () => {
    const { wire, accepted, connect } = twoHosts();
    const spy = connect(true);
    wire.run();
    accepted[0]?.stream?.write(text("greeting"));
    accepted[0]?.stream?.end();
    wire.run();
    expect(spy.events).toEqual(["open", "data", "end", "closed: ended"]);
    expect(accepted[0]?.events).toEqual(["end", "closed: ended"]);
  });

  test("both end at the same time (CLOSING)", () => {
    const { wire, accepted, connect } = twoHosts();
    const spy = connect();
    wire.run();
    spy.stream?.end();
    accepted[0]?.stream?.end();
    wire.run();
    expect(spy.events).toEqual(["open", "end", "closed: ended"]);
    expect(accepted[0]?.events).toEqual(["end", "closed: ended"]);
  });

  test("half-close: who has ended still receives", () => {
    const { wire, accepted, connect } = twoHosts({}, false);
    const spy = connect();
    spy.stream?.end();
    wire.run();
    expect(accepted[0]?.events).toEqual(["end"]);
    expect(spy.events).toEqual(["open"]);
    accepted[0]?.stream?.write(text("still here"));
    wire.run();
    expect(spy.text).toBe("still here");
    accepted[0]?.stream?.end();
    wire.run();
    expect(spy.last).toBe("closed: ended");
    expect(accepted[0]?.last).toBe("closed: ended");
  });

  test("the lost last ACK: the FIN comes again, and is acknowledged by a side that has closed already", () => {
    let losing = true;
    const { wire, accepted, connect } = twoHosts({
      // The connector is done when it has the other side's FIN: this is its ACK.
      fate: (s) => (losing && s.from === "10.0.0.4" && s.segment.ack === 2 ? [] : [10]),
    });
    const spy = connect();
    spy.stream?.end();
    wire.run(100);
    expect(spy.last).toBe("closed: ended");
    expect(accepted[0]?.last).toBe("end");
    losing = false;
    wire.run();
    expect(accepted[0]?.last).toBe("closed: ended");
    expect(wire.sent("RST")).toEqual([]);
  });

  test("the lost last ACK, and its sender's memory gone: all was delivered, so the stream still ended", () => {
    let losing = true;
    const { wire, client, accepted, connect } = twoHosts({
      fate: (s) => (losing && s.from === "10.0.0.4" && s.segment.ack === 2 ? [] : [10]),
    });
    const spy = connect();
    spy.stream?.end();
    wire.run(100);
    expect(spy.last).toBe("closed: ended");
    losing = false;
    client.layer.crash(false);
    wire.run();
    expect(wire.sent("RST")).toHaveLength(1);
    expect(accepted[0]?.last).toBe("closed: ended");
  });

  test("what was written before `end` arrives; what is written after it does not", () => {
    const { wire, accepted, connect } = twoHosts();
    const spy = connect();
    spy.stream?.write(text("before"));
    spy.stream?.end();
    expect(spy.stream?.write(text("after"))).toBe(false);
    wire.run();
    expect(accepted[0]?.text).toBe("before");
  });
});

describe("abort", () => {
  test("the other side sees `reset`; so does this one, but not from within the call", () => {
    const { wire, client, server, accepted, connect } = twoHosts();
    const spy = connect();
    wire.run();
    spy.stream?.abort();
    expect(spy.events).toEqual(["open"]);
    wire.run();
    expect(spy.events).toEqual(["open", "closed: reset"]);
    expect(accepted[0]?.events).toEqual(["closed: reset"]);
    expect([client.layer.openStreams, server.layer.openStreams]).toEqual([0, 0]);
  });

  test("before the stream is open: nobody at the other side ever sees it", () => {
    const { wire, server, accepted, connect } = twoHosts();
    const spy = connect();
    spy.stream?.abort();
    wire.run();
    expect(spy.events).toEqual(["closed: reset"]);
    expect(accepted).toHaveLength(0);
    expect(server.layer.openStreams).toBe(0);
  });

  test("a lost reset is made good when the other side sends something", () => {
    let losing = true;
    const { wire, accepted, connect } = twoHosts({ fate: (s) => (losing && s.type === "RST" ? [] : [10]) });
    const spy = connect();
    wire.run();
    spy.stream?.abort();
    wire.run();
    expect(accepted[0]?.events).toEqual([]);
    losing = false;
    accepted[0]?.stream?.write(text("anybody there?"));
    wire.run();
    expect(accepted[0]?.events).toEqual(["closed: reset"]);
  });

  test("abort, end and write after the end do nothing", () => {
    const { wire, accepted, connect } = twoHosts();
    const spy = connect();
    spy.stream?.end();
    wire.run();
    const sent = wire.log.length;
    spy.stream?.abort();
    spy.stream?.end();
    spy.stream?.write(text("late"));
    wire.run();
    expect(wire.log).toHaveLength(sent);
    expect(spy.events.filter((event) => event.startsWith("closed"))).toEqual(["closed: ended"]);
    expect(accepted[0]?.last).toBe("closed: ended");
  });
});

describe("a host dies", () => {
  test("its open streams are reset, and no handler of the dead participant is called", () => {
    const { wire, server, accepted, connect } = twoHosts();
    const spies = [connect(), connect()];
    wire.run();
    server.layer.crash(true);
    expect(server.layer.openStreams).toBe(0);
    wire.run();
    expect(spies.map((spy) => spy.last)).toEqual(["closed: reset", "closed: reset"]);
    expect(accepted.map((spy) => spy.events)).toEqual([[], []]);
  });

  test("without a reset, the first segment to the restarted host tells", () => {
    const { wire, server, connect, listen } = twoHosts();
    const spy = connect();
    wire.run();
    server.layer.crash(false);
    listen();
    wire.run();
    expect(spy.events).toEqual(["open"]);
    spy.stream?.write(text("hello?"));
    wire.run();
    expect(spy.events).toEqual(["open", "closed: reset"]);
  });

  test("what the dead participant still holds does nothing", () => {
    const { wire, server, accepted, connect } = twoHosts();
    connect();
    wire.run();
    server.layer.crash(false);
    const sent = wire.log.length;
    const stream = accepted[0]?.stream;
    stream?.write(text("from the grave"));
    stream?.pause();
    stream?.resume();
    stream?.end();
    stream?.abort();
    wire.run();
    expect(wire.log).toHaveLength(sent);
    expect(accepted[0]?.events).toEqual([]);
  });

  test("not even the end of what it had just broken off itself", () => {
    const { wire, client, connect } = twoHosts();
    const spy = connect();
    wire.run();
    spy.stream?.abort();
    client.layer.crash(true);
    wire.run();
    expect(spy.events).toEqual(["open"]);
  });

  test("a handler that crashes its own host is the last one called", () => {
    const { wire, server, client } = twoHosts();
    const events: string[] = [];
    server.layer.listen(81, () => ({
      onData: () => {
        events.push("data");
        server.layer.crash(true);
      },
      onEnd: () => events.push("end"),
      onClose: () => events.push("closed"),
    }));
    const stream = client.layer.connect("10.0.0.4", endpoint("10.0.0.2", 81), { onData() {} });
    stream.write(text("x"));
    stream.end();
    wire.run();
    expect(events).toEqual(["data"]);
    expect(client.layer.openStreams).toBe(0);
  });
});
