import { describe, expect, test } from "vitest";
import { checkExpectations } from "../../../src/scenario/expect/check.ts";
import { expectationsSchema } from "../../../src/scenario/expect/schema.ts";

const hosts = { hostNames: ["H1", "H2", "sender"], directories: ["H1"] };
const check = (expectation: unknown, context = hosts) =>
  checkExpectations(expectationsSchema.parse([expectation]), context);

describe("hosts and types that a scenario does not have", () => {
  test.each<[unknown, (string | number)[], string | undefined]>([
    [{ drops: 0, host: "h2" }, [0, "host"], "H2"],
    [{ drops: 0, peer: "sendr" }, [0, "peer"], "sender"],
    [{ drops: 0, type: "UPDTE" }, [0, "type"], "UPDATE"],
    [{ events: { event: "send", node: "H22" } }, [0, "events", "node"], "H2"],
    [{ events: { event: "send", type: "update" } }, [0, "events", "type"], "UPDATE"],
    [{ list: { host: "nobody", shows: [] } }, [0, "list", "host"], undefined],
    [{ lookup: { host: "H2", offers: ["H2", "H9"] } }, [0, "lookup", "offers", 1], "H1"],
    [{ view: { host: "H2", shows: { H2: [], H7: [] } } }, [0, "view", "shows", "H7"], "H1"],
    [{ download: { host: "H2", from: "H8", status: 200 } }, [0, "download", "from"], "H1"],
    [{ directory: { host: "H2", lists: {} } }, [0, "directory", "host"], "H1"],
    [{ send: { host: "sendr", delivered: 1 } }, [0, "send", "host"], "sender"],
  ])("%j", (expectation, path, suggestion) => {
    const found = check(expectation);
    expect(found).toHaveLength(1);
    expect(found[0]?.path).toEqual(path);
    expect(found[0]?.suggestion).toBe(suggestion);
  });

  test("those that it has, addresses of strangers, and every type of the trace are right", () => {
    for (const expectation of [
      { drops: 0, host: "H2", peer: "10.0.0.9:8888", type: "LOOKUP-ACK" },
      { events: { event: "send", node: "H1", peer: "[2001:db8::1]:7", type: "SYN-ACK" } },
      { view: { host: "H2", shows: { "10.0.0.9": [] } } },
      { directory: { lists: {} } },
      { converges: { within: "1s" } },
    ]) {
      expect(check(expectation), JSON.stringify(expectation)).toEqual([]);
    }
  });
});

test("what is about the directory needs one, and only one", () => {
  for (const expectation of [{ directory: { lists: {} } }, { converges: { within: "1s" } }]) {
    expect(check(expectation, { ...hosts, directories: [] })).toMatchObject([
      { message: "there is no directory among the hosts" },
    ]);
  }
  expect(check({ directory: { lists: {} } }, { ...hosts, directories: ["H1", "H2"] })).toMatchObject([
    { path: [0, "directory"], message: expect.stringContaining("several directories") },
  ]);
});
