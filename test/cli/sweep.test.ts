import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SweepFolder } from "../../src/cli/sweep-folder.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";
import { fakeConsole, peerlab, scenarioFile, scenarioText, temporaryFolder } from "./fake-console.ts";

const LOSSES = "network.loss=0,0.2,0.4";
const NO_RETRANSMISSION = "retransmissions: 0";

/** The options of a quick sweep. One thread: to start threads takes longer than the runs. */
const quick = (...options: string[]) => ["--vary", LOSSES, "--runs", "6", "--workers", "1", ...options];

describe("peerlab sweep", { timeout: 60_000 }, () => {
  test("shows a table and a chart for each metric on stdout; writes no file", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const { exitCode, out, err } = await peerlab(["sweep", file, ...quick()]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
    expect(out).toMatch(
      /^bulk: 3 cells of 6 runs, seeds 42-1 to 42-6, the same in every cell\nvaried: network\.loss\n/,
    );
    expect(out).toMatch(/^transmissionsPerPacket$/m);
    expect(out).toMatch(/^timePerPacket, ms$/m);
    expect(out.match(/o closed form/g)).toHaveLength(2);
    expect(out).toMatch(/\n3 cells, 18 runs: 18 passed, 0 failed\n$/);
    expect(readdirSync(folder)).toEqual(["bulk.yaml"]);
  });

  test("--json is one document, the same for any number of threads", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const documents = [];
    for (const workers of ["1", "3"]) {
      const { exitCode, out, err } = await peerlab(["sweep", file, ...quick("--json", "--workers", workers)]);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
      documents.push(out);
    }
    expect(documents[1]).toBe(documents[0]);
    const { sweep, ...rest } = JSON.parse(documents[0]!);
    expect(rest).toEqual({});
    expect(sweep.cells).toHaveLength(3);
    // Its figures are those of runs with the seeds that it names.
    const parsed = parseScenario(readFileSync(file, "utf8"), file, { settings: ["network.loss=0.4"] });
    if (!parsed.ok) throw new Error("no scenario");
    const of = (seed: string) => runScenario(parsed.scenario, { seed }).metrics.transmissionsPerPacket!;
    const values = [1, 2, 3, 4, 5, 6].map((run) => of(`42-${run}`));
    expect(sweep.cells[2].metrics.transmissionsPerPacket.max).toBe(Math.max(...values));
  });

  test("--seed, --set, --metric, --compare, --paired and --no-charts do what they say", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const { out } = await peerlab([
      ...["sweep", file, "--vary", "network.loss=0,0.3", "--vary", "network.delay=10ms,20ms", "--paired"],
      ...["--compare", "protocol.rto.backoff=1,2", "--metric", "drops", "--metric", "goodput", "--runs", "2"],
      ...["--seed", "abc", "--set", "protocol.attempts=5", "--workers", "1", "--no-charts"],
    ]);
    expect(out).toMatch(/^bulk: 4 cells of 2 runs, seeds abc-1 to abc-2/);
    expect(out).toMatch(/^drops$/m);
    expect(out).toMatch(/^goodput, bit\/s$/m);
    expect(out).not.toContain("transmissionsPerPacket");
    expect(out).toMatch(/^0\.3 +20ms +2 /m);
    expect(out).not.toContain("┤");
    expect(out).toContain("drops: protocol.rto.backoff=2 less 1, seed by seed");
    const json = JSON.parse((await peerlab(["sweep", file, ...quick("--set", "protocol.attempts=5", "--json")])).out);
    expect(json.sweep.cells[0].settings).toEqual(["protocol.attempts=5", "network.loss=0"]);
  });

  test("--quiet leaves the heading, what failed and the summary", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", NO_RETRANSMISSION);
    const { out, err } = await peerlab(["sweep", file, ...quick("--quiet")]);
    expect(err).toBe("");
    expect(out).not.toContain("median");
    expect(out).toMatch(/^bulk: 3 cells/);
    expect(out).toContain("expectations that failed:");
  });

  test("a failed expectation is exit code 1, and its replay shows the failure", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", NO_RETRANSMISSION);
    const { exitCode, out } = await peerlab(["sweep", file, ...quick("--no-charts")]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/ {2}network\.loss=0\.4: failed in 6 of 6 runs: retransmissions: 0\n/);
    const [, replay] = /replay: npx peerlab (.*network\.loss=0\.4.*)\n/.exec(out)!;
    const replayed = await peerlab([...replay!.split(" "), "--no-charts"]);
    expect(replayed.exitCode).toBe(1);
    expect(replayed.out).toContain("FAIL");
    const json = await peerlab(["sweep", file, ...quick("--json")]);
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.out).sweep.passed).toBe(false);
  });

  test("--no-verdicts leaves the expectations out", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", NO_RETRANSMISSION);
    const { exitCode, out } = await peerlab(["sweep", file, ...quick("--no-verdicts")]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/18 runs: verdicts left out\n$/);
    const json = await peerlab(["sweep", file, ...quick("--no-verdicts", "--json")]);
    expect(JSON.parse(json.out).sweep).toMatchObject({ verdicts: false, passed: null });
  });
});

describe("peerlab sweep --out", { timeout: 60_000 }, () => {
  test("writes CSV, JSON and a chart for each metric, and says where", async () => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "results")];
    const sweep = await peerlab(["sweep", file, ...quick("--compare", "protocol.rto.backoff=1,2", "--out", out)]);
    expect(sweep.exitCode).toBe(0);
    const names =
      "sweep.csv, sweep.json, sweep-compare.csv, sweep-transmissionsPerPacket.svg, sweep-compare-transmissionsPerPacket.svg, sweep-timePerPacket.svg, sweep-compare-timePerPacket.svg";
    expect(sweep.out.endsWith(`\nfiles: ${out}/bulk/ (${names})\n`)).toBe(true);
    const read = (name: string) => readFileSync(join(out, "bulk", name), "utf8");
    expect(read("sweep.csv").trimEnd().split("\n")).toHaveLength(1 + 6 * 2);
    expect(read("sweep-compare.csv").trimEnd().split("\n")).toHaveLength(1 + 3 * 2);
    expect(read("sweep-timePerPacket.svg")).toMatch(/^<svg .*<\/svg>\n$/s);
    const { out: json } = await peerlab([
      "sweep",
      file,
      ...quick("--compare", "protocol.rto.backoff=1,2", "--out", out, "--json"),
    ]);
    expect(JSON.parse(read("sweep.json"))).toEqual(JSON.parse(json).sweep);
  });

  test("finished cells are taken from there, and give the same files", async () => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk", NO_RETRANSMISSION), join(folder, "results")];
    const results = () =>
      ["sweep.csv", "sweep.json", "sweep-timePerPacket.svg"].map((name) =>
        readFileSync(join(out, "bulk", name), "utf8"),
      );
    await peerlab(["sweep", file, ...quick("--out", out)]);
    const first = results();
    const again = await peerlab(["sweep", file, ...quick("--out", out)]);
    expect(again.err).toBe(`3 cells of 3 taken from ${out}/bulk\n`);
    expect(again.exitCode).toBe(1);
    expect(results()).toEqual(first);
    // Another metric of the same runs needs no run.
    const other = await peerlab(["sweep", file, ...quick("--out", out, "--metric", "goodput")]);
    expect(other.err).toContain("3 cells of 3 taken");
    expect(readdirSync(join(out, "bulk")).sort()).toEqual([
      "sweep-cells",
      "sweep-goodput.svg",
      "sweep.csv",
      "sweep.json",
    ]);
  });

  test("with more runs, the first ones are taken, and with fewer, those; the results are the same as without", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk", NO_RETRANSMISSION);
    const sweep = async (out: string, runs: number) => {
      const args = ["--vary", "network.loss=0,0.2", "--workers", "2", "--runs", String(runs), "--json"];
      const result = await peerlab(["sweep", file, ...args, "--out", join(folder, out)]);
      return { out: result.out, taken: result.err.replace(/ taken from .*/s, "") };
    };
    const fresh = async (runs: number) => (await sweep(`fresh-${runs}`, runs)).out;
    expect((await sweep("a", 3)).taken).toBe("");
    expect(await sweep("a", 8)).toEqual({ out: await fresh(8), taken: "6 runs of 2 other cells" });
    expect(await sweep("a", 8)).toMatchObject({ taken: "2 cells of 2" });
    // Of the lossy cell, nobody knows which of the eight runs failed: it is run again, and the eight stay.
    expect(await sweep("a", 5)).toEqual({ out: await fresh(5), taken: "1 cell of 2" });
    expect(await sweep("a", 8)).toMatchObject({ taken: "2 cells of 2" });
  });

  test("cells of another version are removed when a sweep is over; those of other sweeps stay", async () => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "results")];
    const cells = join(out, "bulk", "sweep-cells");
    await peerlab(["sweep", file, ...quick("--out", out, "--seed", "1")]);
    const first = readdirSync(cells);
    expect(first).toHaveLength(3);
    for (const name of ["0123456789abcdef.json", "0123456789abcdef-0123456789abcdef.json", "mine.json", "notes.txt"]) {
      writeFileSync(join(cells, name), "{}");
    }
    await peerlab(["sweep", file, ...quick("--out", out, "--seed", "2")]);
    const left = readdirSync(cells);
    expect(left).toHaveLength(3 + 3 + 2);
    expect(left).toEqual(expect.arrayContaining([...first, "mine.json", "notes.txt"]));
  });

  test("of other sweeps' cells the oldest go, beyond a size", () => {
    const cells = join(temporaryFolder(), "bulk", "sweep-cells");
    const folder = new SweepFolder(join(cells, "..", ".."), "bulk", 250);
    const version = "0".repeat(16);
    const names = ["a", "b", "c", "d"].map((digit) => `${version}-${digit.repeat(16)}`);
    for (const [age, name] of names.entries()) {
      writeFileSync(join(cells, `${name}.json`), "x".repeat(100));
      utimesSync(join(cells, `${name}.json`), 1000 - age, 1000 - age);
    }
    folder.tidy([names[3]!]);
    expect(readdirSync(cells).sort()).toEqual([0, 1, 3].map((at) => `${names[at]}.json`));
  });

  test("but not for another scenario or seed, nor where the file is not whole", async () => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "results")];
    const taken = async (...options: string[]) => {
      const { err } = await peerlab([
        "sweep",
        file,
        "--vary",
        "network.loss=0,0.2",
        "--workers",
        "1",
        "--out",
        out,
        ...options,
      ]);
      return /^(\d) cells? of/.exec(err)?.[1];
    };
    expect(await taken("--runs", "3")).toBeUndefined();
    expect(await taken("--runs", "3")).toBe("2");
    expect(await taken("--runs", "3", "--seed", "9")).toBeUndefined();
    expect(await taken("--runs", "3", "--no-verdicts")).toBeUndefined();
    const cells = join(out, "bulk", "sweep-cells");
    const spoiled = [
      () => "",
      () => "{}",
      (text: string) => text.slice(0, -20),
      (text: string) => text.replace("[", "[1,"),
    ];
    for (const spoil of spoiled) {
      for (const name of readdirSync(cells)) {
        writeFileSync(join(cells, name), spoil(readFileSync(join(cells, name), "utf8")));
      }
      expect(await taken("--runs", "3")).toBeUndefined();
    }
    expect(await taken("--runs", "3")).toBe("2");
    writeFileSync(file, scenarioText("bulk").replace("bytes: 100B", "bytes: 99B"));
    expect(await taken("--runs", "3")).toBeUndefined();
  });

  test("a sweep that is broken off keeps its finished cells, leaves no old results, and goes on from there", async () => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "results")];
    mkdirSync(join(out, "bulk"), { recursive: true });
    writeFileSync(join(out, "bulk", "sweep.csv"), "old");
    writeFileSync(join(out, "bulk", "notes.txt"), "mine");
    const endless = ["network.loss=0,0.99999"];
    const console = fakeConsole();
    const cells = join(out, "bulk", "sweep-cells");
    const look = setInterval(() => {
      if (existsSync(cells) && readdirSync(cells).some((name) => name.endsWith(".json"))) console.interrupt();
    }, 20);
    const args = ["sweep", file, "--vary", endless[0]!, "--runs", "4", "--workers", "1", "--out", out];
    const broken = await peerlab(args, console);
    clearInterval(look);
    expect(broken.exitCode).toBe(130);
    expect(broken.err).toContain(
      `interrupted: 1 of 2 cells finished; they are kept in ${out}/bulk: the same command goes on`,
    );
    expect(broken.out).toBe("");
    expect(readdirSync(join(out, "bulk")).sort()).toEqual(["notes.txt", "sweep-cells"]);
    const next = await peerlab(["sweep", file, "--vary", "network.loss=0,0.1", ...args.slice(4)]);
    expect(next.err).toBe(`1 cell of 2 taken from ${out}/bulk\n`);
    expect(next.exitCode).toBe(0);
  });

  test("where it cannot write is exit code 3", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const { exitCode, err } = await peerlab(["sweep", file, ...quick("--out", join(file, "results"))]);
    expect(exitCode).toBe(3);
    expect(err).toContain("peerlab: cannot make the folder ");
  });
});

describe("peerlab sweep, when it cannot", { timeout: 60_000 }, () => {
  test.each([
    ["an unknown metric", ["--metric", "goodputt"], '--metric: there is no metric "goodputt": did you mean goodput?'],
    ["a range that is none", ["--vary", "network.loss=0:1"], "--vary network.loss=0:1: 0:1 is no range"],
    ["a comparison of one", ["--compare", "network.loss=0"], "a comparison is of two values"],
    ["a comparison that is none", ["--compare", "network.loss"], "--compare network.loss: expected PATH=VALUES"],
    ["a path that is set, too", ["--vary", "network.loss=0,1", "--set", "network.loss=0.5"], "both varied and set"],
    [
      "a path within another",
      [
        "--vary",
        "protocol.rto.initial=200ms,900ms",
        "--compare",
        "protocol.rto={estimator: fixed},{estimator: report}",
      ],
      "protocol.rto and protocol.rto.initial overlap",
    ],
    ["what no scenario has", ["--vary", "constructor=1,2"], "--vary constructor=1: unknown key"],
    ["--paired alone", ["--vary", "network.loss=0,0.1", "--paired"], "--paired takes the values of two or more --vary"],
    ["the seed", ["--vary", "seed=1,2"], "seed cannot be varied"],
    ["too many runs", ["--runs", "100001"], "--runs is 100001: at most 100000"],
    [
      "too many in all",
      ["--vary", "network.loss=0:0.5:0.001", "--runs", "2000"],
      "501 cells of 2000 runs are more than the 1000000",
    ],
    ["no run", ["--runs", "0"], "Expected a whole number from 1 up."],
    ["half a thread", ["--workers", "0.5"], "Expected a whole number from 1 up."],
    ["too many threads", ["--workers", "257"], "--workers is 257: at most 256"],
    ["an empty --out", ["--out", ""], "--out is empty"],
    ["an empty --seed", ["--seed", ""], "--seed is empty"],
    ["an unknown option", ["--percent"], "unknown option"],
    [
      "a run without an end",
      ["--vary", "network.loss=0.5,1"],
      "network.loss=1: a packet that never gets through, and nobody gives up: the run has no end. Give it a duration",
    ],
    [
      "a partition without an end",
      ["--set", "network.partitions=[{ between: [[sender], [receiver]] }]"],
      "the run has no end",
    ],
  ])("%s is exit code 2, the same with --json, and says what to do", async (_what, options, message) => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const { exitCode, out, err } = await peerlab(["sweep", file, ...options]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err).toContain(message);
    const json = await peerlab(["sweep", file, ...options, "--json"]);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.out).error).toMatchObject({ exitCode: 2 });
  });

  test("what is wrong with a value is told under its option", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const wrong = async (...options: string[]) => (await peerlab(["sweep", file, ...options])).err;
    expect(await wrong("--vary", "network.los=0,1")).toMatch(
      /^--vary network\.los=0: unknown key\n {2}did you mean "loss"\?\n/,
    );
    expect(await wrong("--vary", "network.loss=0,2")).toMatch(
      /^--vary network\.loss=2: found 2, expected a probability/,
    );
    expect(await wrong("--compare", "protocol.rto.backoff=0,1")).toMatch(
      /^--compare protocol\.rto\.backoff=0: found 0/,
    );
    expect(await wrong("--vary", "network.loss=0,1", "--set", "network.delay=1")).toMatch(/^--set network\.delay=1: /);
    expect(await wrong("--vary", "network.delay={ distribution: uniform, min: 2s, max: 1s }")).toMatch(
      /^--vary network\.delay=\{.*\}: network\.delay\.min: /,
    );
  });

  test("a file that is not there, a folder, a scenario that is wrong", async () => {
    const folder = temporaryFolder();
    expect((await peerlab(["sweep", join(folder, "nowhere.yaml")])).err).toContain("there is no such file or folder");
    expect((await peerlab(["sweep", folder])).err).toContain(`${folder}: is not a file`);
    const bad = join(folder, "bad.yaml");
    writeFileSync(bad, scenarioText("bad").replace("loss: 0.2", "los: 0.2"));
    const { exitCode, err } = await peerlab(["sweep", bad, "--vary", "network.delay=1ms,2ms"]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/bad\.yaml:4:\d+: network\.los: unknown key/);
    expect((await peerlab(["sweep"])).exitCode).toBe(2);
  });

  test("Ctrl-C before the first run is exit code 130", async () => {
    const console = fakeConsole();
    console.interrupt();
    const { exitCode, out } = await peerlab(
      ["sweep", scenarioFile(temporaryFolder(), "bulk"), ...quick("--json")],
      console,
    );
    expect(exitCode).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ sweep: null, error: { kind: "interrupted", exitCode: 130 } });
  });

  test("progress with the time that is left, on stderr", async () => {
    let nowMs = 0;
    const console = fakeConsole({
      nowMs: () => {
        nowMs += 11_000;
        return nowMs;
      },
    });
    const { err } = await peerlab(["sweep", scenarioFile(temporaryFolder(), "bulk"), ...quick()], console);
    // The first two of nine tasks have taken 11 s.
    expect(err).toMatch(/^bulk: 0 of 3 cells, 2 of 18 runs, about 88 s left\n/);
    expect(err).toContain("bulk: 3 of 3 cells, 18 of 18 runs\n");
  });
});
