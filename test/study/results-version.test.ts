import { expect, test } from "vitest";
import { cellKey, resultsVersion } from "../../src/study/results-version.ts";
import { parsed } from "../scenario/support.ts";
import { bulkText } from "./support.ts";

const key = (text: string, settings: string[] = [], base = "42", version = "v") =>
  cellKey(parsed(text, ...settings), base, version);

test("the version is the same from call to call, and another for another peerlab", () => {
  expect(resultsVersion("1.0.0")).toMatch(/^[0-9a-f]{16}$/);
  expect(resultsVersion("1.0.0")).toBe(resultsVersion("1.0.0"));
  expect(resultsVersion("1.0.1")).not.toBe(resultsVersion("1.0.0"));
});

test("a cell's results are kept under what they follow from, and nothing else", () => {
  const plain = key(bulkText());
  expect(key(bulkText().replace("A bare transfer.", "Another sentence.").replace("seed: 42", "seed: 1"))).toBe(plain);
  // Written in another way, it is the same scenario.
  expect(key(bulkText(), ["network.loss=10%", "network.delay=0.05s"])).toBe(plain);
  const others = [
    key(bulkText(), ["network.loss=0.2"]),
    key(bulkText({ packets: 101 })),
    key(bulkText({ attempts: 5 })),
    key(bulkText({ expect: "[{ rejects: 0 }]" })),
    key(bulkText({ expect: "[{ rejects: 1 }]" })),
    key(bulkText(), [], "43"),
    key(bulkText(), [], "42", "w"),
  ];
  expect(new Set([plain, ...others]).size).toBe(1 + others.length);
});

test("patterns and what has no limit count, too", () => {
  const noted = (note: string) => bulkText({ expect: `[{ events: { event: drop, note: ${note}, count: 1 } }]` });
  expect(key(noted("/loss/"))).not.toBe(key(noted("/burst/")));
  expect(key(bulkText(), ["network.rate=unlimited"])).toBe(key(bulkText()));
  expect(key(bulkText(), ["network.rate=1Gbit/s"])).not.toBe(key(bulkText()));
});
