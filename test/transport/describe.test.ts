/** What a datagram from another process is, by its bytes and by who reads it. */

import { describe, expect, test } from "vitest";
import { describeReport, type Reader } from "../../src/transport/describe.ts";
import { bytes } from "./support.ts";

describe("the report's wire, read by", () => {
  test.each<[Reader, string, string | undefined]>([
    ["directory", "1 10.0.0.2 80  1 1", "data UPDATE 1/1"],
    ["directory", "4  1 1", "data VIEW 1/1"],
    ["directory", "6 some of a list 4 9", "ack LISTING 4/9"],
    ["directory", "7 404 file not found 2 1", "ack ERROR 2/1"],
    ["peer", "1 10.0.0.2 80  2 1", "ack UPDATE 2/1"],
    ["peer", "2 new.txt 2 1", "ack LOOKUP 2/1"],
    ["peer", "5 10.0.0.2 80  1 1", "data RESULT 1/1"],
    ["arq-sender", "8 x 2 1", "ack DATA 2/1"],
    ["arq-receiver", "8 x 1 1", "data DATA 1/1"],
    ["directory", "9 x 1 1", undefined],
    ["directory", "", undefined],
    ["directory", "GET / HTTP/1.1", undefined],
  ])("a %s: %j", (reader, text, expected) => {
    const description = describeReport(reader)(bytes(text));
    const { kind, type, seq, total } = description ?? {};
    expect(description && `${kind} ${type} ${seq}/${total}`).toBe(expected);
  });
});
