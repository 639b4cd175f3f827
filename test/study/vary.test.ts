import { describe, expect, test } from "vitest";
import { MAX_VALUES, parseVariation } from "../../src/study/vary.ts";

function valuesOf(text: string): readonly string[] {
  const parsed = parseVariation(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.variation.values;
}

function messageOf(text: string): string {
  const parsed = parseVariation(text);
  if (parsed.ok) throw new Error(`${text} gives ${parsed.variation.values}`);
  return parsed.message;
}

describe("ranges", () => {
  test("have both ends, and no digits that only binary fractions know", () => {
    expect(valuesOf("network.loss=0:0.5:0.05")).toEqual("0 0.05 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.45 0.5".split(" "));
    expect(valuesOf("network.loss=0:0.3:0.1")).toEqual(["0", "0.1", "0.2", "0.3"]);
  });

  test("stop before an end that they do not meet", () => {
    expect(valuesOf("x=0:1:0.4")).toEqual(["0", "0.4", "0.8"]);
    expect(valuesOf("x=5:5:1")).toEqual(["5"]);
  });

  test("go down, too", () => {
    expect(valuesOf("x=3:1:-1")).toEqual(["3", "2", "1"]);
  });

  test.each([
    ["d=100ms:300ms:100ms", ["100ms", "200ms", "300ms"]],
    ["d=500ms:2s:0.5s", ["0.5s", "1s", "1.5s", "2s"]],
    ["d=0:20ms:10ms", ["0ms", "10ms", "20ms"]],
    ["d=1s:2min:30s", ["1s", "31s", "61s", "91s"]],
    ["b=1KiB:3KiB:512B", ["1024B", "1536B", "2048B", "2560B", "3072B"]],
    ["p=0%:20%:10%", ["0%", "10%", "20%"]],
    ["c=-50ppm:50ppm:50ppm", ["-50ppm", "0ppm", "50ppm"]],
    ["tiny=0:0.0000002:0.0000001", ["0", "0.0000001", "0.0000002"]],
  ])("%s has the unit of its step", (text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });
});

describe("lists", () => {
  test("of anything, ranges among them", () => {
    expect(valuesOf("a=100ms, 1s")).toEqual(["100ms", "1s"]);
    expect(valuesOf("a=0:0.2:0.1,0.5,unlimited")).toEqual(["0", "0.1", "0.2", "0.5", "unlimited"]);
  });

  test("are not cut inside brackets and quotes", () => {
    const uniform = "{ distribution: uniform, min: 10ms, max: 20ms }";
    expect(valuesOf(`network.delay=${uniform},50ms`)).toEqual([uniform, "50ms"]);
    expect(valuesOf(`x=[H1, H2],"a,b"`)).toEqual(["[H1, H2]", '"a,b"']);
  });

  test("the path may have a key in quotes, and the value an equals sign", () => {
    const parsed = parseVariation(`hosts.H2.files."a=b.txt"=1kB,2kB`);
    expect(parsed).toEqual({ ok: true, variation: { path: `hosts.H2.files."a=b.txt"`, values: ["1kB", "2kB"] } });
    expect(valuesOf("seed=a=b")).toEqual(["a=b"]);
  });
});

describe("what is no variation says what was expected", () => {
  test.each([
    ["network.loss", "expected PATH=VALUES, such as network.loss=0:0.5:0.05"],
    ["=1", "expected PATH=VALUES"],
    ["x=", "empty value"],
    ["x=1,,2", "empty value"],
    ["x=1,1", "the value 1 is there twice"],
    ["x=0:0.2:0.1,0.1", "the value 0.1 is there twice"],
    ["x=0:0.5", "0:0.5 is no range: expected START:END:STEP"],
    ["x=0:0.5:0.1:2", "is no range"],
    ["x=0:0.5:fast", "is no range"],
    ["x=0:1:0", "the step is 0"],
    ["x=0:1:-0.1", "a step down leads away from the end"],
    ["x=1:0:0.1", "a step up leads away from the end"],
    ["x=0:1s:0.1", "need units of one kind, found s or no unit"],
    ["x=1ms:1kB:1ms", "need units of one kind, found ms, kB or ms"],
    ["x=1parsec:2parsec:1parsec", "need units of one kind"],
    ["x={ a: 1", "a bracket or quote in the values is not closed"],
    ["x='a", "a bracket or quote in the values is not closed"],
  ])("%s", (text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  test("as many values as there may be, and one more", () => {
    expect(valuesOf(`x=1:${MAX_VALUES}:1`)).toHaveLength(MAX_VALUES);
    expect(messageOf(`x=0:${MAX_VALUES}:1`)).toContain(`more than ${MAX_VALUES} values`);
    expect(messageOf(`x=1:${MAX_VALUES}:1,a`)).toContain(`more than ${MAX_VALUES} values`);
  });
});
