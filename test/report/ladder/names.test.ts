import { describe, expect, test } from "vitest";
import { hostNamesOf, withNames } from "../../../src/report/ladder/names.ts";
import { hostFactsOf } from "../../../src/report/model/hosts.ts";
import { TraceStory } from "../../support/trace-story.ts";

const names = hostNamesOf(
  hostFactsOf(
    new TraceStory()
      .note(1, "state", "H1", "added 10.0.0.2:80 with new.txt", "H2")
      .note(2, "state", "H1", "added [fd00::3]:8080 with no files", "H3")
      // Two hosts behind one address, and one that the trace has no name for.
      .note(3, "state", "H1", "added 10.0.0.9:80 with a", "H4")
      .note(4, "state", "H1", "changed 10.0.0.9:80 to b", "H5")
      .note(5, "state", "H1", "added 10.0.0.10:80 with a").model,
  ),
);

describe("hosts' names for addresses", () => {
  test.each([
    ["added 10.0.0.2:80 with new.txt", "added H2 with new.txt"],
    ["lookup new.txt -> choice 0: 10.0.0.2 80, choice 1: fd00::3 8080", "lookup new.txt -> choice 0: H2, choice 1: H3"],
    ["download a from [fd00::3]:8080", "download a from H3"],
    ["expired 10.0.0.2:80", "expired H2"],
    [
      "view -> ['10.0.0.2', '80', 'new.txt', 'b.txt', 1420070408.025], ['fd00::3', '8080', 1420070409], ['10.0.0.10', '80', 'c', 1.5]",
      "view -> H2: new.txt, b.txt; H3: no files; 10.0.0.10:80: c",
    ],
  ])("%s", (text, expected) => {
    expect(withNames(text, names)).toBe(expected);
  });

  test.each([
    "10.0.0.2:81",
    "10.0.0.2:8080",
    "110.0.0.2:80",
    "10.0.0.9:80",
    "10.0.0.10:80",
    "10.0.0.2",
    "at 12:30, 1.2.3 80",
  ])("%s stays", (text) => {
    expect(withNames(text, names)).toBe(text);
  });
});
