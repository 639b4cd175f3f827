/** Each participant's state at the moment shown: its condition, the directory's table, what it waits for, its estimates. */

import { type ParticipantState, Replay } from "../model/moment.ts";
import { countOf, groupDigits, readableDuration, readableNumber } from "../text.ts";
import { h, panel } from "./dom.ts";
import type { Store } from "./store.ts";

/** Participants, and lines of one kind in each, that are shown; the rest is counted. */
const MAX_PARTICIPANTS = 24;
const MAX_LINES = 12;

export class StateView {
  readonly root: HTMLElement;
  private readonly store: Store;
  private readonly replay: Replay;
  private readonly cards: HTMLElement;
  private shownAt = Number.NaN;
  private shownMs = Number.NaN;

  constructor(store: Store) {
    this.store = store;
    this.replay = new Replay(store.model);
    this.cards = h("div", { class: "cards" });
    this.root = panel("Participants at this moment", "state-panel", this.cards);
    store.watch(() => this.show());
  }

  private show(): void {
    const { at, timeMs } = this.store;
    if (at === this.shownAt && timeMs === this.shownMs) return;
    this.shownAt = at;
    this.shownMs = timeMs;
    const states = this.replay.at(at);
    const cards = states.slice(0, MAX_PARTICIPANTS).map((state) => card(state, timeMs));
    const more = states.length - cards.length;
    if (more > 0) cards.push(h("p", {}, `and ${countOf(more, "more participant")}`));
    if (cards.length === 0) cards.push(h("p", {}, "Nobody has done anything yet."));
    this.cards.replaceChildren(...cards);
  }
}

function card(state: ParticipantState, timeMs: number): HTMLElement {
  const head = h("h3", {}, state.name, " ", h("span", { class: `condition ${state.condition}` }, state.condition));
  const lines = [
    ...tableOf(state, timeMs),
    ...list("waits for the ACK of", [...state.outstanding.values()], (one) => {
      const again = one.attempt > 1 ? `, attempt ${one.attempt}` : "";
      return `${one.type} ${one.seq}/${one.total} to ${one.peer}${again}, sent ${since(one.sentNs, timeMs)}`;
    }),
    ...list("estimates", [...state.estimators], ([peer, one]) => {
      const estimate = Number.isNaN(one.estimatedRttMs)
        ? ""
        : `EstimatedRTT ${ms(one.estimatedRttMs)}, DevRTT ${ms(one.devRttMs)}, `;
      return `${peer}: ${estimate}TimeoutInterval ${ms(one.timeoutIntervalMs)}`;
    }),
    ...list("has received", [...state.receptions.values()], (one) => {
      // A capture does not show when its receiver had a message whole.
      const whole = one.messages === 0 ? "" : `${groupDigits(one.messages)} whole, `;
      return `${one.type} from ${one.peer}: ${whole}last packet ${one.seq}/${one.total}`;
    }),
    ...list("shares", [...state.shares], (file) => file),
    ...list("asked for", [...state.requests], (request) => request),
  ];
  const again = state.retransmitted === 0 ? "" : ` (${groupDigits(state.retransmitted)} of them again)`;
  const counts = `${countOf(state.sent, "packet")} sent${again}, ${groupDigits(state.delivered)} arrived`;
  const latest = state.latest === "" ? [] : [h("p", { class: "latest" }, state.latest)];
  return h(
    "article",
    { class: "card", "data-host": state.name },
    head,
    ...latest,
    ...lines,
    h("p", { class: "counts" }, counts),
  );
}

function tableOf({ table }: ParticipantState, timeMs: number): HTMLElement[] {
  if (table === undefined) return [];
  if (table.size === 0) return [h("p", {}, "directory table: empty")];
  return list("directory table", [...table], ([key, { files, peer, sinceNs }]) => {
    return `${key} (${peer}): ${files}, since ${readableDuration(sinceNs / 1e6)}${sinceNs / 1e6 === timeMs ? " (now)" : ""}`;
  });
}

function list<T>(name: string, items: readonly T[], text: (item: T) => string): HTMLElement[] {
  if (items.length === 0) return [];
  const lines = items.slice(0, MAX_LINES).map((item) => h("li", {}, text(item)));
  if (items.length > lines.length) lines.push(h("li", {}, `and ${groupDigits(items.length - lines.length)} more`));
  return [h("p", { class: "list-name" }, name), h("ul", {}, ...lines)];
}

const ms = (value: number): string => `${readableNumber(Math.round(value * 1000) / 1000)} ms`;

function since(sentNs: number, timeMs: number): string {
  return `${readableDuration(Math.round((timeMs - sentNs / 1e6) * 1000) / 1000)} ago`;
}
