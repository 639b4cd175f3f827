/** What is said about one expectation, before `shouldFail` turns it round. */

import type { Verdict } from "./facts.ts";

export interface Judgement {
  /** `nothing`: there was nothing to judge, which fails whether or not the expectation should fail. */
  readonly outcome: "holds" | "broken" | "nothing";
  readonly expected: string;
  readonly found: string;
  /** The event that broke it. */
  readonly evidence?: Evidence | undefined;
}

export interface Evidence {
  readonly atMs: number;
  /** Undefined where the event is not about a packet. */
  readonly packetId?: number | undefined;
  /** Number of the event in the run, from 1; undefined where what decided is not an event of the trace. */
  readonly event?: number | undefined;
}

/** The aspects of an expectation together: all must hold; what is broken comes before what has nothing to judge. */
export function allOf(aspects: readonly Judgement[]): Judgement {
  const broken = aspects.find(({ outcome }) => outcome === "broken");
  const decisive = broken ?? aspects.find(({ outcome }) => outcome === "nothing");
  const unmet = aspects.filter(({ outcome }) => outcome !== "holds");
  return {
    outcome: decisive?.outcome ?? "holds",
    expected: aspects.map(({ expected }) => expected).join("; "),
    found: (unmet.length > 0 ? unmet : aspects).map(({ found }) => found).join("; "),
    evidence: decisive?.evidence,
  };
}

export interface VerdictHead {
  readonly text: string;
  readonly because: string | undefined;
  readonly shouldFail: string | undefined;
}

/** The verdict; with `shouldFail`, only an expectation that was judged and broken passes. */
export function verdictOf({ text, because, shouldFail }: VerdictHead, judgement: Judgement): Verdict {
  const { outcome, expected, found, evidence } = judgement;
  const { atMs, packetId, event } = evidence ?? {};
  return {
    expectation: text,
    ...(because !== undefined && { because }),
    passed: outcome === (shouldFail === undefined ? "holds" : "broken"),
    expected,
    found: shouldFail !== undefined && outcome === "holds" ? `${found}: it holds, though it should fail` : found,
    ...(shouldFail !== undefined && { shouldFail }),
    ...(atMs !== undefined && { atMs }),
    ...(packetId !== undefined && packetId !== 0 && { packetId }),
    ...(event !== undefined && { event }),
  };
}
