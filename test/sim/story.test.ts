/**
 * Was a retransmission needed? Only the simulator knows: it was necessary where everything sent so far was lost, and
 * spurious where a copy had reached the receiver or still would.
 */

import { describe, expect, test } from "vitest";
import { Stories } from "../../src/sim/story.ts";
import { type Lab, twoHosts } from "../support/two-hosts.ts";

function lab(): Lab {
  return twoHosts({ delay: "10ms", rto: "100ms" });
}

/** What each retransmission of one message is called, in order. */
function retransmissions(link: Lab): string[] {
  link.sender.send("hello");
  link.runTo("1h");
  return link.tape
    .find({ event: "send" })
    .filter(({ type, attempt }) => type === "DATA" && attempt > 1)
    .map(({ note }) => note);
}

const LOST = "necessary: data lost";
const ACK_LOST = "spurious: ACK lost";
const LATE = "spurious: late";

describe("a retransmission is", () => {
  test("necessary where the data was lost, each time", () => {
    expect(retransmissions(lab().dropNext("data", 3))).toEqual([LOST, LOST, LOST]);
  });

  test("spurious where the ACK was lost, each time", () => {
    expect(retransmissions(lab().dropNext("ack", 3))).toEqual([ACK_LOST, ACK_LOST, ACK_LOST]);
  });

  test("spurious where the data was only late", () => {
    expect(retransmissions(lab().delay({ kind: "data", attempt: 1 }, "85ms"))).toEqual([LATE]);
  });

  test("spurious where the ACK was only late", () => {
    expect(retransmissions(lab().delay({ kind: "ack", attempt: 1 }, "85ms"))).toEqual([LATE]);
  });

  test("first one, then the other: data lost, then its ACK", () => {
    expect(retransmissions(lab().dropNext("data").dropNext("ack"))).toEqual([LOST, ACK_LOST]);
  });

  test("spurious while a second copy is still under way, though the first was lost", () => {
    expect(retransmissions(lab().dropNext("data").delay({ kind: "data", attempt: 2 }, "150ms"))).toEqual([LOST, LATE]);
  });

  test("spurious while a first copy is still under way, though the second was lost", () => {
    const link = lab().delay({ kind: "data", attempt: 1 }, "250ms").drop({ kind: "data", attempt: 2 });
    expect(retransmissions(link)).toEqual([LATE, LATE]);
  });

  test("late, not for want of an ACK, while one ACK is still under way, though another was lost", () => {
    const link = lab().delay({ kind: "ack", attempt: 1 }, "250ms").drop({ kind: "ack", attempt: 2 });
    expect(retransmissions(link)).toEqual([LATE, LATE]);
  });

  test("necessary where the data was damaged, spurious where the ACK was", () => {
    const damage = { do: "corrupt", offset: 0 } as const; // its type: no longer a packet
    expect(retransmissions(lab().fault({ kind: "data", attempt: 1 }, damage))).toEqual([LOST]);
    expect(retransmissions(lab().fault({ kind: "ack", attempt: 1 }, damage))).toEqual([ACK_LOST]);
  });

  test("spurious while a copy made by the network is under way", () => {
    const link = lab().duplicate({ kind: "data", attempt: 1 }, "200ms").dropNext("ack");
    expect(retransmissions(link)).toEqual([ACK_LOST]);
  });

  test("spurious while a copy made by the network is under way, though the packet itself was lost", () => {
    const link = lab().duplicate({ kind: "data", attempt: 1 }, "200ms");
    const { host } = link.receiver;
    link.world.network.at(5, () => host.crash()); // the packet arrives at 10, its copy at 210
    link.world.network.at(50, () => host.start());
    expect(retransmissions(link)).toEqual([LATE]);
  });

  test("necessary where the receiver was down, spurious where it was only paused", () => {
    for (const [happens, ends, expected] of [
      ["crash", "start", LOST],
      ["pause", "resume", LATE],
    ] as const) {
      const link = lab();
      const { host } = link.receiver;
      link.world.network.at(5, () => host[happens]());
      link.world.network.at(105, () => host[ends]());
      expect(retransmissions(link)).toEqual([expected]);
    }
  });

  test("told for each packet of a message by itself", () => {
    const link = twoHosts({ delay: "10ms", rto: "100ms", arq: { maxDatagramBytes: 11 } })
      .drop({ kind: "data", seq: 1, attempt: 1 })
      .drop({ kind: "ack", seq: 3, attempt: 1 })
      .delay({ kind: "data", seq: 3, attempt: 1 }, "85ms");
    link.sender.send("several packets"); // of five bytes each
    link.runTo("1h");
    const sent = link.tape.find({ event: "send" }).filter(({ type, attempt }) => type === "DATA" && attempt > 1);
    expect(sent.map(({ seq, note }) => [seq, note])).toEqual([
      [1, LOST],
      [2, ACK_LOST],
      [3, LATE],
    ]);
  });
});

describe("stories", () => {
  test("of packets long gone are unknown, never wrong", () => {
    const stories = new Stories();
    expect(stories.judge(1)).toBe("unknown");
    stories.sent(1);
    stories.lost(1);
    expect(stories.judge(1)).toBe("necessary");
    const younger = 1 + (1 << 18); // takes the place of packet 1
    stories.sent(younger);
    stories.reached(younger);
    expect(stories.judge(1)).toBe("unknown");
    stories.sent(1); // a late retransmission must not disturb the younger one
    stories.lost(1);
    expect(stories.judge(younger)).toBe("late");
    expect(stories.judge(1)).toBe("unknown");
  });

  test("of packets of a long run stay as they were while the ring grows", () => {
    const stories = new Stories();
    const last = 1 << 18;
    for (let id = 1; id < last; id += 2) {
      stories.sent(id);
      if (id % 3 === 0) stories.lost(id);
    }
    for (let id = 1; id < last; id += 2) {
      if (stories.judge(id) !== (id % 3 === 0 ? "necessary" : "late"))
        throw new Error(`packet ${id}: ${stories.judge(id)}`);
      if (stories.judge(id + 1) !== "unknown") throw new Error(`packet ${id + 1} was never sent`);
    }
    expect(stories.judge(last + 1)).toBe("unknown");
  });
});
