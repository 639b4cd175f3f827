/** What the directory remembers of requests, to answer a repetition: no longer than the window, and no more than it must. */

import { expect, test } from "vitest";
import { RecentRequests } from "../../../src/core/directory/recent-requests.ts";
import { endpoint } from "../../../src/core/transport.ts";
import { MessageType } from "../../../src/core/wire/packet.ts";

const WINDOW_MS = 3000;
const { LOOKUP, VIEW } = MessageType;
const H2 = endpoint("10.0.0.2", 8888);
const H3 = endpoint("10.0.0.3", 8888);

function remembering() {
  const recent = new RecentRequests(WINDOW_MS);
  return {
    ask: (from: typeof H2, type: typeof LOOKUP | typeof VIEW, text: string, nowMs: number) =>
      recent.remember(from, type, new TextEncoder().encode(text), nowMs),
    recall: (from: typeof H2, type: typeof LOOKUP | typeof VIEW = LOOKUP) => {
      const payload = recent.recall(from, type);
      return payload && new TextDecoder().decode(payload);
    },
  };
}

test("the latest request of each endpoint and type is remembered", () => {
  const { ask, recall } = remembering();
  ask(H2, LOOKUP, "a", 0);
  ask(H2, VIEW, "", 0);
  ask(H3, LOOKUP, "c", 0);
  ask(H2, LOOKUP, "b", 1);
  expect([recall(H2), recall(H2, VIEW), recall(H3), recall(H3, VIEW)]).toEqual(["b", "", "c", undefined]);
});

test("a request is forgotten when another comes a whole window later, and not 1 ms before", () => {
  const { ask, recall } = remembering();
  ask(H2, LOOKUP, "a", 0);
  ask(H3, LOOKUP, "b", WINDOW_MS - 1);
  expect(recall(H2)).toBe("a");
  ask(H3, LOOKUP, "c", WINDOW_MS);
  expect(recall(H2)).toBeUndefined();
  expect(recall(H3)).toBe("c");
});

test("of a flood of requests the latest 16,384 are remembered", () => {
  const { ask, recall } = remembering();
  const senders = Array.from({ length: 16_385 }, (_, i) => endpoint(`10.1.${i >> 8}.${i & 255}`, 8888));
  for (const sender of senders) ask(sender, LOOKUP, "a", 0);
  expect(recall(senders[0]!)).toBeUndefined();
  expect(recall(senders[1]!)).toBe("a");
  expect(recall(senders.at(-1)!)).toBe("a");
});
