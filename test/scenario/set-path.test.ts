/** `--set`: one value for one run. */

import { describe, expect, test } from "vitest";
import { parsePath } from "../../src/scenario/set-path.ts";
import { BARE, headsOf, parsed, problemsOf, SHARING } from "./support.ts";

describe("a setting takes the place of what the file says", () => {
  test("a value that is there", () => {
    const text = `${BARE}network: { loss: 0.1, delay: 50ms }`;
    expect(parsed(text, "network.loss=0.3").network.link).toMatchObject({ loss: 0.3, delay: { valueMs: 50 } });
  });

  test("a value, and the way to it, that are not there", () => {
    expect(parsed(BARE, "protocol.rto.min=0.5s").protocol.arq.rto.minMs).toBe(500);
  });

  test("items of lists are counted from 0", () => {
    const text = `${BARE}timeline: [{ at: 0, host: sender, do: { send: { to: receiver, packets: 5, bytes: 64B } } }]`;
    const [entry] = parsed(text, "timeline.0.do.send.packets=1000").timeline;
    expect(entry).toMatchObject({ action: { packets: 1000 } });
  });

  test("a key with a dot is in quotes", () => {
    const [, H2] = parsed(SHARING, 'hosts.H2.files."new.txt"=10B').hosts;
    expect(H2).toMatchObject({ files: [{ name: "new.txt", sizeBytes: 10 }, {}] });
  });

  test("a value may be a list or a mapping, and may contain an equals sign", () => {
    expect(parsed(BARE, "network.loss={ gilbertElliott: { p: 0.1, r: 0.5 } }").network.link.gilbertElliott?.p).toBe(
      0.1,
    );
    expect(parsed(SHARING, "hosts.H2.shares=[recv.txt]").hosts[1]).toMatchObject({ shares: ["recv.txt"] });
    expect(parsed(BARE, "description=a = b").description).toBe("a = b");
  });

  test("several settings go together; the last of one path wins", () => {
    const text = `${BARE}network: { loss: 0.1 }`;
    const settings = [
      "network.loss.gilbertElliott.p=0.1",
      "network.loss.gilbertElliott.r=1",
      "network.loss.gilbertElliott.r=0.5",
    ];
    expect(parsed(text, ...settings).network.link.gilbertElliott).toMatchObject({ p: 0.1, r: 0.5 });
  });

  test("what an alias stands for stays as it is elsewhere", () => {
    const text = `${BARE}network:
  links:
    - { from: sender, loss: &burst { gilbertElliott: { p: 0.1, r: 0.5 } } }
    - { from: receiver, loss: *burst }`;
    const [a, b] = parsed(text, "network.links.1.loss.gilbertElliott.p=0.9").network.links;
    expect([a?.options.gilbertElliott?.p, b?.options.gilbertElliott?.p]).toEqual([0.1, 0.9]);
  });
});

describe("a setting that is wrong is named", () => {
  test.each([
    [
      "network.loss=1.5",
      "--set network.loss=1.5: found 1.5, expected a probability from 0 to 1, or a percentage such as 10%",
    ],
    [
      "network.loss=",
      "--set network.loss=: found nothing, expected a probability from 0 to 1 (or 0% to 100%), or { gilbertElliott: { p: 0.03, r: 0.3 } }",
    ],
    [
      "network.loss.gilbertElliott.p=0.1",
      "--set network.loss.gilbertElliott.p=0.1: network.loss.gilbertElliott.r: missing: expected a probability from 0 to 1, or a percentage such as 10%",
    ],
    ["network.queue=5", "--set network.queue=5: a queue needs a `rate`: without one no packet ever waits"],
    ["hosts.H2.directory=H9", '--set hosts.H2.directory=H9: there is no host "H9"'],
    ["timeline.0.at=5s", "--set timeline.0.at=5s: there is no item 0 in timeline: it is not a list"],
    [
      "hosts.H2.shares.1=x",
      "--set hosts.H2.shares.1=x: there is no item 1 in hosts.H2.shares: it has 1, counted from 0",
    ],
    [
      "hosts.H2.shares.first=x",
      "--set hosts.H2.shares.first=x: there is no item first in hosts.H2.shares: it has 1, counted from 0",
    ],
    ["network.loss", "--set network.loss: expected PATH=VALUE, such as network.loss=0.3"],
    ["=3", "--set =3: expected PATH=VALUE, such as network.loss=0.3"],
    ["network..loss=3", "--set network..loss=3: expected PATH=VALUE, such as network.loss=0.3"],
    ["network.loss=[1", "--set network.loss=[1: the value is not valid YAML: Flow sequence must end with a ]"],
  ])("%s", (setting, message) => {
    expect(headsOf(SHARING, setting)).toEqual([message]);
  });

  test("an unknown option, and an unknown host", () => {
    expect(problemsOf(SHARING, "network.los=0.3")[0]).toContain(
      '--set network.los=0.3: unknown key\n  did you mean "loss"?',
    );
    expect(problemsOf(SHARING, "hosts.h2.port=1")).toEqual([
      '--set hosts.h2.port=1: there is no host h2\n  did you mean "H2"?',
    ]);
    expect(problemsOf(SHARING, "loss=0.3")[0]).toContain('--set loss=0.3: unknown key\n  did you mean "network.loss"?');
  });

  test("problems of the file come first", () => {
    expect(headsOf(`${SHARING}network: { los: 1 }`, "seed=[]")).toEqual([
      "x.yaml:10:12: network.los: unknown key",
      "--set seed=[]: found an empty list, expected a whole number or a text",
    ]);
  });
});

test("paths", () => {
  expect(parsePath("a.b")).toEqual(["a", "b"]);
  expect(parsePath('a."b.c".d')).toEqual(["a", "b.c", "d"]);
  expect(parsePath("")).toBeUndefined();
  expect(parsePath("a.")).toBeUndefined();
  expect(parsePath('a"b"')).toBeUndefined();
});
