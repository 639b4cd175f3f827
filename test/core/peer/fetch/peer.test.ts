/** The peer's own `fetch`: it is traced, ends when the peer stops, and stands beside the report's download. */

import { expect, test } from "vitest";
import type { FetchOutcome } from "../../../../src/core/peer/fetch/outcomes.ts";
import { FileSharing } from "../../support/file-sharing.ts";

const SIZE_BYTES = 58_710;
const H2 = { ip: "10.0.0.2", httpPort: 80 };
const H3 = { ip: "10.0.0.3", httpPort: 80 };

function sharing() {
  const system = new FileSharing();
  for (const n of [2, 3]) system.joined(n, { "new.txt": SIZE_BYTES });
  const h4 = system.joined(4);
  system.network.run(100);
  const outcomes: FetchOutcome[] = [];
  const fetch = (sources = [H2, H3]) =>
    h4.peer.fetch("new.txt", sources, { onDone: (outcome) => outcomes.push(outcome) }, { minRequestBytes: 10_000 });
  return { ...system, network: system.network, h4, outcomes, fetch };
}

test("is an action with its outcome, and the file is in the store, not shared", () => {
  const { network, h4, outcomes, fetch } = sharing();
  fetch();
  network.run(1000);
  expect(outcomes).toMatchObject([{ status: "fetched", bytes: SIZE_BYTES }]);
  expect(outcomes[0]!.sources.map(({ receivedBytes }) => receivedBytes > 0)).toEqual([true, true]);
  expect(h4.files.get("new.txt")?.sizeBytes).toBe(SIZE_BYTES);
  expect(h4.host.noted("action").slice(-2)).toEqual([
    "fetch new.txt from 10.0.0.2 80, 10.0.0.3 80",
    "fetch new.txt from 10.0.0.2 80, 10.0.0.3 80 -> 58710 bytes, not checked",
  ]);
  expect(h4.peer.list()).toBe("1 10.0.0.4 80");
});

test("nobody has it: the words say who said what", () => {
  const { network, h4, outcomes, fetch } = sharing();
  fetch([{ ip: "10.0.0.4", httpPort: 80 }]);
  network.run(1000);
  expect(outcomes).toMatchObject([{ status: "failed", reason: "no-source" }]);
  expect(h4.host.noted("action").at(-1)).toBe(
    "fetch new.txt from 10.0.0.4 80 -> failed: no source is left (10.0.0.4:80: it says 404 file not found)",
  );
});

test("stop cancels what is under way, and keeps it; afterwards nothing begins", () => {
  const { network, h4, outcomes, fetch } = sharing();
  fetch();
  network.run(103);
  h4.peer.stop();
  expect(outcomes).toMatchObject([{ status: "failed", reason: "cancelled", isKept: true }]);
  expect(outcomes[0]!.bytes).toBeGreaterThan(0);
  expect(h4.files.heldBytes).toBe(SIZE_BYTES);
  fetch();
  expect(outcomes[1]).toMatchObject({ status: "failed", reason: "cancelled", isKept: false });
});

test("a source whose port is none is an error at once, and nothing is left under way", () => {
  const { h4, outcomes, fetch } = sharing();
  expect(() => fetch([{ ip: "10.0.0.2", httpPort: 0 }])).toThrow(RangeError);
  h4.peer.stop();
  expect(outcomes).toEqual([]);
});
