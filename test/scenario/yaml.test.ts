/** Texts that are not a scenario at all. */

import { expect, test } from "vitest";
import { BARE, headsOf } from "./support.ts";

test.each([
  ["nothing", "", "x.yaml: the file is empty: `peerlab init` writes a scenario to start from"],
  ["comments alone", "# soon\n", "x.yaml: the file is empty: `peerlab init` writes a scenario to start from"],
  ["a list", "- a\n", "x.yaml:1:1: found a list, expected a mapping with the keys name, description, hosts, ..."],
  ["a text", "hello\n", "x.yaml:1:1: found a text, expected a mapping with the keys name, description, hosts, ..."],
  ["a NUL", "a: \u0000", "x.yaml: the file is not text: it has a NUL character"],
  ["a novel", `# ${"x".repeat(1 << 20)}`, "x.yaml: the file is larger than 1 MiB: a scenario is a few pages"],
  [
    "two documents",
    `${BARE}---\nname: other\n`,
    "x.yaml:8:1: several documents in one file (a line ---): a file holds one scenario",
  ],
  [
    "a tab",
    "name: a\nhosts:\n\ta: { role: directory }\n",
    "x.yaml:3:1: not valid YAML: a tab at the start of a line: indent with spaces",
  ],
  [
    "a colon in a text",
    "name: a\ndescription: note: this\n",
    'x.yaml:2:14: not valid YAML: a ": " where none can be: put a text that contains one in quotes, or mend the indentation',
  ],
  [
    "a bracket left open",
    "name: a\ndescription: [b\nhosts: {}\n",
    "x.yaml:2:14: not valid YAML: this [ is not closed: add ]",
  ],
  [
    "a brace left open, with others in quotes and comments",
    `name: "{"\nhosts:\n  a: { role: directory # {\n  b: { role: 'it{' }\n`,
    "x.yaml:3:6: not valid YAML: this { is not closed: add }",
  ],
  [
    "an item without its dash, before others",
    "expect:\n  drops: 0\n  # more\n  - drops: 1\n",
    "x.yaml:2:3: not valid YAML: an item of a list begins with a dash: - drops: 0",
  ],
  [
    "an item without its dash, behind others",
    "expect:\n  - drops: 1\n    before: 1s\n  drops: 0\n",
    "x.yaml:4:3: not valid YAML: an item of a list begins with a dash: - drops: 0",
  ],
  [
    "a line that is indented too little",
    "hosts:\n    a: {}\n  b: {}\n",
    "x.yaml:3:1: not valid YAML: the indentation does not fit the lines above, or a [ or { above is not closed",
  ],
  [
    "a bare *",
    "name: a\nhosts: { from: * }\n",
    'x.yaml:2:16: not valid YAML: * alone begins an alias: for all hosts write "*" in quotes',
  ],
  ["an alias of nothing", "name: a\ndescription: *b\n", "x.yaml:2:14: the alias *b has no anchor &b before it"],
  ["a tag", "name: a\ndescription: !b c\n", "x.yaml:2:14: the tag !b means nothing here"],
  [
    "a line without a colon",
    "name a\nhosts: {}\n",
    'x.yaml:1:1: not valid YAML: a line without ": " (key: value), or a text over several lines without quotes',
  ],
])("%s", (_, text, message) => {
  expect(headsOf(text)).toEqual([message]);
});

test("a key that is there twice; the rest is read all the same", () => {
  expect(headsOf(`${BARE}seed: 1\nseed: 2\nnetwork: { los: 1 }`)).toEqual([
    'x.yaml:9:1: the key "seed" is here already: give each key once',
    "x.yaml:10:12: network.los: unknown key",
  ]);
});

test("a bomb of aliases does not go off", () => {
  const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(", ")}]`);
  expect(headsOf(`l0: &l0 [boom]\n${levels.join("\n")}`)).toEqual([
    "x.yaml:1:1: aliases (*name) repeat too much: write it out, or use fewer",
  ]);
  const many = Array(101).fill("*a").join(", ");
  expect(headsOf(`a: &a 1\nb: [${many}]`)).toEqual(["x.yaml:2:405: more than 100 aliases (*name)"]);
});

test.each(["[", "{a: ", "- ", "? "])("a hundred thousand levels of %s", (opening) => {
  expect(headsOf(opening.repeat(100_000))).toEqual(["x.yaml: mappings or lists are nested too deeply"]);
});

test("levels by indentation", () => {
  const levels = Array.from({ length: 1300 }, (_, depth) => `${" ".repeat(depth)}a:`);
  expect(headsOf(levels.join("\n"))[0]).toMatch(/nested too deeply|unknown key/);
});

test("an alias of what it is in", () => {
  expect(headsOf(`${BARE}network: &n { links: [*n] }`).length).toBeGreaterThan(0);
});
