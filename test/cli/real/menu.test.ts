/** The report's menu over peers of the simulated network: its tests 1 to 4, typed line by line. */

import { describe, expect, test } from "vitest";
import { chooseSources } from "../../../src/cli/real/source-choice.ts";
import { MenuSession } from "./menu-session.ts";

const MENU = `1 Receive a file
2 Add sharing file
3 Delete sharing file
4 List all files being shared
5 Exit
6 View Directory
`;

/** What was printed between the menus. */
const answers = (text: string): string[] => text.split(MENU).slice(1);

describe("the report's tests", () => {
  test("the menu has the report's numbering, and 5 ends it", async () => {
    const { sharing, running } = MenuSession.of(2);
    expect(await MenuSession.type(sharing, running, ["5"])).toBe(`${MENU}choice: 5\n`);
  });

  test("1: H3 shares new.txt and lists it; the directory shows it at once", async () => {
    const { sharing, running } = MenuSession.of(3, { "new.txt": 10 });
    const text = await MenuSession.type(sharing, running, ["2", "new.txt", "4", "6", "5"]);
    expect(answers(text).slice(0, 3)).toEqual([
      "choice: 2\nfile name (empty: back): new.txt\nnew.txt is shared\n",
      "choice: 4\n1 10.0.0.3 80 new.txt\n",
      expect.stringMatching(/^choice: 6\n\['10\.0\.0\.3', '80', 'new\.txt', \d+(\.\d+)?\]\n$/),
    ]);
  });

  test("2: deleting takes the file out of the list and of the directory", async () => {
    const { sharing, running } = MenuSession.of(2, { "new.txt": 1, "recv.txt": 1 }, ["new.txt", "recv.txt"]);
    const text = await MenuSession.type(sharing, running, ["3", "recv.txt", "4", "6", "5"]);
    expect(text).toContain("recv.txt is no longer shared\n");
    expect(text).toContain("choice: 4\n1 10.0.0.2 80 new.txt\n");
    expect(text).toMatch(/\['10\.0\.0\.2', '80', 'new\.txt', \d/);
  });

  test("3: H4 looks new.txt up, is offered H2 and H3, and takes choice 0", async () => {
    const { sharing, running, files } = MenuSession.of(4);
    sharing.joined(2, { "new.txt": 58_710 });
    sharing.joined(3, { "new.txt": 58_710 });
    const text = await MenuSession.type(sharing, running, ["1", "new.txt", "0", "5"]);
    expect(answers(text)[0]).toBe(
      "choice: 1\nfile name (empty: back): new.txt\nchoice 0: 10.0.0.2 80\nchoice 1: 10.0.0.3 80\n" +
        "choice, all, or another peer's address and port (empty: back): 0\n(200, 'OK') 58710 bytes in 0.002 s, 29.4 MB/s\n",
    );
    expect(files.get("new.txt")?.sizeBytes).toBe(58_710);
  });

  test("4: H4 asks H3, which was not offered, and has 404", async () => {
    const { sharing, running } = MenuSession.of(4);
    sharing.joined(2, { "new.txt": 10 });
    sharing.joined(3, { "f1.txt": 10 });
    const text = await MenuSession.type(sharing, running, ["1", "new.txt", "10.0.0.3 80", "5"]);
    expect(answers(text)[0]).toContain("choice 0: 10.0.0.2 80\n");
    expect(answers(text)[0]).toMatch(/\(404, 'file not found'\)\n$/);
  });

  test("a file that nobody has: the directory's error, and the menu again", async () => {
    const { sharing, running } = MenuSession.of(4);
    expect(await MenuSession.type(sharing, running, ["1", "new.txt", "5"])).toContain("new.txt\n404 file not found\n");
  });
});

describe("what is typed amiss", () => {
  test("is answered with what is allowed, and asked again", async () => {
    const { sharing, running } = MenuSession.of(2, { "a.txt": 1 }, ["a.txt"]);
    const lines = ["", "7", "one", " 2 ", "x".repeat(256), "missing.txt", "2", "a.txt", "3", "other", "1", "a.txt"];
    const text = await MenuSession.type(sharing, running, [...lines, "9", "all,0", "10.0.0.3", "0x1 80", "", "5"]);
    expect(text.match(/give a number from 1 to 6\n/g)).toHaveLength(3);
    expect(text).toContain("a file name has at most 255 bytes, not 256\n");
    expect(text).toContain("no such file: missing.txt\n");
    expect(text).toContain("a.txt: shared already\n");
    expect(text).toContain("other: not shared\n");
    expect(text.match(/give a choice \(0\), several \(0,1\), all, or an IP address and port/g)).toHaveLength(4);
  });

  test("an empty name goes back to the menu", async () => {
    const { sharing, running } = MenuSession.of(2);
    for (const entry of ["1", "2", "3"]) {
      expect(answers(await MenuSession.type(sharing, running, [entry, "", "5"]))[0]).toMatch(/: \n$/);
    }
  });

  test("the end of input ends the menu, wherever it comes", async () => {
    for (const lines of [[], ["1"], ["2"], ["3"], ["1", "a.txt"]]) {
      const { sharing, running } = MenuSession.of(2, { "a.txt": 1 }, ["a.txt"]);
      const text = await MenuSession.type(sharing, running, lines);
      expect(text.endsWith(": \n")).toBe(true);
    }
  });

  test("a directory that does not answer is said, and the menu goes on", async () => {
    const { sharing, running } = MenuSession.of(2, { "a.txt": 1 });
    sharing.network.lose = () => true;
    const text = await MenuSession.type(sharing, running, ["2", "a.txt", "6", "1", "a.txt", "5"]);
    expect(text).toContain("a.txt is shared; the directory hears of it when it answers again\n");
    expect(text).toContain("choice: 6\nfailed: no answer\n");
    expect(text).toContain("a.txt\nfailed: no answer\n");
  });
});

describe("choosing sources", () => {
  const offered = [0, 1, 2].map((n) => ({ ip: `10.0.0.${n + 2}`, httpPort: 80 }));
  const other = { ip: "10.0.0.9", httpPort: 8080 };

  test.each([
    ["0", [offered[0]]],
    [" 2 ", [offered[2]]],
    ["0,2", [offered[0], offered[2]]],
    ["2, 0 ,2", [offered[2], offered[0]]],
    ["all", offered],
    ["ALL", offered],
    ["10.0.0.9 8080", [other]],
    ["10.0.0.9:8080", [other]],
    ["[::1]:80", [{ ip: "::1", httpPort: 80 }]],
    ["::1 80", [{ ip: "::1", httpPort: 80 }]],
    ["", []],
  ])("%j", (text, value) => {
    expect(chooseSources(text, offered)).toEqual({ ok: true, value });
  });

  test.each(["3", "0,3", "-1", "1.5", "0 1", "10.0.0.9", "10.0.0.9 0", "10.0.0.9 65536", "::1:80", "host 80", "0,"])(
    "%j is none",
    (text) => {
      const error = "give a choice (0 to 2), several (0,1), all, or an IP address and port such as 10.0.0.3 80";
      expect(chooseSources(text, offered)).toEqual({ ok: false, error });
    },
  );
});
