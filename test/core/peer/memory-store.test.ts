/** The simulated peers' file store, and the files that are made when they are read. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generatedFile } from "../../../src/core/peer/generated-file.ts";
import { BytesFile, MemoryFileStore } from "../../../src/core/peer/memory-store.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("generated files", () => {
  test("any range has the bytes that the whole file has there", () => {
    const file = generatedFile("new.txt", 1000);
    const whole = file.read(0, 999);
    fc.assert(
      fc.property(fc.nat(999), fc.nat(999), (a, b) => {
        const [first, last] = a < b ? [a, b] : [b, a];
        expect(file.read(first, last)).toEqual(whole.subarray(first, last + 1));
      }),
    );
  });

  test("the same name gives the same bytes, whatever the size; another name gives others", () => {
    expect(generatedFile("a", 64).read(0, 63)).toEqual(generatedFile("a", 10_000).read(0, 63));
    expect(generatedFile("a", 64).read(0, 63)).not.toEqual(generatedFile("b", 64).read(0, 63));
  });

  test("new.txt starts with these bytes on every machine", () => {
    expect([...generatedFile("new.txt", 8).read(0, 7)]).toEqual([9, 241, 253, 27, 166, 46, 68, 57]);
  });

  test("the bytes are spread over all values", () => {
    const counts = new Uint32Array(256);
    for (const byte of generatedFile("spread", 256_000).read(0, 255_999)) counts[byte]!++;
    expect(Math.min(...counts)).toBeGreaterThan(850); // 1000 each, give or take five standard deviations
    expect(Math.max(...counts)).toBeLessThan(1150);
  });

  test("reading stops at the end of the file, also of a file beyond 4 GiB", () => {
    expect(generatedFile("a", 10).read(8, 100)).toHaveLength(2);
    const huge = generatedFile("a", 6_000_000_000);
    expect(huge.read(5_999_999_990, 6_100_000_000)).toHaveLength(10);
    expect(huge.read(5_000_000_001, 5_000_000_004)).toEqual(huge.read(5_000_000_000, 5_000_000_007).subarray(1, 5));
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%d bytes is no size", (size) => {
    expect(() => generatedFile("a", size)).toThrow(RangeError);
  });
});

describe("the store", () => {
  test("a download appears under its name only when it is finished, and does not change afterwards", () => {
    const store = new MemoryFileStore();
    const sink = store.create("a");
    const chunk = bytes(1, 2);
    sink.write(chunk);
    chunk.fill(9);
    sink.write(bytes(3));
    expect(store.has("a")).toBe(false);
    sink.finish((error) => expect(error).toBeUndefined());
    expect(store.get("a")?.read(0, 2)).toEqual(bytes(1, 2, 3));
    expect(store.get("a")?.read(1, 1)).toEqual(bytes(2));
  });

  test("until then the file that was there stays; then it is replaced and its room is free", () => {
    const store = new MemoryFileStore();
    store.put("a", new BytesFile(bytes(1, 2, 3)));
    const sink = store.create("a");
    sink.write(bytes(4));
    expect(store.get("a")?.sizeBytes).toBe(3);
    expect(store.heldBytes).toBe(4);
    sink.finish(() => {});
    expect(store.get("a")?.sizeBytes).toBe(1);
    expect(store.heldBytes).toBe(1);
    store.delete("a");
    expect(store.heldBytes).toBe(0);
    expect(store.has("a")).toBe(false);
  });

  test("a discarded download leaves nothing", () => {
    const store = new MemoryFileStore();
    const sink = store.create("a");
    sink.write(bytes(1, 2));
    sink.discard();
    expect(store.has("a")).toBe(false);
    expect(store.heldBytes).toBe(0);
  });

  test("maxBytes holds for files and downloads together, to the byte", () => {
    const store = new MemoryFileStore({ maxBytes: 4 });
    store.put("a", new BytesFile(bytes(1, 2)));
    const fits = store.create("b");
    fits.write(bytes(1, 2));
    const tooMuch = store.create("c");
    tooMuch.write(bytes(1));
    const errors: (string | undefined)[] = [];
    tooMuch.finish((error) => errors.push(error));
    fits.finish((error) => errors.push(error));
    expect(errors).toEqual(["no room for c: the store holds at most 4 bytes", undefined]);
    expect(store.heldBytes).toBe(4);
    expect(() => store.put("d", new BytesFile(bytes(1)))).toThrow("no room for d");
    store.put("e", generatedFile("e", 1_000_000)); // takes no memory
  });

  test("a download that once had no room takes none", () => {
    const store = new MemoryFileStore({ maxBytes: 4 });
    const sink = store.create("a");
    sink.write(bytes(1, 2, 3));
    sink.write(bytes(4, 5));
    sink.write(bytes(6));
    expect(store.heldBytes).toBe(0);
    sink.finish((error) => expect(error).toMatch("no room"));
    expect(store.has("a")).toBe(false);
  });
});
