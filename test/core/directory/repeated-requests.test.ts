/**
 * A request that is repeated on the report's wire, about the edge of the duplicate window (docs/wire.md): whichever side of
 * it the repetition falls on, whoever asks gets an answer.
 */

import { describe, expect, test } from "vitest";
import { FileSharing } from "../support/file-sharing.ts";
import { RawClient } from "../support/raw-client.ts";

const WINDOW_MS = 3000;

describe("two equal views of one peer", () => {
  test.each([1, 100, WINDOW_MS - 0.001, WINDOW_MS, WINDOW_MS + 0.001])("%s ms apart: two answers", (apartMs) => {
    // From 1095.4 and from 1096.4 ms, the difference of two doubles 3,000 ms apart is a little less than 3000.
    for (const startMs of [0.1, 1000.3, 1095.4, 1096.4, 1_234_567.1]) {
      const system = new FileSharing();
      const { network } = system;
      const { peer } = system.joined(2, { a: 1 });
      const other = new RawClient(network, "10.0.0.9");
      const outcomes: string[] = [];
      const view = (): void => peer.view(({ status }) => outcomes.push(status));
      network.at(startMs, view);
      // Somebody else asks in the same moment, in front: what is too old is forgotten then.
      network.at(startMs + apartMs, () => other.send("4  1 1"));
      network.at(startMs + apartMs, view);
      network.run(startMs + apartMs + 100);
      expect(outcomes).toEqual(["listed", "listed"]);
    }
  });

  test("three, each within the window of the one before, the second while the first answer is still under way", () => {
    const system = new FileSharing();
    const { network } = system;
    const asker = new RawClient(network, "10.0.0.3");
    const other = new RawClient(network, "10.0.0.9");
    asker.acknowledges = false;
    network.at(0, () => asker.send("4  1 1"));
    network.at(2900, () => asker.send("4  1 1"));
    network.at(2950, () => {
      asker.acknowledges = true;
    });
    // Somebody else's question makes the directory forget what is older than the window.
    network.at(5700, () => other.send("4  1 1"));
    network.at(5800, () => {
      asker.received.length = 0;
      asker.send("4  1 1");
    });
    network.run(5900);
    expect(asker.received).toEqual(["4  2 1", "6  1 1"]);
  });
});
