/** The hardened wire's payloads, field by field (docs/wire.md). */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeListingPage,
  decodeResultPage,
  encodeListingPage,
  encodeResultPage,
} from "../../../../src/core/wire/hardened/answers.ts";
import {
  decodeHardenedExit,
  decodeHardenedLookup,
  decodeHardenedUpdate,
  decodeHardenedView,
  descriptionAt,
  encodeHardenedExit,
  encodeHardenedLookup,
  encodeHardenedUpdate,
  encodeHardenedView,
  updateFileBytes,
} from "../../../../src/core/wire/hardened/requests.ts";

const HASH = Uint8Array.from({ length: 32 }, (_, i) => i);
const CURSOR = { high: 0x12345, low: 6 };
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const address = fc.constantFrom("10.0.0.2", "2001:db8::7", "::ffff:10.0.0.2");

function changed(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
}

describe("what is written reads the same", () => {
  test("property: UPDATE; each file adds what `updateFileBytes` says", () => {
    const file = fc.record({
      name,
      sizeBytes: fc.maxSafeNat(),
      sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    const files = fc.uniqueArray(file, { selector: (one) => one.name, maxLength: 20 });
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 65535 }), files, (serial, httpPort, files) => {
        const bytes = encodeHardenedUpdate(serial, httpPort, files);
        expect(bytes.length).toBe(10 + files.reduce((sum, one) => sum + updateFileBytes(one.name), 0));
        const update = decodeHardenedUpdate(bytes);
        if (!update.ok) throw new Error(update.reason);
        expect(update.value).toMatchObject({ serial, httpPort });
        const read = [...update.value.files].map(([name, at]) => ({ name, ...descriptionAt(bytes, at) }));
        expect(read).toEqual(files);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test("property: RESULT and LISTING", () => {
    const entry = fc.record({ ip: address, httpPort: fc.integer({ min: 1, max: 65535 }), isProven: fc.boolean() });
    const source = fc.tuple(entry, fc.option(fc.maxSafeNat(), { nil: undefined }));
    const listed = fc.tuple(entry, fc.array(name, { maxLength: 5 }), fc.integer({ min: 0, max: 4e15 }));
    fc.assert(
      fc.property(fc.array(source), fc.array(listed), (sources, entries) => {
        const result = {
          cursor: CURSOR,
          sources: sources.map(([one, sizeBytes]) => ({
            ...one,
            description: sizeBytes === undefined ? undefined : { sizeBytes, sha256: HASH },
          })),
        };
        expect(decodeResultPage(encodeResultPage(result))).toEqual({ ok: true, value: result });
        const listing = {
          cursor: CURSOR,
          entries: entries.map(([one, files, micros]) => ({ ...one, files, lastUpdateMs: micros / 1000 })),
        };
        expect(decodeListingPage(encodeListingPage(listing))).toEqual({ ok: true, value: listing });
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test("EXIT, LOOKUP and VIEW", () => {
    const exit = { serial: Number.MAX_SAFE_INTEGER, httpPort: 65535 };
    expect(decodeHardenedExit(encodeHardenedExit(exit))).toEqual({ ok: true, value: exit });
    const lookup = { cursor: CURSOR, file: "ünï code.txt" };
    expect(decodeHardenedLookup(encodeHardenedLookup(lookup))).toEqual({ ok: true, value: lookup });
    expect(decodeHardenedView(encodeHardenedView(CURSOR))).toEqual({ ok: true, value: CURSOR });
  });

  test("a name that comes twice in an UPDATE counts once, where it stands first", () => {
    const file = { name: "a", sha256: HASH };
    const bytes = encodeHardenedUpdate(1, 80, [
      { ...file, sizeBytes: 1 },
      { ...file, sizeBytes: 2 },
    ]);
    const update = decodeHardenedUpdate(bytes);
    expect(update.ok && [...update.value.files]).toEqual([["a", 12]]);
    expect(descriptionAt(bytes, 12).sizeBytes).toBe(1);
  });
});

describe("what does not read has a reason and an offset", () => {
  const update = encodeHardenedUpdate(1, 80, [{ name: "ab", sizeBytes: 5, sha256: HASH }]);
  const result = encodeResultPage({
    cursor: CURSOR,
    sources: [{ ip: "10.0.0.2", httpPort: 80, isProven: true, description: { sizeBytes: 5, sha256: HASH } }],
  });
  const listing = encodeListingPage({
    cursor: CURSOR,
    entries: [{ ip: "10.0.0.2", httpPort: 80, isProven: true, files: ["ab"], lastUpdateMs: 1 }],
  });
  test.each<[string, { ok: boolean }, string, number]>([
    ["an UPDATE's serial beyond 2^53", decodeHardenedUpdate(changed(update, 0, 0, 0x20)), "number-too-large", 0],
    ["HTTP port 0", decodeHardenedUpdate(changed(update, 8, 0, 0)), "bad-port", 8],
    ["a name of no bytes", decodeHardenedUpdate(changed(update, 10, 0)), "empty-name", 11],
    ["a name that is not UTF-8", decodeHardenedUpdate(changed(update, 11, 0xc3, 0x28)), "bad-utf8", 11],
    ["a size beyond 2^53", decodeHardenedUpdate(changed(update, 13, 0, 0x20)), "number-too-large", 13],
    ["half a hash", decodeHardenedUpdate(update.subarray(0, 40)), "truncated", 40],
    ["a name beyond the end", decodeHardenedUpdate(changed(update, 10, 255)), "truncated", update.length],
    ["an EXIT and more", decodeHardenedExit(update), "unexpected-bytes", 10],
    ["a LOOKUP of nothing", decodeHardenedLookup(new Uint8Array(8)), "empty-name", 8],
    ["a LOOKUP of 256 bytes", decodeHardenedLookup(new Uint8Array(8 + 256).fill(0x61)), "unexpected-bytes", 263],
    ["half a cursor", decodeHardenedView(new Uint8Array(7)), "truncated", 7],
    ["a VIEW and more", decodeHardenedView(new Uint8Array(9)), "unexpected-bytes", 8],
    ["a RESULT's unknown flag", decodeResultPage(changed(result, 8, 4)), "bad-flags", 8],
    ["a RESULT's address", decodeResultPage(changed(result, 10, 0x78)), "bad-address", 9],
    ["a RESULT's port", decodeResultPage(changed(result, 18, 0, 0)), "bad-port", 18],
    ["a RESULT's size", decodeResultPage(changed(result, 20, 0, 0x20)), "number-too-large", 20],
    ["a LISTING's flag of a RESULT", decodeListingPage(changed(listing, 8, 2)), "bad-flags", 8],
    ["a LISTING's count", decodeListingPage(changed(listing, 28, 0xff)), "bad-count", 28],
    ["a LISTING's name", decodeListingPage(changed(listing, 32, 0)), "empty-name", 33],
  ])("%s", (_what, decoded, reason, offsetBytes) => {
    expect(decoded).toEqual({ ok: false, reason, offsetBytes });
  });

  test("every prefix", () => {
    for (const [bytes, decode, whole] of [
      [update, decodeHardenedUpdate, [10]],
      [result, decodeResultPage, [8]],
      [listing, decodeListingPage, [8]],
    ] as const) {
      for (let length = 0; length < bytes.length; length++) {
        const decoded = decode(bytes.subarray(0, length));
        expect(decoded.ok, String(length)).toBe((whole as readonly number[]).includes(length));
      }
    }
  });
});

test("misuse throws", () => {
  const file = { name: "a", sizeBytes: 1, sha256: HASH };
  expect(() => encodeHardenedUpdate(1, 0, [])).toThrow(/port/);
  expect(() => encodeHardenedUpdate(-1, 80, [])).toThrow(/whole number/);
  expect(() => encodeHardenedUpdate(1, 80, [{ ...file, sha256: new Uint8Array(31) }])).toThrow(/32 bytes/);
  expect(() => encodeHardenedUpdate(1, 80, [{ ...file, sizeBytes: 2 ** 53 }])).toThrow(/whole number/);
  expect(() => encodeHardenedUpdate(1, 80, [{ ...file, name: "" }])).toThrow(/name/);
  expect(() =>
    encodeResultPage({ cursor: CURSOR, sources: [{ ip: "x", httpPort: 1, isProven: true, description: undefined }] }),
  ).toThrow(/IP address/);
});
