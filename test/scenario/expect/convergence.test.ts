import { describe, expect, test } from "vitest";
import { PresenceLog } from "../../../src/scenario/expect/presence.ts";
import { verdictOn } from "./tape.ts";

/** The verdict on "within 8.02 s" for a run that ended after `endMs`. */
function verdict(tell: (log: PresenceLog) => void, endMs = 60_000) {
  const log = new PresenceLog();
  tell(log);
  return verdictOn({ converges: { within: "8.02s" } }, undefined, { liveness: log.facts(endMs), durationMs: endMs });
}

describe("every live peer is in the directory within the time after the last fault", () => {
  test("back at the deadline is in time, a millisecond later is not", () => {
    const partition = (backMs: number) => (log: PresenceLog) => {
      log.setLive("H2", true, 0);
      log.setListed("H2", true, 5);
      log.setListed("H2", false, 15_000); // expired during a partition
      log.faultEnded(20_000);
      log.setListed("H2", true, backMs);
    };
    expect(verdict(partition(28_020)).passed).toBe(true);
    expect(verdict(partition(28_021))).toMatchObject({ passed: false, found: "H2 missing for 8021 ms", atMs: 28_020 });
  });

  test("what happened before the last fault ended does not count", () => {
    const log = (log: PresenceLog) => {
      log.setLive("H2", true, 0);
      log.setListed("H2", true, 15_000);
      log.faultEnded(20_000);
    };
    expect(verdict(log)).toMatchObject({ passed: true, found: "1 live peers, missing for 0 ms at most" });
  });

  test("a peer that never comes back, and a run that ends too early to tell", () => {
    const missing = (log: PresenceLog) => log.setLive("H2", true, 50_000);
    expect(verdict(missing, 58_021)).toMatchObject({ passed: false, found: "H2 missing for 8021 ms, to the end" });
    expect(verdict(missing, 58_020)).toMatchObject({
      passed: false,
      found: expect.stringContaining("too early to tell"),
    });
  });

  test("a peer that crashed is not live, and not missing", () => {
    const log = (log: PresenceLog) => {
      log.setLive("H2", true, 0);
      log.setListed("H2", true, 5);
      log.setLive("H3", true, 0);
      log.setLive("H3", false, 5000);
      log.setListed("H3", true, 5001);
      log.setListed("H3", false, 30_000);
    };
    expect(verdict(log)).toMatchObject({ passed: true });
  });

  test("the directory crashed: all must come back", () => {
    const log = (backMs: number) => (log: PresenceLog) => {
      for (const host of ["H2", "H3"]) {
        log.setLive(host, true, 0);
        log.setListed(host, true, 1);
      }
      log.clearListed(10_000);
      log.faultEnded(12_000);
      log.setListed("H2", true, 13_000);
      log.setListed("H3", true, backMs);
    };
    expect(verdict(log(20_020)).passed).toBe(true);
    expect(verdict(log(20_021)).found).toBe("H3 missing for 8021 ms");
  });

  test("the longest absence decides, not the latest", () => {
    const log = (log: PresenceLog) => {
      log.setLive("H2", true, 0);
      log.setListed("H2", true, 9000);
      log.setListed("H2", false, 10_000);
      log.setListed("H2", true, 10_500);
      log.setListed("H2", false, 59_000);
    };
    expect(verdict(log)).toMatchObject({ passed: false, found: "H2 missing for 9000 ms" });
  });

  test("without a live peer there is nothing to judge", () => {
    expect(verdict(() => {})).toMatchObject({ passed: false, found: "no live peer at the end" });
    expect(verdictOn({ converges: { within: "1s" }, shouldFail: "nobody is there" }).passed).toBe(false);
  });
});
