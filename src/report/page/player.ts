/** The controls of time: a slider, play, one step forward, one step back, and how fast. */

import { momentText, unitFor } from "../ladder/time-scale.ts";
import { groupDigits } from "../text.ts";
import { button, choice, h } from "./dom.ts";
import type { Store } from "./store.ts";

const SLIDER_STEPS = 10_000;
const SPEEDS: readonly (readonly [string, string])[] = [
  ["2", "2 events/s"],
  ["8", "8 events/s"],
  ["32", "32 events/s"],
  ["128", "128 events/s"],
];

/** A browser that was busy elsewhere makes playing slower, and skips nothing. */
const LONGEST_FRAME_MS = 100;

export class Player {
  readonly root: HTMLElement;
  private readonly store: Store;
  private readonly slider: HTMLInputElement;
  private readonly clock: HTMLElement;
  private readonly playButton: HTMLButtonElement;
  private eventsPerSecond = 8;
  private isPlaying = false;
  private lastFrameMs = 0;
  /** Parts of an event that playing owes. */
  private owed = 0;

  constructor(store: Store) {
    this.store = store;
    this.slider = h("input", { type: "range", min: 0, max: SLIDER_STEPS, value: 0, "aria-label": "Time" });
    this.slider.addEventListener("input", () => this.onSlide());
    this.slider.addEventListener("keydown", (event) => this.onSliderKey(event));
    this.clock = h("output", { class: "clock", "aria-live": "off" });
    this.playButton = button("▶ play", "Play or pause (space)", () => this.toggle());
    const speed = choice("Speed", SPEEDS, (value) => {
      this.eventsPerSecond = Number(value);
    });
    speed.select.value = "8";
    this.root = h(
      "div",
      { class: "player", role: "group", "aria-label": "Time" },
      button("|◀", "To the start (Home)", () => this.jump(-1)),
      button("◀ step", "One event back (left arrow)", () => this.step(-1)),
      this.playButton,
      button("step ▶", "One event forward (right arrow)", () => this.step(1)),
      button("▶|", "To the end (End)", () => this.jump(store.model.count - 1)),
      speed.root,
      this.slider,
      this.clock,
    );
    store.watch(() => this.show());
  }

  step(events: number): void {
    this.pause();
    this.store.moveTo(this.store.at + events);
  }

  jump(event: number): void {
    this.pause();
    this.store.moveTo(event);
  }

  toggle(): void {
    if (this.isPlaying) {
      this.pause();
      return;
    }
    if (this.store.at >= this.store.model.count - 1) this.store.moveTo(-1);
    this.isPlaying = true;
    this.owed = 0;
    this.lastFrameMs = Number.NaN;
    this.playButton.textContent = "❚❚ pause";
    requestAnimationFrame((nowMs) => this.onFrame(nowMs));
  }

  private pause(): void {
    this.isPlaying = false;
    this.playButton.textContent = "▶ play";
  }

  private onFrame(nowMs: number): void {
    if (!this.isPlaying) return;
    const elapsedMs = Number.isNaN(this.lastFrameMs) ? 0 : Math.min(nowMs - this.lastFrameMs, LONGEST_FRAME_MS);
    this.lastFrameMs = nowMs;
    this.owed += (elapsedMs / 1000) * this.eventsPerSecond;
    const events = Math.floor(this.owed);
    this.owed -= events;
    if (events > 0) this.store.moveTo(this.store.at + events);
    if (this.store.at >= this.store.model.count - 1) this.pause();
    else requestAnimationFrame((next) => this.onFrame(next));
  }

  private onSlide(): void {
    this.pause();
    this.store.moveToTime((Number(this.slider.value) / SLIDER_STEPS) * this.store.endMs);
  }

  /** One key is one event: a step of the slider may be many, or none. */
  private onSliderKey(event: KeyboardEvent): void {
    const steps: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.step(step);
  }

  private show(): void {
    const { at, endMs, model, timeMs } = this.store;
    const unit = unitFor(endMs);
    this.slider.value = String(endMs > 0 ? Math.round((timeMs / endMs) * SLIDER_STEPS) : 0);
    const text = `${momentText(timeMs, unit)} of ${momentText(endMs, unit)}, event ${groupDigits(at + 1)} of ${groupDigits(model.count)}`;
    this.slider.setAttribute("aria-valuetext", text);
    this.clock.textContent = text;
  }
}
