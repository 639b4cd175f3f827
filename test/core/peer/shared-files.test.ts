/** The list of shared files: it knows how long its update would be without making it. */

import { expect, test } from "vitest";
import type { Dialect } from "../../../src/core/peer/dialect.ts";
import { defaultPeerOptions } from "../../../src/core/peer/options.ts";
import { ReportDialect } from "../../../src/core/peer/report-dialect.ts";
import { SharedFiles } from "../../../src/core/peer/shared-files.ts";
import { endpoint } from "../../../src/core/transport.ts";
import { FakeNetwork } from "../support/fake-network.ts";
import { arqOptions } from "../support/file-sharing.ts";

test("thousands of files are encoded once, when the update is sent; its length was right all the time", () => {
  const options = {
    ...defaultPeerOptions,
    arq: arqOptions,
    directory: endpoint("10.0.0.1", 7777),
    http: { ip: "10.0.0.2", port: 80 },
  };
  const dialect: Dialect = new ReportDialect(new FakeNetwork().host("10.0.0.2", 8888), options);
  let encodings = 0;
  const counting = Object.assign(Object.create(dialect) as Dialect, {
    encodeUpdate: (files: Parameters<Dialect["encodeUpdate"]>[0]) => {
      if (files.size > 0) encodings++;
      return dialect.encodeUpdate(files);
    },
  });
  const names = Array.from({ length: 5000 }, (_, i) => `file ${i} ü.txt`);
  const bytes = names.reduce((sum, name) => sum + dialect.fileBytes(name), dialect.emptyUpdateBytes);
  const shared = new SharedFiles(counting, { ...options, maxUpdateBytes: bytes });
  for (const name of names) {
    expect(shared.hasRoomFor(name)).toBe(true);
    shared.add(name);
  }
  expect(shared.hasRoomFor("a")).toBe(false);
  expect(encodings).toBe(0);
  expect(shared.update().length).toBe(bytes);
  expect(shared.update()).toBe(shared.update());
  expect(encodings).toBe(1);
  shared.delete(names[7]!);
  shared.delete("was never there");
  expect(shared.hasRoomFor(names[7]!)).toBe(true);
  expect(shared.update().length).toBe(bytes - dialect.fileBytes(names[7]!));
});
