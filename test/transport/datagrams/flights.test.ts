/** Datagrams on their way between hosts of one process, known again when they arrive. */

import { describe, expect, test } from "vitest";
import { endpoint } from "../../../src/core/transport.ts";
import { Flights } from "../../../src/transport/datagrams/flights.ts";
import { Packet } from "../../../src/transport/datagrams/packet.ts";
import type { LocalHost } from "../../../src/transport/local-network.ts";
import { bytes } from "../support.ts";

const host = (name: string): LocalHost => ({ name, nameId: 1, flights: new Flights() });
const to = endpoint("127.0.0.1", 9);
const packet = (text: string): Packet => new Packet({ release() {} }, to, bytes(text));

describe("a datagram that arrives", () => {
  test("is the oldest of its sender with the same bytes", () => {
    const [flights, a, b] = [new Flights(), host("a"), host("b")];
    const [first, second, others] = [packet("x"), packet("x"), packet("x")];
    flights.add(a, first);
    flights.add(b, others);
    flights.add(a, second);
    expect(flights.take(a, bytes("x"))).toBe(first);
    expect(flights.take(a, bytes("x"))).toBe(second);
    expect(flights.take(a, bytes("x"))).toBeUndefined();
    expect(flights.take(b, bytes("x"))).toBe(others);
  });

  test("is not one with other bytes, nor with more of them", () => {
    const [flights, a] = [new Flights(), host("a")];
    flights.add(a, packet("xy"));
    expect(flights.take(a, bytes("x"))).toBeUndefined();
    expect(flights.take(a, bytes("xz"))).toBeUndefined();
    expect(flights.take(a, bytes("xy"))).toBeDefined();
  });

  test("shows that those of its sender before it were lost", () => {
    const [flights, a, b] = [new Flights(), host("a"), host("b")];
    const [lost, arrived, later] = [packet("lost"), packet("arrived"), packet("later")];
    const others = packet("others");
    for (const one of [lost, arrived, later]) flights.add(a, one);
    flights.add(b, others);
    expect(flights.take(a, bytes("arrived"))).toBe(arrived);
    expect(flights.take(a, bytes("lost"))).toBeUndefined();
    expect(flights.take(a, bytes("arrived"))).toBeUndefined();
    expect(flights.take(a, bytes("later"))).toBe(later);
    expect(flights.take(b, bytes("others"))).toBe(others);
  });

  test("is unknown once its sender is gone, or 1,024 others were sent behind it", () => {
    const [flights, a, b] = [new Flights(), host("a"), host("b")];
    flights.add(a, packet("a's"));
    flights.forget(a);
    expect(flights.take(a, bytes("a's"))).toBeUndefined();
    for (let i = 0; i <= 1024; i++) flights.add(b, packet(`${i}`));
    expect(flights.take(b, bytes("0"))).toBeUndefined();
    expect(flights.take(b, bytes("1"))).toBeDefined();
  });
});
