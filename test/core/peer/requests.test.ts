/** Look-ups and views, one at a time (report-facts: the directory's answers carry nothing that names the request). */

import { describe, expect, test } from "vitest";
import type { LookupOutcome, ViewOutcome } from "../../../src/core/peer/outcomes.ts";
import type { SentPacket } from "../support/fake-network.ts";
import { FileSharing } from "../support/file-sharing.ts";

/** H2 with a, both; H3 with b, both, alone; H4 asks. */
function asking(options: ConstructorParameters<typeof FileSharing>[0] = {}) {
  const sharing = new FileSharing(options);
  sharing.joined(2, { a: 1, both: 1 });
  sharing.joined(3, { b: 1, both: 1, alone: 1 });
  const { host, peer } = sharing.joined(4);
  sharing.network.run(100);
  const outcomes: (LookupOutcome | ViewOutcome)[] = [];
  const note = (outcome: LookupOutcome | ViewOutcome): void => void outcomes.push(outcome);
  const texts = (): string[] => outcomes.map(brief);
  return { sharing, network: sharing.network, host, peer, outcomes, note, texts };
}

function brief(outcome: LookupOutcome | ViewOutcome): string {
  switch (outcome.status) {
    case "found":
      return outcome.sources.map(({ ip }) => ip).join(" ");
    case "listed":
      return `${outcome.entries.length} peers`;
    case "error":
      return `${outcome.code} ${outcome.text}`;
    case "failed":
      return outcome.reason;
  }
}

const isData = (type: string, n = 1) => {
  let count = 0;
  return ({ info, text }: SentPacket): boolean =>
    (info.type === type || text.startsWith(type)) && info.kind === "data" && ++count <= n;
};

describe("look-up and view", () => {
  test("Test 3: the sources are offered as choices, in the order of registration", () => {
    const { network, host, peer, outcomes, note } = asking();
    peer.lookup("both", note);
    network.run(103);
    expect(outcomes).toEqual([
      {
        status: "found",
        sources: [
          { ip: "10.0.0.2", httpPort: 80 },
          { ip: "10.0.0.3", httpPort: 80 },
        ],
      },
    ]);
    expect(host.noted("action")).toEqual([
      "lookup both",
      "lookup both -> choice 0: 10.0.0.2 80, choice 1: 10.0.0.3 80",
    ]);
  });

  test("a file that nobody has: 404", () => {
    const { network, host, peer, outcomes, note } = asking();
    peer.lookup("nothing", note);
    network.run(103);
    expect(outcomes).toEqual([{ status: "error", code: 404, text: "file not found" }]);
    expect(host.noted("action").at(-1)).toBe("lookup nothing -> 404 file not found");
  });

  test("Test 1: the view shows each peer with its files and the time of its latest update", () => {
    const { network, host, peer, outcomes, note } = asking();
    peer.view(note);
    network.run(103);
    expect(outcomes).toMatchObject([
      {
        status: "listed",
        entries: [{ ip: "10.0.0.2" }, { ip: "10.0.0.3", files: ["b", "both", "alone"] }, { files: [] }],
      },
    ]);
    expect(host.noted("action").at(-1)).toBe(
      "view -> ['10.0.0.2', '80', 'a', 'both', 1425512900.001], " +
        "['10.0.0.3', '80', 'b', 'both', 'alone', 1425512900.001], ['10.0.0.4', '80', 1425512900.001]",
    );
  });

  test("a name that no file can have is not sent", () => {
    const { host, peer, note, texts, network } = asking();
    peer.lookup("", note);
    expect(texts()).toEqual(["bad-name"]);
    expect(network.dataFrom(host)).toHaveLength(1);
  });
});

describe("one at a time", () => {
  test("each answer goes to its own question, also where two answers are the same bytes", () => {
    const { network, peer, note, texts } = asking();
    for (const name of ["b", "alone", "x", "y", "a"]) peer.lookup(name, note);
    peer.view(note);
    peer.lookup("both", note);
    network.run(200);
    expect(texts()).toEqual([
      "10.0.0.3",
      "10.0.0.3",
      "404 file not found",
      "404 file not found",
      "10.0.0.2",
      "3 peers",
      "10.0.0.2 10.0.0.3",
    ]);
  });

  test("the same look-up twice within the duplicate window is answered twice", () => {
    const { network, peer, note, texts } = asking();
    peer.lookup("a", note);
    network.run(1000);
    peer.lookup("a", note);
    network.run(1010);
    expect(texts()).toEqual(["10.0.0.2", "10.0.0.2"]);
  });

  test("the same view twice, with no update between, is answered twice", () => {
    const { network, peer, note, texts } = asking();
    peer.view(note);
    network.run(1000);
    peer.view(note);
    network.run(1010);
    expect(texts()).toEqual(["3 peers", "3 peers"]);
  });

  test("a lost ACK of an answer does not hand the old answer to the next question", () => {
    const { network, peer, note, texts } = asking();
    let lost = 0;
    network.lose = ({ info }) => info.kind === "ack" && info.type === "RESULT" && ++lost === 1;
    peer.lookup("a", note);
    network.run(110);
    peer.lookup("b", note);
    network.run(5000);
    expect(texts()).toEqual(["10.0.0.2", "10.0.0.3"]);
  });

  test("a question whose ACK is lost is sent again, and what that brings is not taken for the next one's answer", () => {
    const { network, host, peer, note, texts } = asking();
    let lost = 0;
    network.lose = ({ info }) => info.kind === "ack" && info.type === "LOOKUP" && ++lost === 1;
    peer.lookup("a", note);
    peer.lookup("b", note);
    network.run(103);
    expect(texts()).toEqual(["10.0.0.2"]); // an answer is as good as an ACK where nothing was asked before
    network.run(5000);
    expect(texts()).toEqual(["10.0.0.2", "10.0.0.3"]);
    const lookups = network.dataFrom(host).filter((line) => line.includes("LOOKUP"));
    expect(lookups.map((line) => line.split(" ").slice(1).join(" "))).toEqual([
      'LOOKUP#1 "2 a 1 1"',
      'LOOKUP#2 "2 a 1 1"',
      'LOOKUP#1 "2 b 1 1"',
    ]);
  });

  test("a question may be asked from within the outcome of another", () => {
    const { network, peer, note, texts } = asking();
    peer.lookup("a", (outcome) => {
      note(outcome);
      peer.lookup("b", note);
    });
    network.run(200);
    expect(texts()).toEqual(["10.0.0.2", "10.0.0.3"]);
  });

  test("questions beyond maxQueuedRequests are refused at once", () => {
    const sharing = new FileSharing();
    const { peer } = sharing.joined(4, {}, { maxQueuedRequests: 1 });
    const texts: string[] = [];
    for (const name of ["a", "b", "c"]) peer.lookup(name, (outcome) => texts.push(`${name} ${brief(outcome)}`));
    expect(texts).toEqual(["c queue-full"]);
    sharing.network.run(100);
    expect(texts).toEqual(["c queue-full", "a 404 file not found", "b 404 file not found"]);
  });
});

describe("an answer that comes before its question's ACK, soon after another question", () => {
  const late = new TextEncoder().encode("5 10.0.0.66 80  1 1");

  /** The look-up of a is answered; b is asked at 1000 ms, and a late answer comes before anything else does. */
  function overtaken() {
    const system = asking();
    const { network, sharing, peer, note } = system;
    peer.lookup("a", note);
    network.run(1000);
    peer.lookup("b", note);
    peer.onDatagram(sharing.directoryHost.self, late);
    return system;
  }

  test("makes room for the one behind the ACK", () => {
    const { network, texts } = overtaken();
    network.run(1002);
    expect(texts()).toEqual(["10.0.0.2", "10.0.0.3"]);
  });

  test("is taken one timeout after the ACK, where no other comes", () => {
    const { network, texts } = overtaken();
    network.lose = ({ info, from }) => from.host === "10.0.0.1" && info.kind === "data";
    network.run(1002 + 999);
    expect(texts()).toEqual(["10.0.0.2"]);
    network.run(1002 + 1000);
    expect(texts()).toEqual(["10.0.0.2", "10.0.0.66"]);
  });

  test("is taken at the answer timeout, where not even the ACK comes", () => {
    const { network, texts } = overtaken();
    network.lose = ({ from }) => from.host === "10.0.0.1";
    network.run(1000 + 9999);
    expect(texts()).toEqual(["10.0.0.2"]);
    network.run(1000 + 10_000);
    expect(texts()).toEqual(["10.0.0.2", "10.0.0.66"]);
  });

  test("is taken at once, where the other question is a duplicate window ago", () => {
    const { network, sharing, peer, note, texts } = asking();
    peer.lookup("a", note);
    network.run(102 + 3000);
    peer.lookup("b", note);
    peer.onDatagram(sharing.directoryHost.self, late);
    expect(texts()).toEqual(["10.0.0.2", "10.0.0.66"]);
  });
});

describe("loss and silence", () => {
  test("a lost question and a lost answer are sent again", () => {
    const { network, peer, note, texts } = asking();
    const losesQuestion = isData("LOOKUP");
    const losesAnswer = isData("RESULT");
    network.lose = (packet) => losesQuestion(packet) || losesAnswer(packet);
    peer.lookup("a", note);
    network.run(5000);
    expect(texts()).toEqual(["10.0.0.2"]);
  });

  test("no answer within the answer timeout, counted from sending; the next question has its own", () => {
    const { network, peer, note, texts, sharing } = asking();
    network.lose = ({ from }) => from.key === sharing.directoryHost.self.key;
    peer.lookup("a", note);
    peer.lookup("b", note);
    network.run(100 + 9999);
    expect(texts()).toEqual([]);
    network.run(100 + 10_000);
    expect(texts()).toEqual(["no-answer"]);
    network.lose = () => false;
    network.run(100 + 20_000);
    expect(texts()).toEqual(["no-answer", "10.0.0.3"]);
  });

  test("a question whose packets are never acknowledged is given up", () => {
    const sharing = new FileSharing();
    const { peer } = sharing.joined(4, {}, { answerTimeoutMs: 1e9 });
    const texts: string[] = [];
    sharing.network.lose = () => true;
    peer.lookup("a", (outcome) => texts.push(brief(outcome)));
    sharing.network.run(1_000_000);
    expect(texts).toEqual(["given-up"]);
  });

  test("an answer that comes after its question was given up is rejected and traced", () => {
    const { network, host, peer, note, texts } = asking();
    network.delayMs = 6000; // there and back: 12 s
    peer.lookup("a", note);
    network.run(30_000);
    expect(texts()).toEqual(["no-answer"]);
    expect(host.noted("reject")).toContain("nobody waits for this RESULT");
  });

  test("once answered, a question leaves no timer running; its answer is forgotten after the duplicate window", () => {
    const { network, host, peer, note } = asking();
    peer.lookup("a", note);
    network.run(102 + 2999);
    expect(host.runningTimers).toBe(2); // the next update's, and the forgetting's
    network.run(102 + 3000);
    expect(host.runningTimers).toBe(1);
  });

  test("stop: every question's outcome is that", () => {
    const { peer, note, texts, network } = asking();
    peer.lookup("a", note);
    peer.view(note);
    peer.stop();
    expect(texts()).toEqual(["stopped", "stopped"]);
    peer.lookup("b", note);
    expect(texts()).toEqual(["stopped", "stopped", "stopped"]);
    network.run(20_000);
    expect(texts()).toHaveLength(3);
  });
});

describe("rubbish", () => {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

  test("an answer that makes no sense fails the question that waits", () => {
    const { sharing, host, peer, note, texts } = asking();
    peer.lookup("a", note);
    peer.onDatagram(sharing.directoryHost.self, encode("5 10.0.0.2 eighty  1 1"));
    expect(texts()).toEqual(["bad-answer"]);
    expect(host.noted("reject")).toEqual(["malformed RESULT"]);
  });

  test("a result without a source makes no sense: a file that nobody has is an ERROR", () => {
    const { sharing, peer, note, texts } = asking();
    peer.lookup("a", note);
    peer.onDatagram(sharing.directoryHost.self, encode("5  1 1"));
    expect(texts()).toEqual(["bad-answer"]);
  });

  test("an answer to another kind of question is not taken", () => {
    const { sharing, host, peer, note, texts, network } = asking();
    peer.view(note);
    peer.onDatagram(sharing.directoryHost.self, encode("5 10.0.0.2 80  1 1"));
    expect(texts()).toEqual([]);
    expect(host.noted("reject")).toEqual(["nobody waits for this RESULT"]);
    network.run(200);
    expect(texts()).toEqual(["3 peers"]);
  });

  test("answers from anyone but the directory are rejected", () => {
    const { sharing, host, peer, note, texts, network } = asking();
    const stranger = sharing.network.host("10.0.0.66", 7777);
    peer.lookup("a", note);
    peer.onDatagram(stranger.self, encode("5 10.0.0.66 80  1 1"));
    expect(host.noted("reject")).toEqual(["a RESULT that is not from the directory"]);
    network.run(200);
    expect(texts()).toEqual(["10.0.0.2"]);
  });
});
