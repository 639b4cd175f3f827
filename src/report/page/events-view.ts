/**
 * All events in words, with a filter box. Only the rows in sight are in the document, so that 100,000 events scroll as
 * well as a hundred.
 */

import { momentText, unitFor } from "../ladder/time-scale.ts";
import { parseFilter } from "../model/filter.ts";
import { eventWords } from "../model/words.ts";
import { countOf, groupDigits } from "../text.ts";
import { h, panel } from "./dom.ts";
import type { Store } from "./store.ts";

const ROW_PX = 24;
/** Rows beyond the edges of what is in sight. */
const MARGIN_ROWS = 8;

export class EventsView {
  readonly root: HTMLElement;
  readonly filterBox: HTMLInputElement;
  private readonly store: Store;
  private readonly frame: HTMLElement;
  private readonly spacer: HTMLElement;
  private readonly count: HTMLElement;
  /** The numbers of the events that pass the filter; undefined: all of them do. */
  private passing: Int32Array | undefined;
  private followedAt = Number.NaN;

  constructor(store: Store) {
    this.store = store;
    this.filterBox = h("input", {
      type: "search",
      class: "filter",
      placeholder: 'drop host:H2 -type:UPDATE time:2s..4s note:"given up"',
      "aria-label": "Filter the events",
      "aria-describedby": "filter-count",
    });
    this.filterBox.addEventListener("input", () => this.filter());
    this.count = h("span", { id: "filter-count", role: "status" });
    this.spacer = h("div", { class: "rows" });
    this.frame = h(
      "div",
      {
        class: "events-frame",
        tabindex: 0,
        role: "listbox",
        "aria-label": "Events: up and down go from one to the next",
      },
      this.spacer,
    );
    this.frame.addEventListener("scroll", () => this.render());
    this.frame.addEventListener("click", (event) => this.onClick(event));
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.spacer.addEventListener("pointerover", (event) => this.store.hover(this.packetAt(event)));
    this.spacer.addEventListener("pointerleave", () => this.store.hover(0));
    const help = h("details", { class: "help" }, h("summary", {}, "how to filter"), HELP());
    this.root = panel(
      "Events",
      "events-panel",
      h("div", { class: "tools" }, this.filterBox, this.count, help),
      this.frame,
    );
    this.filter();
    store.watch(() => this.follow());
  }

  private get length(): number {
    return this.passing?.length ?? this.store.model.count;
  }

  private eventAt(row: number): number {
    return this.passing === undefined ? row : (this.passing[row] ?? -1);
  }

  private filter(): void {
    const { model } = this.store;
    const filter = parseFilter(this.filterBox.value);
    this.filterBox.setAttribute("aria-invalid", String(!filter.ok));
    this.count.classList.toggle("is-error", !filter.ok);
    if (!filter.ok) {
      this.count.textContent = filter.error;
      return;
    }
    if (filter.isEmpty) this.passing = undefined;
    else {
      const numbers: number[] = [];
      for (let i = 0; i < model.count; i++) if (filter.matches(model, i)) numbers.push(i);
      this.passing = Int32Array.from(numbers);
    }
    const left = model.eventsSeen - model.count;
    const beyond = left > 0 ? ` (${countOf(left, "more event")} of the run are not in this report)` : "";
    this.count.textContent = `${groupDigits(this.length)} of ${countOf(model.count, "event")}${beyond}`;
    this.spacer.style.height = `${this.length * ROW_PX}px`;
    this.followedAt = Number.NaN;
    this.follow();
  }

  private render(): void {
    const { frame, spacer, store } = this;
    const first = Math.max(0, Math.floor(frame.scrollTop / ROW_PX) - MARGIN_ROWS);
    const last = Math.min(this.length, Math.ceil((frame.scrollTop + frame.clientHeight) / ROW_PX) + MARGIN_ROWS);
    // Rows that stay are left in place: a row that was replaced under the mouse would lose its click.
    const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
    const wanted = new Set(rows.map((row) => rowId(this.eventAt(row))));
    for (const element of [...spacer.children]) if (!wanted.has(element.id)) element.remove();
    // What is left is in the order of the events.
    let next = spacer.firstElementChild;
    for (const row of rows) {
      const isThere = next instanceof HTMLElement && next.id === rowId(this.eventAt(row));
      const element = isThere ? (next as HTMLElement) : this.row(row);
      this.mark(element, row);
      if (isThere) next = element.nextElementSibling;
      else spacer.insertBefore(element, next);
    }
    const current = spacer.querySelector(".is-current");
    if (current === null) frame.removeAttribute("aria-activedescendant");
    else frame.setAttribute("aria-activedescendant", current.id);
    frame.dataset.at = String(store.at);
  }

  private row(row: number): HTMLElement {
    const { store } = this;
    const { model } = store;
    const i = this.eventAt(row);
    const { kind, place, words } = eventWords(model, i);
    return h(
      "div",
      { class: `event ${kind}`, id: rowId(i), role: "option", "data-row": i },
      h("span", { class: "number" }, groupDigits(i + 1)),
      h("span", { class: "time" }, momentText(model.events.timeNs[i]! / 1e6, unitFor(store.endMs))),
      h("span", { class: "kind" }, kind),
      h("span", { class: "place" }, place),
      h("span", { class: "words", title: words }, words),
    );
  }

  /** What of a row changes with the moment, the selection and the filter. */
  private mark(element: HTMLElement, row: number): void {
    const { store } = this;
    const i = this.eventAt(row);
    element.classList.toggle("is-current", i === store.at);
    element.classList.toggle("is-future", i > store.at);
    element.classList.toggle("is-lit", store.isLit(store.model.events.packetId[i]!));
    element.setAttribute("aria-selected", String(i === store.at));
    element.style.transform = `translateY(${row * ROW_PX}px)`;
  }

  /** Keeps the event of the moment in sight, where it passes the filter. */
  private follow(): void {
    const { frame, store } = this;
    if (store.at !== this.followedAt) {
      this.followedAt = store.at;
      const top = Math.max(0, this.rowAtOrBefore(store.at)) * ROW_PX;
      if (top < frame.scrollTop + ROW_PX || top > frame.scrollTop + frame.clientHeight - 2 * ROW_PX) {
        frame.scrollTop = top - frame.clientHeight / 2;
      }
    }
    this.render();
  }

  /** The last row whose event is not after `event`; -1 where there is none. */
  private rowAtOrBefore(event: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.eventAt(middle) <= event) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private packetAt(event: Event): number {
    const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
    return row === null ? 0 : this.store.model.events.packetId[Number(row.getAttribute("data-row"))]!;
  }

  private onClick(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
    if (row !== null) this.goTo(Number(row.getAttribute("data-row")));
  }

  private goTo(i: number): void {
    const { store } = this;
    store.moveTo(i);
    store.select(store.model.events.packetId[i]!, false);
  }

  private onKey(event: KeyboardEvent): void {
    const page = Math.floor(this.frame.clientHeight / ROW_PX) - 1;
    const steps: Partial<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page };
    const step = steps[event.key];
    if (step === undefined || this.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const row = Math.max(0, Math.min(this.length - 1, this.rowAtOrBefore(this.store.at) + step));
    this.goTo(this.eventAt(row));
  }
}

function rowId(event: number): string {
  return `event-${event}`;
}

const HELP = () =>
  h(
    "p",
    {},
    "Words and field:value terms, all of which must match; a minus in front turns one round. Fields: event (event:drop, event:40..60), time (time:2s..4s, time:>2s), host, type, note, packet, seq, attempt (attempt:>1). Quote what has spaces.",
  );
