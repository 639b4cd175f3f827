import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeError,
  decodeExit,
  decodeListing,
  decodeLookup,
  decodeResult,
  decodeUpdate,
  decodeView,
  encodeError,
  encodeExit,
  encodeListing,
  encodeLookup,
  encodeResult,
  encodeUpdate,
  encodeView,
  FILE_NOT_FOUND,
  isIpAddress,
  type PayloadResult,
} from "../../../src/core/wire/payloads.ts";
import { decodeText, encodeText } from "../../../src/core/wire/text.ts";
import { latin1 } from "./bytes.ts";

const H2 = { ip: "10.0.0.2", httpPort: 80 };
const H3 = { ip: "10.0.0.3", httpPort: 80 };

const address = fc.record({
  ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  httpPort: fc.integer({ min: 1, max: 65535 }),
});
const files = fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), { maxLength: 5 });
const lastUpdateMs = fc.integer({ min: 0, max: 4_294_967_295_999_999 }).map((microseconds) => microseconds / 1000);
const entry = fc.tuple(address, files, lastUpdateMs).map(([a, f, t]) => ({ ...a, files: f, lastUpdateMs: t }));
const errorText = fc.string({ unit: "binary", maxLength: 40, size: "max" }).map((text) => text.replace(/\p{Cc}/gu, ""));

/** One line per payload: its name, values of it, how it is written and read. */
const codecs = [
  codec(
    "update",
    fc.tuple(address, files).map(([a, f]) => ({ ...a, files: f })),
    encodeUpdate,
    decodeUpdate,
  ),
  codec(
    "lookup",
    fc.record({ file: fc.string({ unit: "binary", minLength: 1, maxLength: 20 }) }),
    encodeLookup,
    decodeLookup,
  ),
  codec("exit", address, encodeExit, decodeExit),
  codec("view", fc.constant({}), encodeView, decodeView),
  codec("result", fc.record({ sources: fc.array(address, { maxLength: 5 }) }), encodeResult, decodeResult),
  codec("listing", fc.record({ entries: fc.array(entry, { maxLength: 4 }) }), encodeListing, decodeListing),
  codec("error", fc.record({ code: fc.integer({ min: 100, max: 999 }), text: errorText }), encodeError, decodeError),
];

function codec<T>(
  name: string,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => PayloadResult<T>,
) {
  return {
    name,
    encoded: values.map(encode),
    decode,
    roundTrip: () => {
      fc.assert(
        fc.property(values, (value) => {
          expect(decode(encode(value))).toEqual({ ok: true, value });
        }),
      );
    },
    /** What was read can be written, and reads the same again. */
    reread: (bytes: Uint8Array) => {
      const first = decode(bytes);
      if (first.ok) expect(decode(encode(first.value))).toEqual(first);
      else expect(first.offsetBytes).toBeLessThanOrEqual(bytes.length);
    },
  };
}

describe.each(codecs)("$name payloads", ({ encoded, roundTrip, reread }) => {
  test("property: come back as they went", roundTrip);

  test("property: random bytes and changed payloads never throw, and what is read can be written", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60, size: "max" }), reread));
    const edit = fc.tuple(fc.nat(80), fc.nat(3), fc.constantFrom("", " ", "\n", "0", ".", ":", "%", "\xff", "80"));
    fc.assert(
      fc.property(encoded, edit, (bytes, [at, cut, put]) =>
        reread(Uint8Array.from([...bytes.slice(0, at), ...latin1(put), ...bytes.slice(at + cut)])),
      ),
    );
  });
});

describe("the bytes", () => {
  test("an update: address, port, files, each with a space behind it", () => {
    expect(decodeText(encodeUpdate({ ...H2, files: [] }))).toBe("10.0.0.2 80 ");
    expect(decodeText(encodeUpdate({ ...H3, files: ["new.txt", "my file.txt"] }))).toBe(
      "10.0.0.3 80 new.txt my%20file.txt ",
    );
  });

  test("look-up, exit, view", () => {
    expect(decodeText(encodeLookup({ file: "new.txt" }))).toBe("new.txt");
    expect(decodeText(encodeExit(H2))).toBe("10.0.0.2 80 ");
    expect(encodeView()).toHaveLength(0);
  });

  test("a result: the sources", () => {
    expect(decodeText(encodeResult({ sources: [H2, H3] }))).toBe("10.0.0.2 80 10.0.0.3 80 ");
    expect(decodeResult(encodeResult({ sources: [] }))).toEqual({ ok: true, value: { sources: [] } });
  });

  test("a listing: a line for each peer, the time of its last update in seconds with six decimals", () => {
    const entries = [
      { ...H2, files: [], lastUpdateMs: 1_425_512_907_613.081 },
      { ...H3, files: ["new.txt", "file1.txt"], lastUpdateMs: 16_308.799 },
    ];
    const text = "10.0.0.2 80 1425512907.613081\n10.0.0.3 80 new.txt file1.txt 16.308799\n";
    expect(decodeText(encodeListing({ entries }))).toBe(text);
    expect(decodeListing(encodeText(text))).toEqual({ ok: true, value: { entries } });
    expect(decodeListing(encodeText(text.trimEnd())), "the last line may end with the payload").toEqual({
      ok: true,
      value: { entries },
    });
    expect(decodeListing(encodeText(""))).toEqual({ ok: true, value: { entries: [] } });
  });

  test("a file that is called like a time is a file", () => {
    const entries = [{ ...H2, files: ["1425512907.613081"], lastUpdateMs: 0 }];
    expect(decodeListing(encodeListing({ entries }))).toEqual({ ok: true, value: { entries } });
  });

  test.each([
    [0, "0.000000"],
    [0.0004, "0.000000"],
    [0.0006, "0.000001"],
    [999.9996, "1.000000"],
    [4_294_967_295_999.999, "4294967295.999999"],
  ])("a last update at %d ms is %s s", (lastUpdateMs, seconds) => {
    const text = decodeText(encodeListing({ entries: [{ ...H2, files: [], lastUpdateMs }] }));
    expect(text).toBe(`10.0.0.2 80 ${seconds}\n`);
  });

  test("an error: code and text", () => {
    expect(decodeText(encodeError(FILE_NOT_FOUND))).toBe("404 file not found");
    expect(decodeError(encodeText("404 "))).toEqual({ ok: true, value: { code: 404, text: "" } });
  });
});

describe("rubbish has a reason and a place", () => {
  const wrong = (decode: (bytes: Uint8Array) => PayloadResult<unknown>, text: string) => {
    const result = decode(latin1(text));
    return result.ok ? "ok" : `${result.reason} at ${result.offsetBytes}`;
  };

  test.each([
    ["", "bad-address at 0"],
    [" 80 ", "bad-address at 0"],
    ["10.0.0 80 ", "bad-address at 0"],
    ["10.0.0.256 80 ", "bad-address at 0"],
    ["10.0.0.02 80 ", "bad-address at 0"],
    ["localhost 80 ", "bad-address at 0"],
    [`${"1:".repeat(23)} 80 `, "bad-address at 0"],
    ["10.0.0.2", "missing-space at 8"],
    ["10.0.0.2\n80 ", "missing-space at 8"],
    ["10.0.0.2 ", "bad-port at 9"],
    ["10.0.0.2 0 ", "bad-port at 9"],
    ["10.0.0.2 080 ", "bad-port at 9"],
    ["10.0.0.2 65536 ", "bad-port at 9"],
    ["10.0.0.2 80", "missing-space at 11"],
    ["10.0.0.2 80 new.txt", "missing-space at 19"],
    ["10.0.0.2 80  new.txt ", "empty-name at 12"],
    ["10.0.0.2 80 a% ", "bad-escape at 13"],
    ["10.0.0.2 80 a\xe9 ", "bad-name-character at 13"],
    [`10.0.0.2 80 ${"x".repeat(3000)} `, "name-too-long at 777"],
  ])("update %j: %s", (text, failure) => {
    expect(wrong(decodeUpdate, text)).toBe(failure);
  });

  test.each([
    ["10.0.0.2 80 ", "bad-last-update at 12"],
    ["10.0.0.2 80 new.txt\n", "bad-last-update at 12"],
    ["10.0.0.2 80 1.5\n", "bad-last-update at 12"],
    ["10.0.0.2 80 01.000000\n", "bad-last-update at 12"],
    ["10.0.0.2 80 4294967296.000000\n", "bad-last-update at 12"],
    ["10.0.0.2 80 1.0000000\n", "bad-last-update at 12"],
    ["10.0.0.2 80 1.000000\n\n", "bad-address at 21"],
    ["10.0.0.2 80 1.000000 \n", "bad-last-update at 21"],
    ["10.0.0.2 80 1.000000\n10.0.0.3 80 a b 1.000000\nx", "bad-address at 46"],
  ])("listing %j: %s", (text, failure) => {
    expect(wrong(decodeListing, text)).toBe(failure);
  });

  test("look-up, exit, view, result, error", () => {
    expect(wrong(decodeLookup, "")).toBe("empty-name at 0");
    expect(wrong(decodeLookup, "new.txt ")).toBe("bad-name-character at 7");
    expect(wrong(decodeExit, "10.0.0.2 80 x")).toBe("unexpected-bytes at 12");
    expect(wrong(decodeView, " ")).toBe("unexpected-bytes at 0");
    expect(wrong(decodeResult, "10.0.0.2 80 10.0.0.3 ")).toBe("bad-port at 21");
    expect(wrong(decodeError, "404")).toBe("missing-space at 3");
    expect(wrong(decodeError, "99 x")).toBe("bad-error-code at 0");
    expect(wrong(decodeError, "1000 x")).toBe("bad-error-code at 0");
    expect(wrong(decodeError, "404 \x1b[2J")).toBe("bad-error-text at 4");
    expect(wrong(decodeError, "404 \xff")).toBe("bad-error-text at 4");
    expect(wrong(decodeError, `404 ${"x".repeat(1024)}`)).toBe("ok");
    expect(wrong(decodeError, `404 ${"x".repeat(1025)}`)).toBe("bad-error-text at 4");
  });

  test("every cut-off payload of an update but whole ones is refused", () => {
    const whole = "10.0.0.3 80 new.txt my%20file.txt ";
    const accepted = Array.from(whole, (_, length) => whole.slice(0, length)).filter(
      (text) => wrong(decodeUpdate, text) === "ok",
    );
    expect(accepted).toEqual(["10.0.0.3 80 ", "10.0.0.3 80 new.txt "]);
  });
});

describe("misuse is a RangeError", () => {
  test.each([
    ["a name for an address", () => encodeExit({ ip: "localhost", httpPort: 80 })],
    ["a port beyond 65535", () => encodeExit({ ip: "10.0.0.2", httpPort: 65536 })],
    ["a fraction of a port", () => encodeResult({ sources: [{ ip: "10.0.0.2", httpPort: 80.5 }] })],
    ["a file without a name", () => encodeUpdate({ ...H2, files: [""] })],
    ["an empty look-up", () => encodeLookup({ file: "" })],
    ["a time before 1970", () => encodeListing({ entries: [{ ...H2, files: [], lastUpdateMs: -1 }] })],
    ["no time", () => encodeListing({ entries: [{ ...H2, files: [], lastUpdateMs: Number.NaN }] })],
    ["a time after 2106", () => encodeListing({ entries: [{ ...H2, files: [], lastUpdateMs: 2 ** 42 }] })],
    ["an error code of four digits", () => encodeError({ code: 4040, text: "" })],
    ["an error text of two lines", () => encodeError({ code: 404, text: "a\nb" })],
    ["an error text that is a book", () => encodeError({ code: 404, text: "x".repeat(1025) })],
  ])("%s", (_, misuse) => {
    expect(misuse).toThrow(RangeError);
  });
});

test("addresses", () => {
  for (const ip of ["0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1", "::ffff:10.0.0.1"]) {
    expect(isIpAddress(ip), ip).toBe(true);
  }
  for (const ip of ["", ":", "1.2.3", "1.2.3.4.5", "a.b.c.d", "fe80::1%eth0", "[::1]", "::1 ", "1:2:3\n"]) {
    expect(isIpAddress(ip), ip).toBe(false);
  }
});
