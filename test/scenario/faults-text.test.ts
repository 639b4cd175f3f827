/** `--faults`: link options on one line. */

import { describe, expect, test } from "vitest";
import { defaultLinkOptions, type LinkOptions } from "../../src/faults/options.ts";
import { formatFaultProblems, parseFaults } from "../../src/scenario/faults-text.ts";
import { linkShape } from "../../src/scenario/schema/link.ts";

function linkOf(text: string): LinkOptions {
  const result = parseFaults(text);
  if (!result.ok) throw new Error(formatFaultProblems(result.problems));
  return result.link;
}

function saidOf(text: string): string {
  const result = parseFaults(text);
  return result.ok ? "" : formatFaultProblems(result.problems);
}

describe("what can be said", () => {
  test.each<[text: string, options: Partial<LinkOptions>]>([
    [
      "loss=0.1 delay=50ms duplicate=0.02 corrupt=0.01 rate=1Mbps",
      {
        loss: 0.1,
        delay: { distribution: "constant", valueMs: 50 },
        duplicate: 0.02,
        corrupt: 0.01,
        rateBitsPerSecond: 1e6,
      },
    ],
    ["loss=10%,delay=7.02s", { loss: 0.1, delay: { distribution: "constant", valueMs: 7020 } }],
    ["  loss = 0 ,  keepOrder = true ", { loss: 0, keepOrder: true }],
    ["rate=64kbit/s queue=50", { rateBitsPerSecond: 64_000, queue: { packets: 50 } }],
    ["rate=2.5Gbps queue=64KiB", { rateBitsPerSecond: 2.5e9, queue: { bytes: 65_536 } }],
    ["rate=unlimited", { rateBitsPerSecond: Number.POSITIVE_INFINITY }],
    ["maxDatagram=512B", { maxDatagramBytes: 512 }],
    [
      "delay={ distribution: uniform, min: 10ms, max: 100ms } loss=0.5",
      { delay: { distribution: "uniform", minMs: 10, maxMs: 100 }, loss: 0.5 },
    ],
    [
      "delay.distribution=normal delay.mean=20ms delay.stddev=5ms",
      { delay: { distribution: "normal", meanMs: 20, stddevMs: 5, minMs: 0 } },
    ],
    [
      "loss={gilbertElliott: {p: 0.03, r: 0.3}}",
      { loss: 0, gilbertElliott: { p: 0.03, r: 0.3, lossGood: 0, lossBad: 1, step: "packet" } },
    ],
    [
      "loss.gilbertElliott.p=3% loss.gilbertElliott.r=0.3 loss.gilbertElliott.step=10ms",
      { loss: 0, gilbertElliott: { p: 0.03, r: 0.3, lossGood: 0, lossBad: 1, step: { slotMs: 10 } } },
    ],
  ])("%s", (text, options) => {
    expect(linkOf(text)).toEqual({ ...defaultLinkOptions, ...options });
  });

  test("every option that a scenario's network has for a link", () => {
    const examples: Record<string, string> = {
      delay: "50ms",
      keepOrder: "true",
      loss: "0.1",
      duplicate: "0.1",
      corrupt: "0.1",
      rate: "1Mbit/s",
      queue: "10",
      maxDatagram: "100B",
    };
    expect(Object.keys(examples).toSorted()).toEqual(Object.keys(linkShape).toSorted());
    const text = Object.entries(examples).map(([key, value]) => `${key}=${value}`);
    expect(parseFaults(text.join(" ")).ok).toBe(true);
  });
});

describe("what is wrong is said as in a scenario file", () => {
  test.each<[text: string, says: string[]]>([
    ["los=0.1", ["--faults: los: unknown key", 'did you mean "loss"?', "allowed: delay, keepOrder, loss"]],
    ["lossiness=0.1 delay=50ms", ["--faults: lossiness: unknown key", 'did you mean "loss"?']],
    ["loss=1.5", ["--faults: loss: found 1.5, expected a probability from 0 to 1"]],
    ["loss=50", ["--faults: loss: found 50, expected a probability", 'did you mean "50%"?']],
    ["delay=50", ["--faults: delay: found 50, expected a duration such as 50ms", 'did you mean "50ms"?']],
    ["delay=-5ms", ["--faults: delay: found"]],
    ["delay.distribution=uniform delay.min=9ms delay.max=3ms", ["--faults: delay.min: found", "at most max (3ms)"]],
    ["rate=10", ["--faults: rate: found 10, expected a rate", 'did you mean "10bit/s"?']],
    ["rate=10MBps", ["--faults: rate: found"]],
    ["keepOrder=yes", ["--faults: keepOrder: found", "did you mean true?"]],
    ["queue=10", ["--faults: queue: a queue needs a `rate`"]],
    ["maxDatagram=70000B", ["--faults: maxDatagram: found"]],
    ["loss", ['--faults: found "loss", expected key=value']],
    ["loss=", ['--faults: found "loss=", expected key=value']],
    ["=0.1", ["--faults: found"]],
    ["loss=0.1 0.2", ['--faults: found "0.2", expected key=value']],
    ["loss=0.1 loss=0.2", ["--faults: loss: given twice"]],
    ["loss=0.1 loss.independent=0.2", ["--faults: loss.independent: given twice"]],
    ["delay={ distribution: uniform", ["--faults: delay:", "is no value"]],
    ["", ["no faults are given"]],
    [" , ", ["no faults are given"]],
    ["links=[]", ["--faults: links: unknown key"]],
    ["loss=0.1 __proto__.x=1", ["--faults: __proto__: unknown key"]],
    ["loss=0.1 delay.constructor=1", ["--faults: delay"]],
  ])("%s", (text, says) => {
    const said = saidOf(text);
    for (const part of says) expect(said).toContain(part);
  });

  test("all of it at once, and under the name of the option that it came from", () => {
    const result = parseFaults("los=0.1 delay=50 corrupt=2", "--faults-in");
    expect(result.ok ? [] : result.problems.map(({ file, path }) => [file, path])).toEqual([
      ["--faults-in", "delay"],
      ["--faults-in", "corrupt"],
      ["--faults-in", "los"],
    ]);
  });
});
