/** Entries live by their updates (report-facts, Part II: a peer that stops sending updates is removed). */

import { describe, expect, test } from "vitest";
import { defaultDirectoryOptions } from "../../../src/core/directory/options.ts";
import { FileSharing } from "../support/file-sharing.ts";
import { RawClient } from "../support/raw-client.ts";

/** Three periods of 7.02 s and one second of grace. */
const LIFETIME_MS = 3 * 7020 + 1000;

function directoryAlone(...args: ConstructorParameters<typeof FileSharing>) {
  const system = new FileSharing(...args);
  const { network } = system;
  network.delayMs = 0;
  const client = (n: number): ((packet: string) => void) => {
    const raw = new RawClient(network, `10.0.0.${n}`);
    return (packet) => {
      raw.send(packet);
      network.run(network.nowMs);
    };
  };
  return { system, network, client };
}

describe("expiry", () => {
  test("an entry goes when its third missed update is overdue by the grace, and not 1 ms before", () => {
    const { system, network, client } = directoryAlone();
    client(2)("1 10.0.0.2 80 a  1 1");
    network.run(LIFETIME_MS - 1);
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
    network.run(LIFETIME_MS);
    expect(system.table()).toEqual([]);
    expect(system.directoryHost.noted("state")).toContain("expired 10.0.0.2:80 after 3 missed updates");
  });

  test("an update at the last moment keeps the entry for another lifetime, counted from then", () => {
    const { system, network, client } = directoryAlone();
    const send = client(2);
    send("1 10.0.0.2 80  1 1");
    network.run(LIFETIME_MS - 1);
    send("1 10.0.0.2 80  1 1");
    network.run(2 * LIFETIME_MS - 2);
    expect(system.table()).toEqual(["10.0.0.2:80"]);
    network.run(2 * LIFETIME_MS - 1);
    expect(system.table()).toEqual([]);
  });

  test("each entry has its own deadline, in whatever order they were refreshed", () => {
    const { system, network, client } = directoryAlone();
    const [two, three, four] = [client(2), client(3), client(4)];
    two("1 10.0.0.2 80  1 1");
    network.run(100);
    three("1 10.0.0.3 80  1 1");
    network.run(200);
    four("1 10.0.0.4 80  1 1");
    network.run(7000);
    two("1 10.0.0.2 80  1 1"); // now the youngest
    network.run(LIFETIME_MS + 100);
    expect(system.table()).toEqual(["10.0.0.2:80", "10.0.0.4:80"]);
    network.run(LIFETIME_MS + 200);
    expect(system.table()).toEqual(["10.0.0.2:80"]);
    network.run(LIFETIME_MS + 6999);
    expect(system.table()).toEqual(["10.0.0.2:80"]);
    network.run(LIFETIME_MS + 7000);
    expect(system.table()).toEqual([]);
  });

  test("an entry 1 ms younger than one that expires stays for that millisecond", () => {
    const { system, network, client } = directoryAlone();
    client(2)("1 10.0.0.2 80  1 1");
    network.run(1);
    client(3)("1 10.0.0.3 80  1 1");
    network.run(LIFETIME_MS);
    expect(system.table()).toEqual(["10.0.0.3:80"]);
    network.run(LIFETIME_MS + 1);
    expect(system.table()).toEqual([]);
  });

  test("an expired peer's files are no longer found", () => {
    const { network, client } = directoryAlone();
    client(2)("1 10.0.0.2 80 a  1 1");
    network.run(LIFETIME_MS);
    const raw = new RawClient(network, "10.0.0.9");
    raw.send("2 a 1 1");
    network.run(network.nowMs);
    expect(raw.answers).toEqual(["7 404 file not found 1 1"]);
  });

  test("a peer that comes back registers anew, behind those that stayed", () => {
    const { system, network, client } = directoryAlone();
    const [two, three] = [client(2), client(3)];
    two("1 10.0.0.2 80  1 1");
    network.run(LIFETIME_MS - 1);
    three("1 10.0.0.3 80  1 1");
    network.run(LIFETIME_MS);
    two("1 10.0.0.2 80  1 1");
    expect(system.table()).toEqual(["10.0.0.3:80", "10.0.0.2:80"]);
  });

  test("the number of missed updates, the period and the grace are options", () => {
    const { system, network, client } = directoryAlone({ missedUpdates: 2, updatePeriodMs: 100, graceMs: 10 });
    client(2)("1 10.0.0.2 80  1 1");
    network.run(209);
    expect(system.table()).toHaveLength(1);
    network.run(210);
    expect(system.directoryHost.noted("state")).toContain("expired 10.0.0.2:80 after 2 missed updates");
  });

  test("when the last entry exits, the next one's lifetime is counted from its own first update", () => {
    const { system, network, client } = directoryAlone();
    const [two, three] = [client(2), client(3)];
    two("1 10.0.0.2 80  1 1");
    two("3 10.0.0.2 80  1 1");
    network.run(5000);
    expect(system.directoryHost.runningTimers).toBe(0);
    three("1 10.0.0.3 80  1 1");
    network.run(5000 + LIFETIME_MS - 1);
    expect(system.table()).toEqual(["10.0.0.3:80"]);
    network.run(5000 + LIFETIME_MS);
    expect(system.table()).toEqual([]);
  });

  test("only whole nanoseconds count: a sum of fractions does not keep an entry over its deadline", () => {
    const { system, network, client } = directoryAlone({ missedUpdates: 1, updatePeriodMs: 0.1, graceMs: 0.2 });
    network.run(0.7);
    client(2)("1 10.0.0.2 80  1 1");
    network.run(1.1);
    expect(system.table()).toEqual([]);
  });
});

describe("bounds", () => {
  test("beyond maxEntries the entry updated longest ago is evicted, whenever it registered", () => {
    const { system, network, client } = directoryAlone({ maxEntries: 2 });
    const [two, three, four] = [client(2), client(3), client(4)];
    two("1 10.0.0.2 80 a  1 1");
    three("1 10.0.0.3 80 a  1 1");
    network.run(4000);
    two("1 10.0.0.2 80 a  1 1");
    four("1 10.0.0.4 80  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a", "10.0.0.4:80"]);
    expect(system.directoryHost.noted("state")).toContain("evicted 10.0.0.3:80: the directory is full");
  });

  test("at maxEntries nothing is evicted, nor when a known entry is refreshed", () => {
    const { system, client } = directoryAlone({ maxEntries: 2 });
    const [two, three] = [client(2), client(3)];
    two("1 10.0.0.2 80  1 1");
    three("1 10.0.0.3 80  1 1");
    three("1 10.0.0.3 80 a  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80", "10.0.0.3:80 a"]);
  });

  test("of a list longer than maxFilesPerEntry the first files are kept, and the rest is rejected", () => {
    const { system, client } = directoryAlone({ maxFilesPerEntry: 2 });
    client(2)("1 10.0.0.2 80 a a b  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a b"]);
    client(2)("1 10.0.0.2 80 a b c  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a b"]);
    expect(system.directoryHost.noted("reject")).toEqual(["UPDATE lists too many files: kept the first 2"]);
  });

  test("entries that take too much memory together make room as too many entries do", () => {
    const { system, client } = directoryAlone({ maxTableBytes: 8000 });
    const files = Array.from({ length: 12 }, (_, i) => `file${i}`).join(" ");
    client(2)(`1 10.0.0.2 80 ${files}  1 1`);
    client(3)(`1 10.0.0.3 80 ${files}  1 1`);
    expect(system.table()).toHaveLength(2);
    client(4)(`1 10.0.0.4 80 ${files}  1 1`);
    expect(system.table().map((line) => line.split(" ")[0])).toEqual(["10.0.0.3:80", "10.0.0.4:80"]);
  });

  test("answers under way beyond maxAnswerBytes: the oldest is withdrawn", () => {
    const { system, network } = directoryAlone({ maxAnswerBytes: 1200 });
    const clients = [2, 3, 4].map((n) => new RawClient(network, `10.0.0.${n}`));
    for (const client of clients) {
      client.acknowledges = false;
      client.send("2 a 1 1");
      network.run(network.nowMs);
    }
    network.run(1500); // the retransmissions, after 1 s
    expect(clients.map((client) => client.answers.length)).toEqual([1, 2, 2]);
    expect(system.directoryHost.noted("state")).toContain("withdrew an answer: too many are under way");
  });
});

describe("trace", () => {
  test("tells what changed, and nothing of updates that change nothing", () => {
    const { system, network, client } = directoryAlone();
    const send = client(2);
    send("1 10.0.0.2 80  1 1");
    network.run(7020);
    send("1 10.0.0.2 80  1 1");
    network.run(14_040);
    send("1 10.0.0.2 80 my%0Afile a  1 1");
    send("3 10.0.0.2 80  1 1");
    expect(system.directoryHost.noted("state")).toEqual([
      "waiting for peers",
      "added 10.0.0.2:80 with no files",
      "changed 10.0.0.2:80 to my%0Afile, a",
      "removed 10.0.0.2:80 at its exit",
    ]);
  });
});

test("the defaults are the capture's period and three missed updates", () => {
  expect(defaultDirectoryOptions).toMatchObject({ updatePeriodMs: 7020, missedUpdates: 3, maxEntries: 100_000 });
});
