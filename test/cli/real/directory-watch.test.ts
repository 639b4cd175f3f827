import { describe, expect, test } from "vitest";
import { DirectoryWatch } from "../../../src/cli/real/directory-watch.ts";
import { FileSharing } from "../../core/support/file-sharing.ts";

const LOST = "the directory 10.0.0.1:7777 does not answer: tried again at least every 7.02 s; files are still served";
const BACK = "the directory 10.0.0.1:7777 lists this peer now";

function watched(isDown: (atMs: number) => boolean) {
  const sharing = new FileSharing();
  sharing.network.lose = ({ atMs }) => isDown(atMs);
  const running = sharing.peer(2);
  const told: string[] = [];
  const directory = { address: "10.0.0.1:7777", updatePeriodMs: 7020, problem: () => undefined };
  const watch = new DirectoryWatch(running.host, directory, (notice) => {
    told.push(`${sharing.network.nowMs} ${notice}`);
  });
  running.onUpdate = (outcome) => watch.onUpdate(outcome);
  running.peer.start();
  return { sharing, told };
}

describe("what a user hears of the directory", () => {
  test("nothing while it answers", () => {
    const { sharing, told } = watched(() => false);
    sharing.network.run(100_000);
    expect(told).toEqual([]);
  });

  test("at the start: once after three seconds, and once when it is there", () => {
    const { sharing, told } = watched((atMs) => atMs < 60_000);
    sharing.network.run(2999);
    expect(told).toEqual([]);
    sharing.network.run(100_000);
    expect(told).toEqual([`3000 ${LOST}`, `63182 ${BACK}`]);
  });

  test("in between: once when an update has had no answer until the next, and once when it is back", () => {
    const { sharing, told } = watched((atMs) => atMs > 10_000 && atMs < 50_000);
    sharing.network.run(21_059);
    expect(told).toEqual([]);
    sharing.network.run(21_060);
    expect(told).toEqual([`21060 ${LOST}`]);
    sharing.network.run(200_000);
    expect(told).toHaveLength(2);
    expect(told[1]).toMatch(/lists this peer now/);
  });

  test("a refusal is another trouble than silence, and each is told once, with what the peer knows of it", () => {
    const sharing = new FileSharing();
    const told: string[] = [];
    let problem: string | undefined = "503 full";
    const directory = { address: "lab:7777", updatePeriodMs: 1000, problem: () => problem };
    const watch = new DirectoryWatch(sharing.peer(2).host, directory, (notice) => told.push(notice));
    watch.onUpdate("refused");
    watch.onUpdate("refused");
    problem = undefined;
    watch.onUpdate("unanswered");
    watch.onUpdate("outdated");
    sharing.network.run(10_000);
    expect(told).toEqual([
      "the directory lab:7777 refuses this peer (503 full): tried again at least every 1 s; files are still served",
      "the directory lab:7777 does not answer: tried again at least every 1 s; files are still served",
      "the directory lab:7777 lists this peer now",
    ]);
  });
});
