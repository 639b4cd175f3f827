/** What the directory answers, packet by packet (report-facts: "The wire, byte for byte"; docs/wire.md). */

import { describe, expect, test } from "vitest";
import { arqOptions, FileSharing } from "../support/file-sharing.ts";
import { RawClient } from "../support/raw-client.ts";

function oneClient(...args: ConstructorParameters<typeof FileSharing>) {
  const system = new FileSharing(...args);
  const client = new RawClient(system.network, "10.0.0.4");
  const ask = (...packets: string[]): string[] => {
    const before = client.received.length;
    for (const packet of packets) client.send(packet);
    system.network.run(system.network.nowMs + 2);
    return client.received.slice(before);
  };
  return { system, client, ask, network: system.network };
}

describe("update", () => {
  test("the captured packet makes an entry and is answered by its ACK alone", () => {
    const { system, client, ask } = oneClient();
    expect(ask("1 10.0.0.2 80  1 1")).toEqual(["1 10.0.0.2 80  2 1"]);
    expect(system.table()).toEqual(["10.0.0.2:80"]);
    expect(system.directory.entries()[0]?.endpoint.key).toBe("10.0.0.4:8888");
    expect(client.answers).toEqual([]);
  });

  test("an update carries the whole list: what it does not name is no longer offered", () => {
    const { system, ask } = oneClient();
    ask("1 10.0.0.2 80 new.txt recv.txt file1.txt  1 1");
    ask("1 10.0.0.2 80 new.txt file1.txt  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 new.txt file1.txt"]);
    expect(ask("2 recv.txt 1 1")).toContain("7 404 file not found 1 1");
    expect(ask("2 file1.txt 1 1")).toContain("5 10.0.0.2 80  1 1");
  });

  test("entries are told apart by IP and HTTP port, whoever sends the update", () => {
    const { system, ask } = oneClient();
    ask("1 10.0.0.2 80  1 1");
    ask("1 10.0.0.2 81 a  1 1");
    ask("1 10.0.0.2 80 b  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 b", "10.0.0.2:81 a"]);
  });

  test("an entry changed from elsewhere is not kept as it was by its first sender's repetition", () => {
    const { system, ask, network } = oneClient();
    const other = new RawClient(network, "10.0.0.5");
    ask("1 10.0.0.2 80 a  1 1");
    other.send("1 10.0.0.2 80 b  1 1");
    network.run(7000);
    expect(system.table()).toEqual(["10.0.0.2:80 b"]);
    ask("1 10.0.0.2 80 a  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
  });

  test("who once registered an entry that another took over and removed can register it again", () => {
    const { system, ask, network } = oneClient();
    const other = new RawClient(network, "10.0.0.5");
    ask("1 10.0.0.2 80 a  1 1");
    other.send("1 10.0.0.2 80 a  1 1");
    network.run(100);
    other.send("3 10.0.0.2 80  1 1");
    network.run(7000);
    expect(system.table()).toEqual([]);
    ask("1 10.0.0.2 80 a  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
  });

  test("a file named twice is one file", () => {
    const { system, ask } = oneClient();
    ask("1 10.0.0.2 80 a b a  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a b"]);
  });

  test.each([
    "1 10.0.0.256 80  1 1",
    "1 10.0.0.2 0  1 1",
    "1 10.0.0.2 65536  1 1",
    "1 10.0.0.2 80 a%zz  1 1",
    "1  1 1",
  ])("%j makes no entry; it is rejected and traced", (packet) => {
    const { system, ask, client } = oneClient();
    ask(packet);
    expect(system.table()).toEqual([]);
    expect(client.answers).toEqual([]);
    expect(system.directoryHost.noted("reject")).toEqual([expect.stringMatching(/^malformed UPDATE: .* at byte \d+$/)]);
  });

  test("a malformed update leaves the entry that is there as it is", () => {
    const { system, ask } = oneClient();
    ask("1 10.0.0.2 80 a  1 1");
    ask("1 10.0.0.2 80 b%  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
  });
});

describe("look-up", () => {
  test("offers the holders in the order in which they registered, not in which they shared the file", () => {
    const { ask } = oneClient();
    ask("1 10.0.0.2 80  1 1");
    ask("1 10.0.0.3 80 new.txt  1 1");
    ask("1 10.0.0.2 80 new.txt  1 1");
    expect(ask("2 new.txt 1 1")).toEqual(["2 new.txt 2 1", "5 10.0.0.2 80 10.0.0.3 80  1 1"]);
  });

  test("a file that nobody holds: 404", () => {
    const { ask } = oneClient();
    expect(ask("2 new.txt 1 1")).toEqual(["2 new.txt 2 1", "7 404 file not found 1 1"]);
  });

  test("a name that was percent-encoded in the update is found by any encoding of it", () => {
    const { ask } = oneClient();
    ask("1 10.0.0.2 80 my%20file.txt  1 1");
    expect(ask("2 my%20file%2Etxt 1 1")).toContain("5 10.0.0.2 80  1 1");
  });

  test("a malformed request gets 400 and is traced", () => {
    const { system, ask } = oneClient();
    expect(ask("2 a%zz 1 1")).toContain("7 400 bad request 1 1");
    expect(system.directoryHost.noted("reject")).toHaveLength(1);
  });

  test("at most maxSources are offered, the first to have registered", () => {
    const { ask } = oneClient({ maxSources: 2 });
    for (const n of [2, 3, 5]) ask(`1 10.0.0.${n} 80 a  1 1`);
    expect(ask("2 a 1 1")).toContain("5 10.0.0.2 80 10.0.0.3 80  1 1");
  });
});

describe("view and exit", () => {
  test("the listing has a line per peer, with the time of its latest update", () => {
    const { ask, network } = oneClient();
    network.run(1000);
    ask("1 10.0.0.2 80  1 1");
    ask("1 10.0.0.3 80 new.txt f1.txt  1 1");
    expect(ask("4  1 1")).toContain(
      "6 10.0.0.2 80 1425512901.001000\n10.0.0.3 80 new.txt f1.txt 1425512901.003000\n 1 1",
    );
  });

  test("a view of nobody is empty, and no error", () => {
    const { ask } = oneClient();
    expect(ask("4  1 1")).toContain("6  1 1");
  });

  test("a view with a payload is malformed: 400", () => {
    const { ask } = oneClient();
    expect(ask("4 please 1 1")).toContain("7 400 bad request 1 1");
  });

  test("a listing longer than any receiver would take is answered by an error", () => {
    const { client, ask } = oneClient({ arq: { ...arqOptions, maxMessageBytes: 1000 } });
    for (let n = 0; n < 40; n++) ask(`1 10.0.1.${n} 80 a  1 1`); // 40 lines of 29 bytes or more
    ask("4  1 1");
    expect(client.answers).toEqual(["7 500 answer too long 1 1"]);
  });

  test("exit removes the entry, and is answered by its ACK alone", () => {
    const { system, client, ask } = oneClient();
    ask("1 10.0.0.2 80 a  1 1");
    ask("1 10.0.0.3 80 a  1 1");
    expect(ask("3 10.0.0.2 80  1 1")).toEqual(["3 10.0.0.2 80  2 1"]);
    expect(system.table()).toEqual(["10.0.0.3:80 a"]);
    expect(ask("2 a 1 1")).toContain("5 10.0.0.3 80  1 1");
    expect(client.answers).toHaveLength(1);
  });

  test("a malformed exit, or one of a stranger, removes nothing", () => {
    const { system, ask } = oneClient();
    ask("1 10.0.0.2 80  1 1");
    ask("3 10.0.0.2  1 1");
    ask("3 10.0.0.9 80  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80"]);
  });
});

describe("repeated requests", () => {
  test("an equal look-up within the duplicate window is answered again, by what is true then", () => {
    const { client, ask } = oneClient();
    ask("1 10.0.0.2 80 a  1 1");
    ask("2 a 1 1");
    ask("1 10.0.0.2 80  1 1");
    ask("2 a 1 1");
    expect(client.answers).toEqual(["5 10.0.0.2 80  1 1", "7 404 file not found 1 1"]);
  });

  test("while its answer is on its way, a repeated request gets its ACK alone", () => {
    const { client, ask, network } = oneClient();
    client.acknowledges = false;
    ask("2 a 1 1");
    network.run(500);
    expect(ask("2 a 1 1")).toEqual(["2 a 2 1"]);
    client.acknowledges = true;
    network.run(1010); // the answer's retransmission, after 1 s
    expect(ask("2 a 1 1")).toEqual(["2 a 2 1", "7 404 file not found 1 1"]);
  });

  test("a new question takes the place of an answer that was never acknowledged", () => {
    const { client, ask, network } = oneClient();
    ask("1 10.0.0.2 80 a  1 1");
    ask("1 10.0.0.3 80 b  1 1");
    client.acknowledges = false;
    ask("2 a 1 1");
    ask("2 b 1 1");
    client.acknowledges = true;
    network.run(5000);
    const last = client.answers.slice(-1);
    expect(client.answers.slice(0, 2)).toEqual(["5 10.0.0.2 80  1 1", "5 10.0.0.3 80  1 1"]);
    expect(new Set(client.answers.slice(2))).toEqual(new Set(last));
    expect(last).toEqual(["5 10.0.0.3 80  1 1"]);
  });

  test("a repeated update neither refreshes nor changes an entry: within the window it is a duplicate", () => {
    const { system, ask, network } = oneClient();
    ask("1 10.0.0.2 80 a  1 1");
    const [before] = system.directory.entries();
    network.run(2000);
    ask("1 10.0.0.2 80 a  1 1");
    expect(system.directory.entries()[0]?.lastUpdateMs).toBe(before?.lastUpdateMs);
    network.run(6000);
    ask("1 10.0.0.2 80 a  1 1");
    expect(system.directory.entries()[0]?.lastUpdateMs).toBe((before?.lastUpdateMs ?? 0) + 6000);
  });

  test("who exits and joins again at once is listed, though its update equals its last", () => {
    const { system, ask } = oneClient();
    ask("1 10.0.0.2 80 a  1 1");
    ask("3 10.0.0.2 80  1 1");
    ask("1 10.0.0.2 80 a  1 1");
    expect(system.table()).toEqual(["10.0.0.2:80 a"]);
  });

  test("two peers' requests do not wait for each other's answers", () => {
    const { client, network } = oneClient();
    const other = new RawClient(network, "10.0.0.5");
    client.acknowledges = false;
    client.send("2 a 1 1");
    other.send("2 a 1 1");
    network.run(2);
    expect(other.answers).toEqual(["7 404 file not found 1 1"]);
  });
});

test("a message type that is no request is rejected", () => {
  const { system, ask } = oneClient();
  ask("8 abc 1 1");
  expect(system.directoryHost.noted("reject")).toEqual(["DATA is no request"]);
});

test("a stopped directory answers nobody", () => {
  const { system, ask } = oneClient();
  system.directory.stop();
  expect(ask("1 10.0.0.2 80  1 1")).toEqual([]);
});
