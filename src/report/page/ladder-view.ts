/**
 * The ladder diagram of the page: a window of the run that follows the moment shown, drawn by the same function as the
 * file. What has not happened yet is pale; a line shows the moment.
 */

import { storyOf, titleOf } from "../ladder/arrows.ts";
import { type Ladder, ladder } from "../ladder/ladder.ts";
import { MAX_SINGLE_SEGMENTS } from "../ladder/options.ts";
import type { Transmission } from "../model/packets.ts";
import { button, choice, h, panel } from "./dom.ts";
import type { Store } from "./store.ts";

/** Packets of one window; the next one begins in the middle of this one. */
const WINDOW_PACKETS = 36;
const MAX_HOST_CHOICES = 40;
/** Scrolled so far, the picture's own names are out of sight. */
const SHOW_NAMES_FROM_PX = 56;

export class LadderView {
  readonly root: HTMLElement;
  private readonly store: Store;
  private readonly frame: HTMLElement;
  private readonly picture: HTMLElement;
  private readonly nowLine: HTMLElement;
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
  private hasScrolled = false;

  constructor(store: Store) {
    this.store = store;
    const { transmissions, facts } = store.source;
    const segments = transmissions.filter(({ kind }) => kind === "segment").length;
    this.streams = segments > MAX_SINGLE_SEGMENTS ? "summary" : "segments";
    this.picture = h("div", { class: "picture" });
    this.names = h("div", { class: "lane-names", "aria-hidden": "true" });
    this.nowLine = h("div", { class: "now-line", "aria-hidden": "true" });
    this.frame = h(
      "div",
      { class: "ladder-frame", tabindex: 0, role: "group", "aria-label": "Ladder diagram, a window of the run" },
      this.names,
      this.picture,
      this.nowLine,
    );
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
      messages.root,
      hosts.root,
      ...(segments > 0 ? [streams.root] : []),
    );
    this.root = panel("Ladder diagram", "ladder-panel", tools, this.readout, this.frame);
    this.listen();
    this.packets = this.chosen();
    store.watch(() => this.show());
  }

  /** The last event of the first window: where the page begins, so that all of it is there to see. */
  get firstWindowEnd(): number {
    const next = this.packets[WINDOW_PACKETS];
    return next === undefined ? this.store.model.count - 1 : next.sendEvent - 1;
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
      if (Math.abs(this.frame.clientWidth - this.drawnWidth) > 8) this.redraw();
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

  private repaginate(): void {
    this.packets = this.chosen();
    this.redraw();
  }

  private redraw(): void {
    this.first = -1;
    this.store.changed();
  }

  private page(direction: 1 | -1): void {
    const { packets, store, first } = this;
    const to = Math.max(0, Math.min(packets.length - 1, first + direction * WINDOW_PACKETS));
    const sendEvent = packets[to]?.sendEvent;
    if (sendEvent !== undefined) store.moveTo(sendEvent);
  }

  private show(): void {
    const { store, packets } = this;
    const half = WINDOW_PACKETS / 2;
    const sent = upTo(packets, store.at);
    // The window that is drawn stays for as long as the moment is in it.
    const isInside = this.first >= 0 && sent >= this.first && (sent < this.first + WINDOW_PACKETS || this.isLast());
    if (!isInside) this.draw(Math.max(0, Math.floor((sent - half) / half) * half));
    const { drawn } = this;
    if (drawn === undefined) return;
    const y = drawn.scale.y(store.timeMs);
    this.nowLine.style.transform = `translateY(${y}px)`;
    for (const element of this.picture.querySelectorAll<SVGElement>("[data-packet]")) {
      const packetId = Number(element.dataset.packet);
      element.classList.toggle("is-lit", store.isLit(packetId));
      element.classList.toggle("is-future", (store.byPacket.get(packetId)?.sendEvent ?? -1) > store.at);
    }
    for (const element of this.picture.querySelectorAll<SVGElement>("[data-event]")) {
      element.classList.toggle("is-future", Number(element.dataset.event) > store.at);
    }
    this.tell();
    this.scrollTo(y);
  }

  private isLast(): boolean {
    return this.first + WINDOW_PACKETS >= this.packets.length;
  }

  private draw(first: number): void {
    const { packets, frame, store } = this;
    this.first = first;
    this.drawnWidth = frame.clientWidth;
    const [from, next] = [packets[first], packets[first + WINDOW_PACKETS]];
    const fromMs = first === 0 || from === undefined ? 0 : from.sentNs / 1e6;
    // At least a nanosecond, where many packets are sent at one moment.
    const toMs = next === undefined ? undefined : Math.max(next.sentNs / 1e6, fromMs + 1e-6);
    this.drawn = ladder(store.source, {
      fromMs,
      toMs,
      hosts: this.hostsOf(packets.slice(first, first + WINDOW_PACKETS)),
      message: this.message === "" ? undefined : { type: this.message },
      maxPackets: 3 * WINDOW_PACKETS,
      streams: this.streams,
      width: Math.max(480, this.drawnWidth - 8),
      focusable: true,
      title: `Packets ${first + 1} to ${Math.min(packets.length, first + WINDOW_PACKETS)} of ${packets.length}`,
      idPrefix: "live-ladder",
    });
    this.picture.innerHTML = this.drawn.svg;
    const names = [...this.drawn.lanes].map(([name, x]) => {
      const label = h("span", {}, name);
      label.style.left = `${x}px`;
      return label;
    });
    this.names.replaceChildren(...names);
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

  /** The packet that is pointed at, or chosen, in words. */
  private tell(): void {
    const { store } = this;
    const one = store.byPacket.get(store.hovered) ?? store.byPacket.get(store.selected);
    const text =
      one === undefined
        ? "Point at a packet, here or in the chart; click or press Enter to keep it."
        : `${titleOf(one)}: ${storyOf(one)}`;
    if (this.readout.textContent !== text) this.readout.textContent = text;
  }

  /** Keeps the moment in sight. */
  private scrollTo(y: number): void {
    const { frame, store } = this;
    if (store.hovered !== 0) return;
    // The page opens at the top, whatever moment it shows.
    if (!this.hasScrolled) {
      this.hasScrolled = true;
      return;
    }
    const [top, bottom] = [frame.scrollTop + 60, frame.scrollTop + frame.clientHeight - 60];
    if (y < top || y > bottom) frame.scrollTop = y - frame.clientHeight / 2;
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
