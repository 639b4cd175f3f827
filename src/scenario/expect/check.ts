/**
 * Checks expectations against their scenario: hosts and message types that do not exist would be expectations over
 * nothing. (Unknown metrics, forms and events are refused by the schema already.)
 */

import { MESSAGE_TYPE_NAMES } from "../../core/wire/packet.ts";
import { anyOf, nearest } from "../suggest.ts";
import type { Expectation, Listing } from "./expectation.ts";
import { CONTROL_TYPES, SEGMENT_TYPES } from "./metrics/label-classes.ts";

export interface ExpectationFinding {
  /** From the item of `expect`: `[2, "events", "node"]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly suggestion?: string;
}

export interface CheckContext {
  /** All hosts, groups spelled out (`flock-1`, `flock-2`, ...). */
  readonly hostNames: readonly string[];
  /** The hosts with a directory; absent: not checked. */
  readonly directories?: readonly string[];
  /** Message types beside the file-sharing system's own. */
  readonly messageTypes?: readonly string[];
}

/** What is wrong with a scenario's expectations. Empty: nothing. */
export function checkExpectations(expectations: readonly Expectation[], context: CheckContext): ExpectationFinding[] {
  const messageTypes = [...Object.values(MESSAGE_TYPE_NAMES), ...(context.messageTypes ?? [])];
  const checker = new Checker(context, [
    ...messageTypes.flatMap((type) => [type, `${type}-ACK`]),
    ...CONTROL_TYPES,
    ...SEGMENT_TYPES,
  ]);
  expectations.forEach((expectation, index) => {
    checker.check(expectation, index);
  });
  return checker.findings;
}

class Checker {
  readonly findings: ExpectationFinding[] = [];
  private readonly context: CheckContext;
  private readonly types: readonly string[];

  constructor(context: CheckContext, types: readonly string[]) {
    this.context = context;
    this.types = types;
  }

  check(expectation: Expectation, index: number): void {
    switch (expectation.form) {
      case "metric":
        this.host(expectation.scope.host, [index, "host"]);
        this.peer(expectation.scope.peer, [index, "peer"]);
        this.type(expectation.scope.type, [index, "type"]);
        return;
      case "events":
        this.host(expectation.match.node, [index, "events", "node"]);
        this.peer(expectation.match.peer, [index, "events", "peer"]);
        this.type(expectation.match.type, [index, "events", "type"]);
        return;
      case "lookup":
        this.host(expectation.host, [index, "lookup", "host"]);
        expectation.offers?.forEach((host, i) => {
          this.host(host, [index, "lookup", "offers", i]);
        });
        return;
      case "view":
        this.host(expectation.host, [index, "view", "host"]);
        this.listing(expectation.shows, [index, "view", "shows"]);
        return;
      case "download":
        this.host(expectation.host, [index, "download", "host"]);
        this.host(expectation.from, [index, "download", "from"]);
        for (const host of Object.keys(expectation.dropped ?? {}))
          this.host(host, [index, "download", "dropped", host]);
        return;
      case "directory":
        this.directory(expectation.host, [index, "directory"]);
        this.listing(expectation.lists, [index, "directory", "lists"]);
        return;
      case "list":
      case "send":
        this.host(expectation.host, [index, expectation.form, "host"]);
        return;
      case "converges":
        if (this.context.directories?.length === 0) this.noDirectory([index, "converges"]);
    }
  }

  private host(host: string | undefined, path: readonly (string | number)[]): void {
    if (host !== undefined) this.mustBe("host", host, this.context.hostNames, path);
  }

  /** The other end may be an address that no host has. */
  private peer(peer: string | undefined, path: readonly (string | number)[]): void {
    if (peer !== undefined && !/[.:]/.test(peer)) this.host(peer, path);
  }

  private type(type: string | undefined, path: readonly (string | number)[]): void {
    if (type !== undefined) this.mustBe("message type", type, this.types, path);
  }

  /** Hosts that a listing names may be addresses too: of a peer that the scenario does not know. */
  private listing(listing: Listing, path: readonly (string | number)[]): void {
    for (const host of Object.keys(listing)) this.peer(host, [...path, host]);
  }

  private directory(host: string | undefined, path: readonly (string | number)[]): void {
    const { directories } = this.context;
    if (host !== undefined) {
      this.mustBe(directories ? "directory" : "host", host, directories ?? this.context.hostNames, [...path, "host"]);
    } else if (directories?.length === 0) this.noDirectory(path);
    else if (directories && directories.length > 1) {
      this.findings.push({ path, message: `there are several directories: add "host", ${anyOf(directories)}` });
    }
  }

  private noDirectory(path: readonly (string | number)[]): void {
    this.findings.push({ path, message: "there is no directory among the hosts" });
  }

  private mustBe(what: string, word: string, words: readonly string[], path: readonly (string | number)[]): void {
    if (words.includes(word)) return;
    const suggestion = nearest(word, words);
    const message = `there is no ${what} ${JSON.stringify(word)}; there are ${words.length === 0 ? "none" : anyOf(words)}`;
    this.findings.push({ path, message, ...(suggestion !== undefined && { suggestion }) });
  }
}
