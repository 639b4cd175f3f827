import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { fakeConsole, peerlab, scenarioFile, scenarioText, temporaryFolder } from "./fake-console.ts";

const FAILS = "send: { host: sender, delivered: 2 }";
/** More events than one step has, so that the run yields in between. */
const MANY_PACKETS = 20_000;

describe("peerlab run", () => {
  test("shows charts, verdicts, seed and trace hash on stdout, and nothing on stderr; writes no file", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const { exitCode, out, err } = await peerlab(["run", file]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^sender -> receiver: 20 samples|^sender -> receiver: \d+ samples/);
    expect(out).toMatch(/^PASS bulk {2}seed 42, trace [0-9a-f]{16}, \d+ events in [\d.]+ s of virtual time$/m);
    expect(out).toContain("A test of the command line.");
    expect(out).toMatch(/\n1 scenario, 1 expectation: 1 passed, 0 failed\n$/);
    expect(err).toBe("");
    expect(readdirSync(folder)).toEqual(["bulk.yaml"]);
  });

  test("a failed expectation is exit code 1, with and without --json, and hands over its replay", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", FAILS);
    const { exitCode, out } = await peerlab(["run", file, "--set", "network.loss=0.1"]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/--seed 42 --set network\.loss=0\.1 --until-event \d+\n/);
    const json = await peerlab(["run", file, "--json"]);
    expect(json.exitCode).toBe(1);
    const [expectation] = JSON.parse(json.out).scenarios[0].expectations;
    expect(expectation).toMatchObject({ passed: false });
    expect(expectation.replay).toMatch(/^npx peerlab run \S+ --seed 42 --until-event \d+$/);
  });

  test("--json is one document with what the contract names, and nothing else", async () => {
    const folder = temporaryFolder();
    const files = [scenarioFile(folder, "one"), scenarioFile(folder, "two", FAILS)];
    const { out, err } = await peerlab(["run", ...files, "--json"]);
    const { scenarios, ...rest } = JSON.parse(out);
    expect(rest).toEqual({});
    expect(scenarios).toMatchObject([
      { name: "one", file: files[0], seed: "42", passed: true },
      { name: "two", file: files[1], seed: "42", passed: false },
    ]);
    expect(scenarios[0].traceHash).toMatch(/^[0-9a-f]{16}$/);
    expect(scenarios[0].durationMs).toBeGreaterThan(2000);
    expect(scenarios[0].expectations).toHaveLength(1);
    expect(scenarios[0].metrics.transmissionsPerPacket).toBeGreaterThan(1);
    expect(err).toBe("");
  });

  test("the replay of an answer that came too late stops at the last event until then", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", "send: { host: sender, elapsed: 1s }");
    const { out } = await peerlab(["run", file, "--json"]);
    const [verdict] = JSON.parse(out).scenarios[0].expectations;
    const replayed = await peerlab([...verdict.replay.split(" ").slice(2), "--no-charts"]);
    expect(replayed.out).toContain(`stopped at event ${verdict.event}; `);
    expect(replayed.exitCode).toBe(1);
  });

  test("--metric shows a metric beside the charts, with a unit; none where the run has no value", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const { out } = await peerlab(["run", file, "--metric", "dataTransmissions", "--metric", "meanDownloadTime"]);
    expect(out).toMatch(/\ndataTransmissions {2}\d+\nmeanDownloadTime {3}none\n\nPASS bulk/);
    const wrong = await peerlab(["run", file, "--metric", "goodputt"]);
    expect(wrong).toMatchObject({ exitCode: 2, err: expect.stringContaining("did you mean goodput?") });
    expect((await peerlab(["run", file, "--metric", "goodput", "--json"])).exitCode).toBe(2);
  });

  test("--no-verdicts leaves the expectations out: nothing fails, and nothing passes", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", FAILS);
    const { exitCode, out } = await peerlab(["run", file, "--no-verdicts", "--no-charts"]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^RAN bulk /);
    expect(out).toContain("1 scenario, 0 expectations");
  });

  test("without expectations it ran, and that is no failure", async () => {
    const file = join(temporaryFolder(), "plain.yaml");
    writeFileSync(file, scenarioText("plain").replace(/^expect:.*$/m, ""));
    const { exitCode, out } = await peerlab(["run", file, "--no-charts"]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^RAN plain /);
  });

  test("an action that failed without an expectation is named", async () => {
    const file = join(temporaryFolder(), "twice.yaml");
    const crash = "{ at: 1s, host: receiver, do: crash }";
    writeFileSync(file, scenarioText("twice").replace("timeline: [", `timeline: [${crash}, ${crash}, `));
    const { out } = await peerlab(["run", file, "--no-charts", "--set", "protocol.attempts=3"]);
    expect(out).toContain("\n  actions that failed: receiver crash at 1 s: receiver is down already");
  });

  test("a folder stands for all scenarios in it", async () => {
    const folder = temporaryFolder();
    scenarioFile(folder, "one");
    scenarioFile(folder, "two");
    const { out } = await peerlab(["run", folder, "--no-charts"]);
    expect(out).toMatch(/2 scenarios, 2 expectations: 2 passed, 0 failed\n$/);
    expect(out).not.toContain("sender -> receiver");
  });

  test("--seed and --set change the run; the same ones give the same run", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const hash = async (...options: string[]) => {
      const { out } = await peerlab(["run", file, "--json", ...options]);
      return JSON.parse(out).scenarios[0].traceHash as string;
    };
    const [first, again, seed, set] = [
      await hash(),
      await hash("--seed", "42"),
      await hash("--seed", "43"),
      await hash("--set", "network.loss=0.3", "--set", "network.delay=10ms"),
    ];
    expect(again).toBe(first);
    expect(new Set([first, seed, set]).size).toBe(3);
  });

  test("--quiet leaves the heading, the failures and the summary", async () => {
    const folder = temporaryFolder();
    scenarioFile(folder, "fails", FAILS);
    scenarioFile(folder, "holds");
    const { out } = await peerlab(["run", folder, "--quiet"]);
    expect(out).toMatch(/^FAIL fails {2}seed 42/);
    expect(out).toMatch(/^PASS holds {2}seed 42/m);
    expect(out).not.toContain("delivered: 1");
    expect(out).not.toContain("A test of the command line");
  });

  test("--until-event stops at that event and shows the last ones", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const { out } = await peerlab(["run", file, "--until-event", "9", "--no-charts"]);
    expect(out).toMatch(/^stopped at event 9; /);
    expect(out).toMatch(/^ {2}9 {2}\d+ ms {2}/m);
    expect(out).not.toMatch(/^ {2}10 {2}/m);
    const whole = await peerlab(["run", file, "--until-event", "1000000", "--no-charts"]);
    expect(whole.out).toMatch(/^over after [\d,]+ events\. The last ones:\n/);
  });

  test("has symbols and colour on a terminal only", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const terminal = await peerlab(["run", file], fakeConsole({ terminal: { columns: 100 }, env: { TERM: "xterm" } }));
    expect(terminal.out).toContain("\u001b[32m✔\u001b[39m");
    const env = { TERM: "xterm", NO_COLOR: "1" };
    const plain = await peerlab(["run", file], fakeConsole({ terminal: { columns: 100 }, env }));
    expect(plain.out).toContain("✔ bulk");
    expect(plain.out).not.toContain("\u001b");
  });

  test("the chart shows a change of loss", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk", undefined, 200);
    const chart = async (loss: number) => (await peerlab(["run", file, "--set", `network.loss=${loss}`])).out;
    const [calm, lossy] = [await chart(0), await chart(0.3)];
    expect(calm).not.toMatch(/^timeouts/m);
    expect(lossy).toMatch(/^timeouts +x/m);
    expect(lossy).toMatch(/^necessary +R/m);
  });
});

describe("peerlab run --out", () => {
  test("writes the files of each scenario; summary.json is the element of --json", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const out = join(folder, "deep", "results");
    const { exitCode, out: json } = await peerlab(["run", file, "--out", out, "--json"]);
    expect(exitCode).toBe(0);
    const read = (name: string) => readFileSync(join(out, "bulk", name), "utf8");
    expect(readdirSync(join(out, "bulk")).sort()).toEqual([
      "charts.svg",
      "charts.txt",
      "ladder.svg",
      "report.html",
      "rtt.csv",
      "summary.json",
      "trace.csv",
      "trace.jsonl",
      "trace.pcapng",
    ]);
    expect(read("report.html")).toContain("<title>bulk: PASS</title>");
    expect(read("report.html")).toContain(`npx peerlab run ${file} --seed 42`);
    expect(read("ladder.svg")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(read("charts.svg")).toContain("Round-trip time, sender to receiver");
    const [scenario] = JSON.parse(json).scenarios;
    expect(JSON.parse(read("summary.json"))).toEqual(scenario);
    const trace = read("trace.csv").trimEnd().split("\n");
    expect(trace[0]).toBe("time_ms,event,node,peer,packet_id,type,seq,total,attempt,bytes,note");
    expect(trace).toHaveLength(1 + scenario.events);
    expect(read("rtt.csv")).toMatch(/^time_ms,node,peer,packet_id,sample_rtt_ms,[\s\S]*,sample\n$/);
    const lines = read("trace.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines.filter((line) => "event" in line)).toHaveLength(scenario.events);
    expect(lines.filter((line) => "kind" in line)).toHaveLength(read("rtt.csv").trimEnd().split("\n").length - 1);
    expect(read("charts.txt")).toMatch(/^sender -> receiver/);
    expect(read("charts.txt")).not.toContain("\u001b");
  });

  test("--ladder chooses what ladder.svg shows", async () => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "results")];
    const draw = async (...choices: string[]) => {
      const options = choices.flatMap((choice) => ["--ladder", choice]);
      const { exitCode, err } = await peerlab(["run", file, "--out", out, "--json", ...options]);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
      return readFileSync(join(out, "bulk", "ladder.svg"), "utf8").match(/class="packet"/g)?.length ?? 0;
    };
    const all = await draw();
    expect(await draw("packets=3")).toBe(3);
    expect(await draw("to=40ms", "host=sender", "host=receiver")).toBe(1);
    expect(await draw("from=1s", "message=DATA:1", "packets=2000")).toBeLessThan(all);
  });

  test.each([
    ["from=2", /^peerlab: --ladder from=2: expected a duration with a unit, .*; do you mean 2ms\?\n$/],
    [
      "colour=red",
      /^peerlab: --ladder colour=red: expected from=2s, to=3s, host=H1, message=UPDATE:2 or packets=40\n$/,
    ],
    ["message=DATA:0", /expected a whole number from 1\n$/],
    ["packets=2001", /expected a whole number from 1 to 2000\n$/],
    ["host=", /expected from=2s/],
  ])("--ladder %s is refused in words, before anything runs", async (choice, message) => {
    const folder = temporaryFolder();
    const out = join(folder, "results");
    const { exitCode, err } = await peerlab(["run", scenarioFile(folder, "bulk"), "--out", out, "--ladder", choice]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  test("--ladder with a window that ends before it begins is refused before anything runs", async () => {
    const folder = temporaryFolder();
    const out = join(folder, "results");
    const choice = ["--ladder", "from=2s", "--ladder", "to=1s"];
    const { exitCode, err } = await peerlab(["run", scenarioFile(folder, "bulk"), "--out", out, ...choice]);
    expect([exitCode, existsSync(out)]).toEqual([2, false]);
    expect(err).toContain("--ladder: the window ends after it begins (2000 ms), not at 1000 ms");
  });

  test.each([
    ["host=nobody", "no host is called nobody: this trace has sender, receiver"],
    ["message=UPDATE", "no packet is of type UPDATE: this trace has DATA"],
    ["message=DTA", "no packet is of type DTA: this trace has DATA; do you mean DATA?"],
    ["from=1000s", "nothing is there to draw from 1000 s on: this trace runs from 0 s to 3.6 s, with DATA"],
  ])("--ladder %s, which the run does not have: exit code 2, and all files are there", async (choice, message) => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "results")];
    await peerlab(["run", file, "--out", out]);
    const read = () =>
      readdirSync(join(out, "bulk"))
        .filter((name) => name !== "summary.json")
        .map((name) => [name, readFileSync(join(out, "bulk", name), "latin1")]);
    const before = read();
    const { exitCode, err, out: shown } = await peerlab(["run", file, "--out", out, "--ladder", choice]);
    expect(exitCode).toBe(2);
    expect(err).toContain(`peerlab: --ladder, in bulk: ${message}`);
    expect(err).toContain("; ladder.svg shows the start of the run instead\n");
    expect(shown).toContain("PASS bulk");
    expect(read()).toEqual(before);
    const json = await peerlab(["run", file, "--out", out, "--ladder", choice, "--json"]);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({ scenarios: [{ name: "bulk" }], error: { kind: "usage" } });
  });

  test("a ladder.svg that ends before anything goes wrong says when it does", async () => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "results")];
    const faults = "network.faults=[{ match: { kind: data, seq: 15, attempt: 1 }, do: drop }]";
    await peerlab(["run", file, "--out", out, "--set", "network.loss=0", "--set", faults, "--ladder", "packets=5"]);
    expect(readFileSync(join(out, "bulk", "ladder.svg"), "utf8")).toMatch(
      /The first loss is at \d+ ms: --ladder from=\d+ms shows it\./,
    );
  });

  test("--ladder in a run of several: one that lacks what is asked for is named, and all of them run", async () => {
    const folder = temporaryFolder();
    const files = [scenarioFile(folder, "one"), scenarioFile(folder, "two")];
    writeFileSync(files[0]!, readFileSync(files[0]!, "utf8").replace(/(?<!arq-)receiver/g, "listener"));
    const out = join(folder, "results");
    const { exitCode, err } = await peerlab(["run", ...files, "--out", out, "--ladder", "host=receiver", "--quiet"]);
    expect(exitCode).toBe(0);
    expect(err).toBe(
      "--ladder, in one: no host is called receiver: this trace has sender, listener; ladder.svg shows the start of the run instead\n",
    );
    for (const name of ["one", "two"]) expect(existsSync(join(out, name, "ladder.svg"))).toBe(true);
    expect(readFileSync(join(out, "two", "ladder.svg"), "utf8").match(/class="host"/g)).toHaveLength(1);
  });

  test("--ladder without --out would change nothing, and is refused", async () => {
    const { exitCode, err } = await peerlab(["run", scenarioFile(temporaryFolder(), "bulk"), "--ladder", "packets=3"]);
    expect(exitCode).toBe(2);
    expect(err).toContain("without --out there is none: add --out results");
  });

  test("the last line under --out names the page to open: a run's report, or that in front of several", async () => {
    const folder = temporaryFolder();
    const files = [scenarioFile(folder, "one"), scenarioFile(folder, "two", FAILS)];
    const out = join(folder, "results");
    const single = await peerlab(["run", files[0]!, "--out", out, "--quiet"]);
    expect(single.out.trimEnd().split("\n").at(-1)).toBe(`open in a browser: ${join(out, "one", "report.html")}`);
    expect(existsSync(join(out, "reports.html"))).toBe(false);

    const both = await peerlab(["run", ...files, "--out", out, "--quiet", "--export", "mermaid"]);
    const page = join(out, "reports.html");
    expect(both.out.trimEnd().split("\n").at(-1)).toBe(`open in a browser: ${page}`);
    const text = readFileSync(page, "utf8");
    expect(text).toContain("2 scenarios, 2 expectations: 1 passed, 1 failed");
    const links = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link!);
    expect(links).toEqual(expect.arrayContaining(["two/report.html", "one/trace.mmd"]));
    for (const link of links) expect(existsSync(join(out, link))).toBe(true);
  });

  test("a later run of one scenario leaves no page that says how an older one went", async () => {
    const folder = temporaryFolder();
    const files = [scenarioFile(folder, "one"), scenarioFile(folder, "two")];
    const page = join(folder, "reports.html");
    await peerlab(["run", ...files, "--out", folder, "--quiet"]);
    expect(existsSync(page)).toBe(true);
    await peerlab(["run", files[0]!, "--out", folder, "--quiet"]);
    expect(existsSync(page)).toBe(false);
    writeFileSync(page, "<h1>My reports</h1>");
    expect((await peerlab(["run", files[0]!, "--out", folder, "--quiet"])).exitCode).toBe(0);
    expect(readFileSync(page, "utf8")).toBe("<h1>My reports</h1>");
  });

  test("somebody else's reports.html is left alone, and nothing runs", async () => {
    const folder = temporaryFolder();
    const files = [scenarioFile(folder, "one"), scenarioFile(folder, "two")];
    const page = join(folder, "reports.html");
    writeFileSync(page, "<h1>My reports</h1>");
    const { exitCode, err } = await peerlab(["run", ...files, "--out", folder, "--quiet"]);
    expect(exitCode).toBe(3);
    expect(err).toContain("reports.html is not a page of peerlab: move it");
    expect(readFileSync(page, "utf8")).toBe("<h1>My reports</h1>");
    expect(existsSync(join(folder, "one"))).toBe(false);
  });

  test("the line before says where the files are", async () => {
    const folder = temporaryFolder();
    const [file, out] = [scenarioFile(folder, "bulk"), join(folder, "results")];
    const names =
      "(trace.csv, rtt.csv, trace.jsonl, trace.pcapng, summary.json, charts.txt, report.html, ladder.svg, charts.svg)";
    expect((await peerlab(["run", file, "--out", out])).out).toMatch(/\nfiles: .*\/results\/bulk\/ /);
    scenarioFile(folder, "other");
    const both = await peerlab(["run", folder, "--out", out, "--quiet"]);
    expect(both.out).toContain(`\nfiles: ${out}/<scenario>/ ${names}\n`);
    expect((await peerlab(["run", file])).out).not.toContain("files:");
  });

  test("scenarios of one name cannot both write; without --out they may both run", async () => {
    const folder = temporaryFolder();
    scenarioFile(folder, "one");
    writeFileSync(join(folder, "two.yaml"), scenarioText("one"));
    expect((await peerlab(["run", folder, "--out", join(folder, "results")])).exitCode).toBe(2);
    expect((await peerlab(["run", folder, "--no-charts"])).out).toContain("2 scenarios");
    expect((await peerlab(["validate", folder])).exitCode).toBe(0);
  });

  // Node's own recursive mkdir never returns there.
  test.runIf(existsSync("/proc/self"))("a file system that takes no folders is exit code 3", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const { exitCode, err } = await peerlab(["run", file, "--out", "/proc/peerlab/results"]);
    expect(exitCode).toBe(3);
    expect(err).toContain("cannot make the folder /proc/peerlab/results/bulk: no folder can be made in /proc\n");
    const init = await peerlab(["init", "/proc/peerlab/lesson.yaml"]);
    expect(init.exitCode).toBe(3);
    expect(init.err).toContain("cannot make the folder /proc/peerlab: ");
  });

  test("does not change the run", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const hash = (json: string) => JSON.parse(json).scenarios[0].traceHash;
    const without = await peerlab(["run", file, "--json"]);
    const traced = await peerlab(["run", file, "--json", "--out", join(folder, "results")]);
    expect(hash(traced.out)).toBe(hash(without.out));
  });

  test("where it cannot write is exit code 3, and the message names the file", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const below = await peerlab(["run", file, "--out", join(file, "results")]);
    expect(below.exitCode).toBe(3);
    expect(below.err).toContain(`cannot make the folder ${join(file, "results", "bulk")}: `);
    mkdirSync(join(folder, "results", "bulk", "trace.csv"), { recursive: true });
    const occupied = await peerlab(["run", file, "--out", join(folder, "results"), "--json"]);
    expect(occupied.exitCode).toBe(3);
    expect(JSON.parse(occupied.out)).toMatchObject({ scenarios: [], error: { kind: "runtime", exitCode: 3 } });
    expect(occupied.err).toContain(`trace.csv: a folder is where a file should be`);
  });

  test("a run that is broken off leaves whole rows, and no summary of an older run", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk", undefined, MANY_PACKETS);
    const results = join(folder, "results", "bulk");
    mkdirSync(results, { recursive: true });
    writeFileSync(join(results, "summary.json"), "{}");
    const nowMs = () => {
      console.interrupt();
      return 0;
    };
    const console = fakeConsole({ nowMs });
    const { exitCode, err } = await peerlab(["run", file, "--out", join(folder, "results")], console);
    expect(exitCode).toBe(130);
    expect(err).toMatch(/interrupted in bulk at event \d+/);
    const events = Number(/at event (\d+)/.exec(err)?.[1]);
    expect(readFileSync(join(results, "trace.csv"), "utf8").split("\n")).toHaveLength(1 + events + 1);
    expect(readdirSync(results).sort()).toEqual(["rtt.csv", "trace.csv", "trace.jsonl", "trace.pcapng"]);
  });
});

describe("peerlab run, when it cannot", () => {
  test("a bad scenario is exit code 2: every problem on stderr, and as a document with --json", async () => {
    const folder = temporaryFolder();
    const bad = join(folder, "bad.yaml");
    writeFileSync(
      bad,
      scenarioText("bad").replace("loss: 0.2", "los: 0.2").replace("role: arq-sender", "role: arqsender"),
    );
    const { exitCode, out, err } = await peerlab(["run", bad]);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(`${bad}:4:`);
    expect(err).toContain('did you mean "loss"?');
    expect(err).toMatch(/peerlab: 2 problems found\n$/);
    const json = await peerlab(["run", bad, "--json"]);
    expect(json.exitCode).toBe(2);
    const { scenarios, error } = JSON.parse(json.out);
    expect(scenarios).toEqual([]);
    expect(error).toMatchObject({ kind: "bad-scenario", exitCode: 2, message: "2 problems found" });
    expect(error.problems[0]).toMatchObject({ file: bad, line: 4, suggestion: "loss" });
  });

  test("one bad scenario among good ones: nothing runs", async () => {
    const folder = temporaryFolder();
    scenarioFile(folder, "good");
    writeFileSync(join(folder, "bad.yaml"), "");
    const { exitCode, out } = await peerlab(["run", folder]);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
  });

  test.each([
    ["a path that does not exist", ["nowhere.yaml"]],
    ["a bad --set", ["FILE", "--set", "network.los=1"]],
    ["a --set without a value", ["FILE", "--set", "network.loss"]],
    ["--until-event 0", ["FILE", "--until-event", "0"]],
    ["--until-event with a word", ["FILE", "--until-event", "soon"]],
    ["an empty --out", ["FILE", "--out", ""]],
    ["an empty --seed", ["FILE", "--seed", ""]],
    ["--watch with --json", ["FILE", "--watch", "--json"]],
    ["an unknown option", ["FILE", "--colour"]],
    ["no path", []],
  ])("%s is exit code 2, the same with --json", async (_name, args) => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const filled = args.map((arg) => (arg === "FILE" ? file : arg));
    const plain = await peerlab(["run", ...filled]);
    expect(plain.exitCode).toBe(2);
    if (!args.includes("--json")) expect(plain.out).toBe("");
    expect(plain.err).not.toBe("");
    const json = await peerlab(["run", ...filled, "--json"]);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.out).error.exitCode).toBe(2);
  });

  test("Ctrl-C before a run is exit code 130, and --json still one document", async () => {
    const file = scenarioFile(temporaryFolder(), "bulk");
    const console = fakeConsole();
    console.interrupt();
    const { exitCode, out } = await peerlab(["run", file, "--json"], console);
    expect(exitCode).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ scenarios: [], error: { kind: "interrupted", exitCode: 130 } });
  });
});

describe("peerlab run --watch", () => {
  const runs = (text: string) => text.match(/^(PASS|FAIL) bulk/gm) ?? [];

  test("runs again when the file is written or replaced, survives a bad one, and ends with 130", async () => {
    const folder = temporaryFolder();
    const file = scenarioFile(folder, "bulk");
    const console = fakeConsole();
    const done = peerlab(["run", file, "--watch", "--quiet"], console);
    const watching = (times: number) =>
      vi.waitFor(() => expect(console.err().match(/watching/g)).toHaveLength(times), { timeout: 5000, interval: 20 });
    await watching(1);
    expect(runs(console.out())).toEqual(["PASS bulk"]);

    scenarioFile(folder, "bulk", FAILS);
    await watching(2);
    expect(runs(console.out())).toEqual(["PASS bulk", "FAIL bulk"]);

    writeFileSync(file, "name: [");
    await watching(3);
    expect(console.err()).toContain("not valid YAML");

    writeFileSync(join(folder, "new"), scenarioText("bulk"));
    renameSync(join(folder, "new"), file);
    await watching(4);
    expect(runs(console.out())).toEqual(["PASS bulk", "FAIL bulk", "PASS bulk"]);
    expect(console.err()).toContain(`${file} changed`);

    console.interrupt();
    expect((await done).exitCode).toBe(130);
  });

  test("a folder is watched too; results that are written into it start nothing", async () => {
    const folder = temporaryFolder();
    scenarioFile(folder, "bulk");
    const console = fakeConsole();
    const done = peerlab(["run", folder, "--watch", "--quiet", "--out", join(folder, "results")], console);
    await vi.waitFor(() => expect(console.err()).toContain("watching"), { timeout: 5000, interval: 20 });
    scenarioFile(folder, "other");
    await vi.waitFor(() => expect(console.out()).toContain("PASS other"), { timeout: 5000, interval: 20 });
    expect(console.err().match(/changed/g)).toHaveLength(1);
    expect(runs(console.out())).toHaveLength(2);
    console.interrupt();
    expect((await done).exitCode).toBe(130);
  });
});
