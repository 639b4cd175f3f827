/** A group's seal: who has the key is heard, once (docs/wire.md, "Groups"; RFC 2104, RFC 6479). */

import { describe, expect, test } from "vitest";
import { REPLAY_WINDOW, ReplayWindow } from "../../../src/core/seal/replay-window.ts";
import { peekSealed, SEAL_BYTES, sealedTransport } from "../../../src/core/seal/sealed-transport.ts";
import { encodeText } from "../../../src/core/wire/text.ts";
import { FakeNetwork } from "../support/fake-network.ts";

const KEY = encodeText("correct horse battery staple");
const INFO = { kind: "data", type: "DATA", message: 1, seq: 1, total: 1, attempt: 1, retransmissionOf: 0 } as const;

function pair(otherKey = KEY) {
  const network = new FakeNetwork();
  const [alice, bob] = [network.host("10.0.0.1", 1), network.host("10.0.0.2", 1)];
  const [sealA, sealB] = [sealedTransport(alice, KEY), sealedTransport(bob, otherKey)];
  const sealedBy = (text: string): Uint8Array => {
    sealA.transport.send(bob.self, encodeText(text), INFO);
    return network.sent.at(-1)!.datagram;
  };
  return { network, alice, bob, sealA, sealB, sealedBy };
}

describe("the replay window", () => {
  test("takes each number once, in any order within the window", () => {
    const window = new ReplayWindow();
    const numbers = Array.from({ length: REPLAY_WINDOW }, (_, i) => 5000 + ((i * 389) % REPLAY_WINDOW));
    for (const number of numbers) expect(window.take(number)).toBe(true);
    for (const number of numbers) expect(window.take(number)).toBe(false);
  });

  test("its edge: the oldest number that can still come, and the one before", () => {
    for (const highest of [2000, 2048, 4095, 1_452_151_961_600_000]) {
      const window = new ReplayWindow();
      expect(window.take(highest)).toBe(true);
      expect(window.take(highest - REPLAY_WINDOW)).toBe(false);
      expect(window.take(highest - REPLAY_WINDOW + 1)).toBe(true);
      expect(window.take(highest - REPLAY_WINDOW + 1)).toBe(false);
    }
  });

  test("a step of any size forgets exactly what falls behind", () => {
    for (const step of [1, 31, 32, 33, REPLAY_WINDOW - 1, REPLAY_WINDOW, REPLAY_WINDOW + 32, 10 * REPLAY_WINDOW]) {
      const window = new ReplayWindow();
      for (let number = 1; number <= 3000; number++) window.take(number);
      expect(window.take(3000 + step)).toBe(true);
      for (let number = 3000 - REPLAY_WINDOW; number <= 3000; number++) expect(window.take(number)).toBe(false);
      for (let number = 3001; number < 3000 + step; number++) {
        expect(window.take(number)).toBe(number > 3000 + step - REPLAY_WINDOW);
      }
    }
  });
});

describe("a seal", () => {
  test("opens with the key, and adds 27 bytes", () => {
    const { alice, sealB, sealedBy } = pair();
    const sealed = sealedBy("hello");
    expect(sealed.length).toBe(5 + SEAL_BYTES);
    expect(SEAL_BYTES).toBe(27);
    expect(sealB.open(alice.self, sealed)).toEqual({ ok: true, datagram: encodeText("hello") });
    expect(peekSealed(sealed)).toEqual(encodeText("hello"));
  });

  test("each transmission is sealed anew, and taken once", () => {
    const { alice, sealB, sealedBy } = pair();
    const [first, second] = [sealedBy("hello"), sealedBy("hello")];
    expect(first).not.toEqual(second);
    expect(sealB.open(alice.self, second).ok).toBe(true);
    expect(sealB.open(alice.self, first).ok).toBe(true); // overtaken, not replayed
    for (const again of [first, second]) {
      expect(sealB.open(alice.self, again)).toEqual({ ok: false, reason: "replayed" });
    }
  });

  test("does not open with another key; the trace says so", () => {
    const { alice, bob, sealB, sealedBy } = pair(encodeText("correct horse battery stable"));
    const reason = "sealed with another key, or damaged";
    expect(sealB.open(alice.self, sealedBy("hello"))).toEqual({ ok: false, reason });
    expect(bob.noted("reject")).toEqual([reason]);
    expect(sealB.hasHeard(alice.self)).toBe(false);
  });

  test("covers every bit: one that is flipped anywhere, and it is nobody's", () => {
    const { alice, sealB, sealedBy } = pair();
    const sealed = sealedBy("hello");
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const damaged = sealed.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(sealB.open(alice.self, damaged).ok).toBe(false);
    }
    expect(sealB.open(alice.self, sealed).ok).toBe(true); // no forgery has used its number up
  });

  test("what carries none, or is too short for one, is told apart", () => {
    const { alice, sealB, sealedBy } = pair();
    const sealed = sealedBy("");
    expect(sealB.open(alice.self, sealed.subarray(0, 26))).toEqual({ ok: false, reason: "not sealed" });
    expect(sealB.open(alice.self, encodeText("4  1 1"))).toEqual({ ok: false, reason: "not sealed" });
    const later = sealed.slice();
    later[2] = 2;
    expect(sealB.open(alice.self, later)).toEqual({ ok: false, reason: "unknown seal version" });
    expect(sealB.open(alice.self, sealed)).toEqual({ ok: true, datagram: new Uint8Array(0) });
  });

  test("numbers go on above the old ones after a restart, even within the millisecond of the start of the clock", () => {
    const { network, alice, bob, sealB, sealedBy } = pair();
    for (let i = 0; i < 900; i++) sealB.open(alice.self, sealedBy("x"));
    network.run(1);
    const restarted = sealedTransport(alice, KEY);
    restarted.transport.send(bob.self, encodeText("back"), INFO);
    expect(sealB.open(alice.self, network.sent.at(-1)!.datagram).ok).toBe(true);
  });

  test("what a sender says to another does not push its packets to me out of the window", () => {
    const { alice, sealB, sealedBy } = pair();
    const mine = sealedBy("mine");
    for (let i = 0; i < REPLAY_WINDOW - 1; i++) sealedBy("yours");
    expect(sealB.open(alice.self, sealedBy("replayed to me by a third")).ok).toBe(true);
    expect(sealB.open(alice.self, mine).ok).toBe(false); // REPLAY_WINDOW behind: late is lost
    expect(sealB.open(alice.self, sealedBy("mine again")).ok).toBe(true);
  });

  test("a key of 15 bytes is none", () => {
    const { alice } = pair();
    expect(() => sealedTransport(alice, KEY.subarray(0, 15))).toThrow(/at least 16 bytes, not 15/);
    expect(() => sealedTransport(alice, KEY.subarray(0, 16))).not.toThrow();
  });
});
