import fc from "fast-check";
import { expect, test } from "vitest";
import { contentDisposition, formatResponseHead, reprDigest, responseHead } from "../../../src/core/wire/http.ts";

test.each([
  ["new.txt", 'attachment; filename="new.txt"'],
  ["my file (1).txt", 'attachment; filename="my file (1).txt"'],
  ["\u20ac rates", "attachment; filename=\"_ rates\"; filename*=UTF-8''%E2%82%AC%20rates"],
  ["\u00dcbung \u{1f600}.txt", "attachment; filename=\"_bung _.txt\"; filename*=UTF-8''%C3%9Cbung%20%F0%9F%98%80.txt"],
  ['a"b\\c/d', "attachment; filename=\"a_b_c_d\"; filename*=UTF-8''a%22b%5Cc%2Fd"],
  ["100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"],
  ["a\r\nX: y", "attachment; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y"],
  ["it's", 'attachment; filename="it\'s"'],
])("Content-Disposition of %j (RFC 6266, RFC 8187)", (name, header) => {
  expect(contentDisposition(name)).toBe(header);
});

test("property: every name makes a header that can be sent, and comes back from it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (name) => {
      const header = contentDisposition(name);
      expect(() => formatResponseHead(responseHead(200, { "content-disposition": header }))).not.toThrow();
      const extended = /filename\*=UTF-8''(.*)$/.exec(header);
      const plain = /filename="([^"]*)"/.exec(header);
      expect(extended === null ? plain?.[1] : decodeURIComponent(extended[1]!)).toBe(name);
    }),
  );
});

test('Repr-Digest (RFC 9530, appendix B.1: the digest of \'{"hello": "world"}\' and a line feed)', () => {
  const sha256 = Buffer.from("RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=", "base64");
  expect(reprDigest(sha256)).toBe("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
});
