import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakeConsole, peerlab, scenarioFile, temporaryFolder } from "./fake-console.ts";

/** Runs of one scenario, written to folders. */
async function runs(...options: string[][]): Promise<string[]> {
  const folder = temporaryFolder();
  const file = scenarioFile(folder, "bulk");
  return Promise.all(
    options.map(async (option, i) => {
      const out = join(folder, String(i));
      await peerlab(["run", file, "--out", out, ...option]);
      return join(out, "bulk");
    }),
  );
}

describe("peerlab diff", () => {
  test("0: two runs with the same seed, as folders, CSV, JSON Lines and on the spot", async () => {
    const [a, b] = (await runs([], [])) as [string, string];
    const sources = [a, join(b, "trace.csv"), join(b, "trace.jsonl"), join(a, "..", "..", "bulk.yaml")];
    for (const source of sources) {
      const { exitCode, out, err } = await peerlab(["diff", a, source]);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
      expect(out).toMatch(
        /^A {2}\S+trace\.jsonl: \d+ events, seed 42\nB {2}\S+: \d+ events, seed 42\n\nequal: \d+ events\n$/,
      );
    }
  });

  test("1: two seeds; figures and verdicts come from the summaries", async () => {
    const [a, b] = (await runs([], ["--seed", "7"])) as [string, string];
    const { exitCode, out } = await peerlab(["diff", a, b]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^B {2}\S+: \d+ events, seed 7$/m);
    expect(out).toMatch(/^the first difference is event \d+, at /m);
    expect(out).toMatch(/^the first packet with another fate: DATA /m);
    expect(out).toMatch(/^ {4}duration +A [\d.]+ ms +B [\d.]+ ms/m);
    expect(out).toMatch(/^what followed$/m);
  });

  test("a scenario on the spot, with a setting and a seed for each side", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const diff = async (...options: string[]) => await peerlab(["diff", file, file, ...options]);
    expect((await diff()).exitCode).toBe(0);
    expect((await diff("--seed-b", "43")).exitCode).toBe(1);
    expect((await diff("--seed-a", "43", "--seed-b", "43")).exitCode).toBe(0);
    const { exitCode, out } = await diff("--set-a", "network.delay=10ms", "--set-b", "network.delay=11ms");
    expect(exitCode).toBe(1);
    expect(out).toContain(`A  ${file} --set network.delay=10ms: `);
    const near = ["--set-a", "network.loss=0", "--set-b", "network.loss=0", "--set-b", "network.delay=50.001ms"];
    expect((await diff(...near, "--tolerance", "1us")).exitCode).toBe(1);
    expect((await diff(...near, "--tolerance", "1s")).exitCode).toBe(0);
    expect((await diff(...near, "--protocol")).exitCode).toBe(0);
  });

  test("--json is one document", async () => {
    const [a, b] = (await runs(
      [],
      ["--set", "network.faults=[{ match: { seq: 2, kind: data, attempt: 1 }, do: drop }]"],
    )) as [string, string];
    const { exitCode, out } = await peerlab(["diff", a, b, "--json"]);
    expect(exitCode).toBe(1);
    const document = JSON.parse(out);
    expect(Object.keys(document)).toEqual([
      "a",
      "b",
      "mode",
      "equal",
      "toleranceMs",
      "events",
      "firstDifference",
      "consequences",
    ]);
    expect(document.a).toMatchObject({
      source: join(a, "trace.jsonl"),
      scenario: "bulk",
      seed: "42",
      world: "simulated",
    });
    const { firstDifference, consequences } = document;
    expect(firstDifference.b[0]).toMatchObject({
      number: firstDifference.event,
      event: "drop",
      type: "DATA",
      note: "fault 1",
    });
    expect(firstDifference.before.at(-1)).toMatchObject({ number: firstDifference.event - 1, event: "send", seq: 2 });
    expect(consequences.packets.otherFate.first[0].b).toMatchObject({ seq: 2, attempt: 1, fate: "dropped: fault 1" });
    expect(consequences.metrics).toContainEqual(expect.objectContaining({ metric: "timeouts", unit: "count" }));
    const protocol = JSON.parse((await peerlab(["diff", a, b, "--json", "--protocol"])).out);
    expect(protocol).toMatchObject({
      mode: "protocol",
      equal: false,
      firstDifference: { flow: "sender -> receiver DATA", of: "packet" },
    });
    const equal = JSON.parse((await peerlab(["diff", a, a, "--json"])).out);
    expect(equal).toMatchObject({ mode: "exact", equal: true });
    expect(equal.firstDifference).toBe(undefined);
  });

  test("one real run and one simulated are compared by what the protocol fixes, unless --no-protocol", async () => {
    const [a, b] = (await runs([], ["--set", "network.delay=40ms"])) as [string, string];
    const path = join(b, "summary.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), world: "real" }));
    const { exitCode, out } = await peerlab(["diff", a, b]);
    expect(out).toMatch(/^B {2}.*, real sockets$/m);
    expect(out).toMatch(/^the same packets came in the same order, where the protocol fixes it: /m);
    expect(exitCode).toBe(0);
    expect((await peerlab(["diff", a, b, "--no-protocol"])).exitCode).toBe(1);
    expect((await peerlab(["diff", b, b])).out).toContain("equal: ");
  });

  test("2: bad usage says what to do", async () => {
    const [a] = (await runs([])) as [string];
    const folder = join(a, "..");
    const empty = temporaryFolder();
    const file = join(empty, "file.txt");
    writeFileSync(file, "");
    const cases: [string[], string][] = [
      [[a, a, "--seed-b", "1"], `--seed-b is for a scenario that is run on the spot, and ${a} has been run already`],
      [[a, a, "--set-a", "x=1"], "--set-a is for a scenario that is run on the spot"],
      [[a, a, "--tolerance", "1"], 'peerlab: --tolerance: found "1", expected a duration with a unit, such as 50ms'],
      [[a, folder], `${folder} has no trace.jsonl and no trace.csv: give ${a}\n`],
      [[a, empty], "`peerlab run --out` writes such folders"],
      [[file, a], `${file} is none of what can be compared: give the folder of a run`],
      [[a], "error: missing required argument 'B'"],
    ];
    for (const [args, message] of cases) {
      const { exitCode, out, err } = await peerlab(["diff", ...args]);
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
      expect(err).toContain(message);
    }
    const bad = join(empty, "bad.yaml");
    writeFileSync(bad, "name: x\n");
    const { exitCode, err } = await peerlab(["diff", bad, a]);
    expect(exitCode).toBe(2);
    expect(err).toContain("bad.yaml:");
  });

  test("3: what cannot be read is named, with its line", async () => {
    const [a] = (await runs([])) as [string];
    const nowhere = await peerlab(["diff", a, join(a, "nowhere.csv")]);
    expect(nowhere).toMatchObject({ exitCode: 3, out: "" });
    expect(nowhere.err).toContain("nowhere.csv: there is no such file or folder");
    const cut = join(a, "cut.jsonl");
    writeFileSync(cut, `${readFileSync(join(a, "trace.jsonl"), "utf8").slice(0, 300)}`);
    const broken = await peerlab(["diff", a, cut, "--json"]);
    expect(broken.exitCode).toBe(3);
    expect(broken.err).toMatch(/cut\.jsonl:4: found .*, expected a JSON object: is the line cut off\?\n$/);
    expect(JSON.parse(broken.out)).toMatchObject({ error: { kind: "runtime", exitCode: 3 } });
    writeFileSync(join(a, "summary.json"), '{"name": 1}');
    expect((await peerlab(["diff", a, a])).err).toContain("summary.json is not the summary of a run: remove it");
    rmSync(join(a, "summary.json"));
    expect((await peerlab(["diff", a, a])).exitCode).toBe(0);
    rmSync(join(a, "trace.jsonl"));
    mkdirSync(join(a, "trace.jsonl"));
    const folder = await peerlab(["diff", a, a]);
    expect(folder).toMatchObject({ exitCode: 3 });
    expect(folder.err).toContain("cannot read");
  });

  test("130: Ctrl-C", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", undefined, 100_000);
    const console = fakeConsole();
    const ended = peerlab(["diff", file, file], console);
    console.interrupt();
    expect(await ended).toMatchObject({ exitCode: 130, out: "" });
  });

  test("has colour on a terminal only", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const args = ["diff", file, file, "--seed-b", "1"];
    const terminal = await peerlab(args, fakeConsole({ terminal: { columns: 100 }, env: { TERM: "xterm" } }));
    expect(terminal.out).toContain("\u001b[36mA  ");
    expect((await peerlab(args)).out).not.toContain("\u001b");
  });
});
