/** The peer's updates: joining, the keep-alive, changes of the list, exit (report-facts, Part II and Test 1). */

import { describe, expect, test } from "vitest";
import type { RtoOptions } from "../../../src/core/arq/options.ts";
import { keepAliveRto } from "../../../src/core/peer/options.ts";
import type { ExitOutcome } from "../../../src/core/peer/outcomes.ts";
import { arqOptions, FileSharing } from "../support/file-sharing.ts";

describe("keep-alive", () => {
  test("the first update goes out at the start, each next one a period after the one before", () => {
    const sharing = new FileSharing();
    const { host } = sharing.joined(2);
    sharing.network.run(7019);
    expect(sharing.network.dataFrom(host)).toEqual(['0 UPDATE#1 "1 10.0.0.2 80  1 1"']);
    sharing.network.run(14_040);
    expect(sharing.network.dataFrom(host).slice(1)).toEqual([
      '7020 UPDATE#1 "1 10.0.0.2 80  1 1"',
      '14040 UPDATE#1 "1 10.0.0.2 80  1 1"',
    ]);
    expect(sharing.table()).toEqual(["10.0.0.2:80"]);
  });

  test("an update without an ACK is replaced by the next one: nothing piles up", () => {
    const sharing = new FileSharing();
    sharing.network.lose = ({ atMs }) => atMs < 30_000;
    const { host } = sharing.joined(2);
    sharing.network.run(29_000);
    const firsts = sharing.network.dataFrom(host).filter((line) => line.includes("#1 "));
    expect(firsts.map((line) => line.split(" ")[0])).toEqual(["0", "7020", "14040", "21060", "28080"]);
  });

  describe("with a timer that has backed off, and then only first transmissions lost,", () => {
    /** ACKs are lost up to 12 s, and the first transmission of each update from then on. */
    function entries(rto: RtoOptions): string[] {
      const sharing = new FileSharing();
      sharing.network.lose = ({ atMs, info }) =>
        atMs < 12_000 ? info.kind === "ack" : info.attempt === 1 && info.kind === "data";
      sharing.joined(2, {}, { arq: { ...arqOptions, rto } });
      sharing.network.run(60_000);
      return sharing.table();
    }

    test("a maximum of a minute leaves one attempt per update, and a living peer is removed", () => {
      expect(entries(arqOptions.rto)).toEqual([]);
    });

    test("keepAliveRto leaves several, and it stays", () => {
      expect(entries(keepAliveRto(arqOptions.rto, 7020))).toEqual(["10.0.0.2:80"]);
    });
  });

  test.each([
    [7020, 2340, 1000],
    [200, 2000, 1000],
    [600_000, 60_000, 1000],
  ])("an update period of %d ms has timeouts of at most %d ms, at first %d ms", (periodMs, maxMs, initialMs) => {
    expect(keepAliveRto(arqOptions.rto, periodMs)).toEqual({ ...arqOptions.rto, maxMs, initialMs });
  });

  test("when the network heals, the peer is registered within one period and one timeout", () => {
    const sharing = new FileSharing();
    sharing.network.lose = ({ atMs }) => atMs < 30_000;
    sharing.joined(2);
    sharing.network.run(30_000 + 7020 + 1000);
    expect(sharing.table()).toEqual(["10.0.0.2:80"]);
  });

  test("a peer of which nothing more is heard leaves nothing in the directory", () => {
    const sharing = new FileSharing();
    const { host } = sharing.joined(2);
    sharing.network.run(100);
    sharing.network.lose = ({ from }) => from.key === host.self.key;
    sharing.network.run(3 * 7020 + 1000);
    expect(sharing.table()).toHaveLength(1); // counted from when the directory had the update, at 1 ms
    sharing.network.run(3 * 7020 + 1001);
    expect(sharing.table()).toEqual([]);
  });
});

describe("the list of shared files", () => {
  test("Test 1: H3 shares new.txt; its update has the captured 26 bytes and its list reads as in the report", () => {
    const sharing = new FileSharing();
    const { host, peer } = sharing.peer(3, { "new.txt": 58_710 });
    peer.start();
    expect(peer.list()).toBe("1 10.0.0.3 80");
    sharing.network.run(20_000);
    expect(peer.share("new.txt")).toEqual({ ok: true });
    expect(peer.list()).toBe("1 10.0.0.3 80 new.txt");
    const update = sharing.network.sent.at(-1);
    expect(update).toMatchObject({ atMs: 20_000, text: "1 10.0.0.3 80 new.txt  1 1", bytes: 26 });
    sharing.network.run(20_001);
    expect(sharing.table()).toEqual(["10.0.0.3:80 new.txt"]);
    expect(host.noted("action")).toContain("list -> 1 10.0.0.3 80 new.txt");
  });

  test("a change restarts the period", () => {
    const sharing = new FileSharing();
    const { host, peer } = sharing.peer(3, { a: 1 });
    peer.start();
    sharing.network.run(5000);
    peer.share("a");
    sharing.network.run(5000 + 7019);
    expect(sharing.network.dataFrom(host)).toHaveLength(2);
    sharing.network.run(5000 + 7020);
    expect(sharing.network.dataFrom(host)).toHaveLength(3);
  });

  test("Test 2: an unshared file is gone from the next update, the order of the others stays", () => {
    const sharing = new FileSharing();
    const { peer } = sharing.joined(2, { "new.txt": 1, "recv.txt": 1, "file1.txt": 1 });
    sharing.network.run(10);
    expect(peer.unshare("recv.txt")).toEqual({ ok: true });
    sharing.network.run(11);
    expect(sharing.table()).toEqual(["10.0.0.2:80 new.txt file1.txt"]);
  });

  test("changes while an update is under way go out together once it is acknowledged, the latest list last", () => {
    const sharing = new FileSharing();
    const { host, peer } = sharing.peer(2, { a: 1, b: 1, c: 1 });
    peer.start();
    sharing.network.run(100);
    for (const name of ["a", "b", "c"]) peer.share(name);
    sharing.network.run(200);
    expect(sharing.network.dataFrom(host).slice(1)).toEqual([
      '100 UPDATE#1 "1 10.0.0.2 80 a  1 1"',
      '102 UPDATE#1 "1 10.0.0.2 80 a b c  1 1"',
    ]);
    expect(sharing.table()).toEqual(["10.0.0.2:80 a b c"]);
  });

  test("a change behind an update that stays unacknowledged goes out with the next period at the latest", () => {
    const sharing = new FileSharing();
    const { host, peer } = sharing.peer(2, { a: 1 });
    sharing.network.lose = () => true;
    peer.start();
    sharing.network.run(100);
    peer.share("a");
    sharing.network.run(7020);
    expect(sharing.network.dataFrom(host).at(-1)).toBe('7020 UPDATE#1 "1 10.0.0.2 80 a  1 1"');
  });

  test("only what the store has can be shared; doing it again changes nothing", () => {
    const sharing = new FileSharing();
    const { host, peer } = sharing.joined(2, { a: 1 });
    sharing.network.run(10);
    expect(peer.share("b")).toEqual({ ok: false, error: "no such file: b" });
    expect(peer.share("a")).toEqual({ ok: true, note: "shared already" });
    expect(peer.unshare("b")).toEqual({ ok: true, note: "not shared" });
    sharing.network.run(20);
    expect(sharing.network.dataFrom(host)).toHaveLength(1);
  });

  test("a list that would make the update too long is refused, and stays as it was", () => {
    const sharing = new FileSharing();
    const { peer } = sharing.peer(2, { a: 1, bb: 1, c: 1 }, { maxUpdateBytes: "10.0.0.2 80 a c ".length });
    expect(peer.share("a").ok).toBe(true);
    expect(peer.share("bb").ok).toBe(false);
    expect(peer.list()).toBe("1 10.0.0.2 80 a");
    expect(peer.share("c").ok).toBe(true);
  });

  test("names are encoded where the wire needs it", () => {
    const sharing = new FileSharing();
    const { peer } = sharing.joined(2, { "my file.txt": 1 });
    expect(peer.list()).toBe("1 10.0.0.2 80 my%20file.txt");
    sharing.network.run(10);
    expect(sharing.directory.entries()[0]?.files).toEqual(["my file.txt"]);
  });
});

describe("exit", () => {
  function exiting() {
    const sharing = new FileSharing();
    const running = sharing.joined(2, { a: 1 });
    const outcomes: ExitOutcome[] = [];
    sharing.network.run(100);
    return { sharing, ...running, outcomes, exit: () => running.peer.exit((outcome) => outcomes.push(outcome)) };
  }

  test("removes the peer, and no update follows", () => {
    const { sharing, host, outcomes, exit } = exiting();
    exit();
    sharing.network.run(60_000);
    expect(outcomes).toEqual([{ status: "left" }]);
    expect(sharing.table()).toEqual([]);
    expect(sharing.network.dataFrom(host).slice(1)).toEqual(['100 EXIT#1 "3 10.0.0.2 80  1 1"']);
  });

  test("an update under way is not sent again behind the exit", () => {
    const { sharing, host, peer, outcomes, exit } = exiting();
    sharing.network.lose = ({ info }) => info.type === "UPDATE";
    peer.unshare("a");
    exit();
    sharing.network.run(60_000);
    expect(outcomes).toEqual([{ status: "left" }]);
    expect(sharing.network.dataFrom(host).filter((line) => line.includes("UPDATE#2"))).toEqual([]);
  });

  test("without an ACK it is given up, and the directory finds out by itself", () => {
    const { sharing, host, outcomes, exit } = exiting();
    sharing.network.lose = ({ from }) => from.key === host.self.key;
    exit();
    sharing.network.run(1_000_000);
    expect(outcomes).toEqual([{ status: "failed", reason: "given-up" }]);
    expect(sharing.table()).toEqual([]);
  });

  test("who has not joined cannot leave", () => {
    const { sharing, outcomes, exit } = exiting();
    exit();
    exit();
    expect(outcomes).toEqual([{ status: "failed", reason: "not-joined" }]);
    sharing.network.run(200);
    expect(outcomes).toHaveLength(2);
  });

  test("start joins again, at once and with the same list", () => {
    const { sharing, peer, exit } = exiting();
    exit();
    sharing.network.run(110);
    peer.start();
    sharing.network.run(120);
    expect(sharing.table()).toEqual(["10.0.0.2:80 a"]);
  });

  test("an exit that is still on its way when the peer joins again is withdrawn", () => {
    const { sharing, peer, outcomes, exit } = exiting();
    sharing.network.lose = ({ info }) => info.type === "EXIT" && info.attempt === 1;
    exit();
    sharing.network.run(110);
    peer.start();
    expect(outcomes).toEqual([{ status: "failed", reason: "joined-again" }]);
    sharing.network.run(5000);
    expect(sharing.table()).toEqual(["10.0.0.2:80 a"]);
  });

  test("stop says goodbye once, without waiting; afterwards nothing is sent", () => {
    const { sharing, host, peer } = exiting();
    peer.stop();
    sharing.network.run(60_000);
    expect(sharing.network.dataFrom(host).slice(1)).toEqual(['100 EXIT#1 "3 10.0.0.2 80  1 1"']);
    expect(sharing.table()).toEqual([]);
    peer.start();
    peer.stop();
    sharing.network.run(120_000);
    expect(sharing.network.dataFrom(host)).toHaveLength(2);
  });
});

describe("what a peer's owner hears of its updates", () => {
  test("current once the directory has the list as it is; outdated where it changed on the way", () => {
    const sharing = new FileSharing();
    const { peer, heard } = sharing.peer(2, { "a.txt": 1 });
    peer.start();
    peer.share("a.txt"); // the first update is under way
    sharing.network.run(100);
    expect(heard).toEqual(["outdated", "current"]);
    sharing.network.run(7100);
    expect(heard).toEqual(["outdated", "current", "current"]);
  });

  test("unanswered when the next update takes the place of one without an ACK", () => {
    const sharing = new FileSharing();
    sharing.network.lose = ({ atMs }) => atMs < 8000;
    const { peer, heard } = sharing.peer(2);
    peer.start();
    sharing.network.run(7019);
    expect(heard).toEqual([]);
    sharing.network.run(7020);
    expect(heard).toEqual(["unanswered"]);
    sharing.network.run(14_100); // the timer of the second one is backed off to 8 s: the third is the next to go out
    expect(heard).toEqual(["unanswered", "unanswered", "current"]);
  });

  test("unanswered where it is given up before the next is due", () => {
    const sharing = new FileSharing();
    sharing.network.lose = () => true;
    const { peer, heard } = sharing.peer(2, {}, { arq: { ...arqOptions, maxAttempts: 2 } });
    peer.start();
    sharing.network.run(2999);
    expect(heard).toEqual([]);
    sharing.network.run(3000); // timeouts after 1 s and 2 s more
    expect(heard).toEqual(["unanswered"]);
  });

  test("nothing after the exit", () => {
    const sharing = new FileSharing();
    const { peer, heard } = sharing.peer(2);
    peer.start();
    peer.exit(() => {});
    sharing.network.run(30_000);
    expect(heard).toEqual([]);
  });
});
