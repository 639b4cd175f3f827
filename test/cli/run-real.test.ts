import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakeConsole, peerlab, scenarioText, temporaryFolder } from "./fake-console.ts";

/** No packet is lost, and no timer runs out only because the machine is busy. */
const PATIENT = ["--set", "network.loss=0", "--set", "protocol.rto.initial=20s", "--lateness", "20s"];

/** A bare sender over 10 ms, with other expectations where they are given. */
function realFile(expectations = "[{ send: { host: sender, delivered: 1 } }]"): string {
  const file = join(temporaryFolder(), "bulk.yaml");
  const text = scenarioText("bulk", undefined, 5).replace("delay: 50ms", "delay: 10ms");
  writeFileSync(file, text.replace(/^expect:.*$/m, `expect: ${expectations}`));
  return file;
}

describe("peerlab run --real", { timeout: 60_000 }, () => {
  test("shows verdicts, and that no two runs are the same; says how long it takes; writes the files", async () => {
    const file = realFile("[{ send: { host: sender, delivered: 1 } }, { necessaryRetransmissions: 0 }]");
    const results = join(file, "..", "results");
    const { exitCode, out, err } = await peerlab(["run", "--real", file, "--out", results, "--no-charts", ...PATIENT]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^PASS bulk {2}seed 42, real sockets \(no two runs have the same trace\), \d+ events in [\d.]+ m?s of real time$/m,
    );
    expect(out).toMatch(/^ {2}---- {2}necessaryRetransmissions: 0 +not judged$/m);
    expect(out).toContain("not judged: needs the simulated network: only it knows whether a");
    expect(out).toContain("1 scenario, 2 expectations: 1 passed, 0 failed, 1 not judged\n");
    expect(err).toBe("bulk: runs with real sockets, in real time, until nothing is left to do\n");
    const summary = JSON.parse(readFileSync(join(results, "bulk", "summary.json"), "utf8"));
    expect(summary).toMatchObject({ world: "real", passed: true });
    expect(summary.expectations[1]).toMatchObject({ passed: false, notJudged: expect.any(String) });
    expect(summary.expectations[1].replay).toBe(undefined);
    const lines = readFileSync(join(results, "bulk", "trace.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.filter((line) => line.includes('"event"'))).toHaveLength(summary.events);

    const simulated = join(file, "..", "simulated");
    await peerlab(["run", file, "--out", simulated, "--quiet", ...PATIENT.slice(0, 4)]);
    const diff = await peerlab(["diff", join(simulated, "bulk"), join(results, "bulk")]);
    expect(diff.out).toMatch(
      /^the same packets came in the same order, where the protocol fixes it: 10 packets in 2 flows$/m,
    );
    expect(diff.exitCode).toBe(0);
  });

  test("a failed expectation is exit code 1, and its replay runs for real", async () => {
    const file = realFile("[{ send: { host: sender, delivered: 2 } }]");
    const { exitCode, out } = await peerlab(["run", "--real", file, "--quiet", ...PATIENT]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      / {2}replay: npx peerlab run --real \S+ --seed 42 --set network\.loss=0 --set protocol\.rto\.initial=20s\n/,
    );
  });

  test("where nothing can be judged it ran, and that is no failure", async () => {
    const { exitCode, out } = await peerlab([
      "run",
      "--real",
      realFile("[{ spuriousLate: 0 }]"),
      "--quiet",
      ...PATIENT,
    ]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^RAN bulk/);
    expect(out).toContain("1 expectation: 0 passed, 0 failed, 1 not judged");
  });

  test("2: a scenario that cannot be run for real, a lateness that is none, or one without --real", async () => {
    const file = realFile();
    const refused = await peerlab(["run", "--real", file, "--set", "duration=2h", "--json"]);
    expect(refused.exitCode).toBe(2);
    expect(JSON.parse(refused.out).error).toMatchObject({ kind: "bad-scenario" });
    expect(refused.err).toContain(
      "peerlab: bulk cannot be run with real sockets: it takes 7200 s, and a real run one hour",
    );
    const lateness = await peerlab(["run", "--real", file, "--lateness", "soon"]);
    expect(lateness).toMatchObject({ exitCode: 2 });
    expect(lateness.err).toContain('--lateness: found "soon", expected a duration with a unit');
    const alone = await peerlab(["run", file, "--lateness", "1s"]);
    expect(alone).toMatchObject({ exitCode: 2 });
    expect(alone.err).toContain("--lateness is for runs with real sockets: give --real as well, or leave it out");
  });

  test("130: Ctrl-C ends it, with whole lines in its files", async () => {
    const file = realFile();
    const results = join(file, "..", "results");
    const console = fakeConsole();
    const ended = peerlab(["run", "--real", file, "--set", "duration=1h", "--out", results, ...PATIENT], console);
    const look = setInterval(() => {
      if (console.err().includes("in real time")) console.interrupt();
    }, 5);
    expect(await ended).toMatchObject({ exitCode: 130 });
    clearInterval(look);
    expect(console.err()).toMatch(/peerlab: interrupted in bulk at event \d+\n$/);
    expect(readFileSync(join(results, "bulk", "trace.csv"), "utf8").endsWith("\n")).toBe(true);
  });
});
