/**
 * The ladder diagram of the page: a window of the run that follows the moment shown, drawn by the same function as the
 * file. A line shows the moment, and all that is below it, the rest of a packet's way included, is pale: it has not
 * happened yet. Until the reader chooses a moment nothing is pale, for who only looks wants to see the whole.
 *
 * It scrolls when the moment changes, and never because of where the mouse is.
 */

import { storyOf, titleOf } from "../ladder/arrows.ts";
import { type Ladder, ladder } from "../ladder/ladder.ts";
import { MAX_SINGLE_SEGMENTS } from "../ladder/options.ts";
import type { Transmission } from "../model/packets.ts";
import { groupDigits } from "../text.ts";
import { button, choice, h, panel } from "./dom.ts";
import { takeOutLegend } from "./ladder-legend.ts";
import { PacketFocus } from "./packet-focus.ts";
import type { Store } from "./store.ts";

/** Packets of one window; where time leaves it, the next one begins in the middle of this one. */
const WINDOW_PACKETS = 36;
const HALF = WINDOW_PACKETS / 2;
const MAX_HOST_CHOICES = 40;
/** Scrolled so far, the picture's own names are out of sight. */
const SHOW_NAMES_FROM_PX = 56;
/** The moment is kept so far from the edges of what is in sight. */
const EDGE_PX = 60;
/** Marks reach so far above their moment. */
const ABOVE_LINE_PX = 10;

export class LadderView {
  readonly root: HTMLElement;
  private readonly store: Store;
  private readonly frame: HTMLElement;
  private readonly picture: HTMLElement;
  private readonly nowLine: HTMLElement;
  /** Lies over what has not happened yet. */
  private readonly veil: HTMLElement;
  private readonly legend: HTMLElement;
  private readonly range: HTMLElement;
  private readonly focus: PacketFocus;
  /** The hosts' names, which stay in sight. */
  private readonly names: HTMLElement;
  private readonly readout: HTMLElement;
  private streams: "summary" | "segments";
  private message = "";
  private host = "";
  /** The packets that are paged through. */
  private packets: readonly Transmission[] = [];
  private first = -1;
  private drawn: Ladder | undefined;
  private drawnWidth = 0;
  /** Store.moves when the picture was last scrolled to the moment. */
  private seenMoves = 0;

  constructor(store: Store) {
    this.store = store;
    const { transmissions, facts } = store.source;
    const segments = transmissions.filter(({ kind }) => kind === "segment").length;
    // A real run has no segments in its trace, and exchanges all the same.
    this.streams = segments === 0 || segments > MAX_SINGLE_SEGMENTS ? "summary" : "segments";
    this.picture = h("div", { class: "picture" });
    this.names = h("div", { class: "lane-names", "aria-hidden": "true" });
    this.nowLine = h("div", { class: "now-line", "aria-hidden": "true" });
    this.veil = h("div", { class: "veil", "aria-hidden": "true" });
    this.frame = h(
      "div",
      {
        class: "ladder-frame",
        role: "group",
        "aria-label": "Ladder diagram, a window of the run: up and down go from packet to packet, Enter keeps one",
      },
      this.names,
      h("div", { class: "under-veil" }, this.picture, this.veil, this.nowLine),
    );
    this.legend = h("div", { class: "ladder-legend" });
    this.range = h("span", { class: "window-range", role: "status" });
    this.focus = new PacketFocus(this.picture, this.frame, {
      turn: (direction) => this.page(direction),
      page: (direction) => this.page(direction),
    });
    this.readout = h("p", { class: "readout", id: "packet-readout", role: "status" });

    const types = [...new Set(transmissions.filter(({ kind }) => kind === "data").map(({ type }) => type))];
    const messages = choice("Messages", [["", "all"], ...types.map((type) => [type, type] as const)], (value) => {
      this.message = value;
      this.repaginate();
    });
    const names = facts.hosts.slice(0, MAX_HOST_CHOICES).map(({ name }) => name);
    const hosts = choice("Host", [["", "all"], ...names.map((name) => [name, name] as const)], (value) => {
      this.host = value;
      this.repaginate();
    });
    const streams = choice(
      "Byte streams",
      [
        ["summary", "one shape per exchange"],
        ["segments", "every segment"],
      ],
      (value) => {
        this.streams = value === "segments" ? "segments" : "summary";
        this.repaginate();
      },
    );
    streams.select.value = this.streams;
    const tools = h(
      "div",
      { class: "tools" },
      button("▲ earlier", "The window before", () => this.page(-1)),
      button("▼ later", "The window after", () => this.page(1)),
      button("◆ moment", "The window of the moment shown", () => this.goToMoment()),
      messages.root,
      hosts.root,
      ...(segments > 0 ? [streams.root] : []),
      this.range,
    );
    this.root = panel("Ladder diagram", "ladder-panel", tools, this.readout, this.frame, this.legend);
    this.listen();
    this.packets = this.chosen();
    store.watch(() => this.show());
  }

  private listen(): void {
    const packetAt = (event: Event): number => {
      const target = event.target instanceof Element ? event.target.closest("[data-packet]") : null;
      return target === null ? 0 : Number(target.getAttribute("data-packet"));
    };
    const { picture, store } = this;
    picture.addEventListener("pointerover", (event) => store.hover(packetAt(event)));
    picture.addEventListener("pointerleave", () => store.hover(0));
    picture.addEventListener("focusin", (event) => store.hover(packetAt(event)));
    picture.addEventListener("focusout", () => store.hover(0));
    const choose = (event: Event) => {
      const packetId = packetAt(event);
      store.select(packetId === store.selected ? 0 : packetId);
      // What was chosen here is in sight: nothing needs to scroll under the mouse.
      this.seenMoves = store.moves;
    };
    picture.addEventListener("click", choose);
    picture.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || packetAt(event) === 0) return;
      event.preventDefault();
      choose(event);
    });
    const { frame } = this;
    frame.addEventListener("scroll", () => frame.classList.toggle("is-scrolled", frame.scrollTop > SHOW_NAMES_FROM_PX));
    new ResizeObserver(() => {
      if (this.first >= 0 && Math.abs(this.frame.clientWidth - this.drawnWidth) > 8) {
        this.draw(this.first);
        this.store.changed();
      }
    }).observe(this.frame);
  }

  private chosen(): readonly Transmission[] {
    const { message, host, streams } = this;
    return this.store.source.transmissions.filter(
      (one) =>
        one.sendEvent >= 0 &&
        (streams === "segments" || one.kind !== "segment") &&
        (host === "" || one.from === host || one.to === host) &&
        (message === "" || one.type === message || one.type === `${message}-ACK`),
    );
  }

  /** Other packets: the window of the moment, from its top. */
  private repaginate(): void {
    this.packets = this.chosen();
    this.draw(this.windowOf(upTo(this.packets, this.store.at)));
    this.frame.scrollTop = 0;
    this.store.changed();
  }

  /** Turns to the window before or after, whatever the moment; false where there is none. */
  private page(direction: 1 | -1): boolean {
    const last = Math.max(0, Math.ceil((this.packets.length - WINDOW_PACKETS) / HALF) * HALF);
    const to = Math.max(0, Math.min(last, this.first + direction * WINDOW_PACKETS));
    if (to === this.first) return false;
    this.draw(to);
    this.frame.scrollTop = 0;
    this.store.changed();
    return true;
  }

  private goToMoment(): void {
    this.seenMoves = -1;
    this.store.changed();
  }

  /** The first packet of the window for a packet: it comes in the window's middle. */
  private windowOf(packet: number): number {
    return Math.max(0, Math.floor((packet - HALF) / HALF) * HALF);
  }

  private show(): void {
    const { store, packets } = this;
    const hasMoved = store.moves !== this.seenMoves;
    this.seenMoves = store.moves;
    const sent = upTo(packets, store.at);
    // The window that is drawn stays for as long as the moment is in it.
    const isInside = this.first >= 0 && sent >= this.first && (sent < this.first + WINDOW_PACKETS || this.isLast());
    if (this.first < 0 || (hasMoved && !isInside)) this.draw(this.windowOf(sent));
    const { drawn } = this;
    if (drawn === undefined) return;
    const y = this.showMoment(drawn);
    for (const element of this.picture.querySelectorAll<SVGElement>("[data-packet]")) {
      element.classList.toggle("is-lit", store.isLit(Number(element.dataset.packet)));
    }
    this.showSameMoment();
    this.tell();
    if (hasMoved && store.moves > 0) this.scrollTo(y);
  }

  /** Draws the moment's line and the veil below it. Returns how far down the moment is, in px. */
  private showMoment({ scale, fromMs, toMs }: Ladder): number {
    const { timeMs, moves, at } = this.store;
    const y = scale.y(timeMs);
    const isBefore = at < 0 || (timeMs < fromMs && this.first > 0);
    // Before the first event even the marks at the top are in the future, which reach above its line.
    const top = isBefore ? scale.topPx - ABOVE_LINE_PX : y;
    this.veil.hidden = moves === 0 || (timeMs > toMs && !this.isLast());
    this.veil.style.top = `${top}px`;
    this.nowLine.hidden = this.veil.hidden;
    this.nowLine.style.transform = `translateY(${top}px)`;
    this.frame.dataset.nowPx = this.veil.hidden ? "" : String(Math.round(top));
    return y;
  }

  /** What happens at the very moment that is shown, but is another, later event. */
  private showSameMoment(): void {
    const { at, timeMs, moves, byPacket, model } = this.store;
    const isLater = (event: number) =>
      moves > 0 && at >= 0 && event > at && model.events.timeNs[event]! / 1e6 <= timeMs + 1e-9;
    for (const element of this.picture.querySelectorAll<SVGElement>("[data-packet], [data-event]")) {
      const { packet, event } = element.dataset;
      const number = event === undefined ? (byPacket.get(Number(packet))?.sendEvent ?? -1) : Number(event);
      element.classList.toggle("is-future", isLater(number));
    }
  }

  private isLast(): boolean {
    return this.first + WINDOW_PACKETS >= this.packets.length;
  }

  private draw(first: number): void {
    const { packets, frame, store, focus } = this;
    focus.beforeDrawing();
    this.first = first;
    this.drawnWidth = frame.clientWidth;
    const [from, next] = [packets[first], packets[first + WINDOW_PACKETS]];
    const fromMs = first === 0 || from === undefined ? 0 : from.sentNs / 1e6;
    // Until before the next window's first packet; at least a nanosecond, where many are sent at one moment.
    const toMs = next === undefined ? undefined : Math.max((next.sentNs - 1) / 1e6, fromMs + 1e-6);
    this.drawn = ladder(store.source, {
      fromMs,
      toMs,
      hosts: this.hostsOf(packets.slice(first, first + WINDOW_PACKETS)),
      message: this.message === "" ? undefined : { type: this.message },
      maxPackets: 3 * WINDOW_PACKETS,
      streams: this.streams,
      width: Math.max(480, this.drawnWidth - 8),
      focusable: true,
      title: this.windowText(),
      idPrefix: "live-ladder",
    });
    this.picture.innerHTML = this.drawn.svg;
    const names = [...this.drawn.lanes].map(([name, x]) => {
      const label = h("span", {}, name);
      label.style.left = `${x}px`;
      return label;
    });
    this.names.replaceChildren(...names);
    takeOutLegend(this.picture, this.legend, this.drawn.scale.bottomPx);
    this.range.textContent = this.windowText();
    focus.afterDrawing(store.selected);
  }

  private windowText(): string {
    const { first, packets } = this;
    if (packets.length === 0) return "No packets";
    const last = Math.min(packets.length, first + WINDOW_PACKETS);
    return `Packets ${groupDigits(first + 1)} to ${groupDigits(last)} of ${groupDigits(packets.length)}`;
  }

  /** With a host chosen: that one and those it talks to in this window. */
  private hostsOf(window: readonly Transmission[]): readonly string[] | undefined {
    const { host, store } = this;
    if (host === "") return undefined;
    const names = new Set([host, ...window.flatMap(({ from, to }) => [from, to])]);
    return store.source.facts.hosts
      .map(({ name }) => name)
      .filter((name) => names.has(name))
      .slice(0, 8);
  }

  /** The packet that is pointed at, or chosen, in words; and where it is, if it is not in this window. */
  private tell(): void {
    const { store, readout } = this;
    const one = store.byPacket.get(store.hovered) ?? store.byPacket.get(store.selected);
    const key = `${one?.packetId} ${this.first} ${this.drawn?.packetIds.size} ${store.hovered === 0}`;
    if (readout.dataset.key === key) return;
    readout.dataset.key = key;
    if (one === undefined) {
      readout.replaceChildren("Point at a packet, here or in the chart; click or press Enter to keep it.");
      return;
    }
    readout.replaceChildren(`${titleOf(one)}: ${storyOf(one)}`, ...this.whereIs(one));
  }

  private whereIs(one: Transmission): (Node | string)[] {
    if (this.drawn?.packetIds.has(one.packetId) === true) return [];
    if (!this.packets.includes(one)) return [" (not among the packets that this ladder is set to show)"];
    // Who points at something else cannot press a button here: a click there goes to the packet.
    if (this.store.hovered !== 0) return [h("strong", {}, " In another window: click to go there.")];
    return [" In another window: ", button("go there", "Show the window with this packet", () => this.goTo(one))];
  }

  private goTo(one: Transmission): void {
    this.draw(this.windowOf(this.packets.indexOf(one)));
    this.scrollTo(this.drawn?.scale.y(one.sentNs / 1e6) ?? 0);
    this.store.changed();
  }

  /** Brings a place into sight, if it is not. */
  private scrollTo(y: number): void {
    const { frame } = this;
    const [top, bottom] = [frame.scrollTop + EDGE_PX, frame.scrollTop + frame.clientHeight - EDGE_PX];
    if (y < top || y > bottom) frame.scrollTop = y - frame.clientHeight / 3;
  }
}

/** The last packet that was sent at or before an event; 0 where none was. */
function upTo(packets: readonly Transmission[], event: number): number {
  let [low, high] = [0, packets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (packets[middle]!.sendEvent <= event) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
