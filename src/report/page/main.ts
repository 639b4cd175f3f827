/** The report's script: reads the data out of the page, and puts the views and the keyboard together. */

import type { PageData } from "../html/page-data.ts";
import { ladderSource } from "../ladder/options.ts";
import { unpackModel } from "../model/pack.ts";
import { ActivityView } from "./activity-view.ts";
import { button, h } from "./dom.ts";
import { EventsView } from "./events-view.ts";
import { LadderView } from "./ladder-view.ts";
import { Player } from "./player.ts";
import { RttView } from "./rtt-view.ts";
import { StateView } from "./state-view.ts";
import { Store } from "./store.ts";
import { rangeButtons, TimeRange } from "./time-range.ts";

function start(): void {
  const text = document.getElementById("trace")?.textContent ?? "";
  const place = document.getElementById("live");
  if (place === null) return;
  const data = JSON.parse(text) as PageData;
  const model = unpackModel(data.model);
  if (model.count === 0) {
    place.append(h("p", {}, "This run has no events."));
    return;
  }
  const store = new Store(ladderSource(model), data.rto);
  const player = new Player(store);
  const ladder = new LadderView(store);
  const range = new TimeRange(store.endMs / 1000);
  const rtt = new RttView(store, range);
  const activity = new ActivityView(store, range);
  const events = new EventsView(store);
  const side = h(
    "div",
    { class: "side" },
    rangeButtons(range, () => store.timeMs / 1000),
    ...(rtt.isEmpty ? [] : [rtt.root]),
    activity.root,
  );
  const invitation = h("strong", {}, "You see all of it: play or step to see it happen. ");
  store.watch(() => {
    invitation.hidden = store.moves > 0;
  });
  place.append(
    player.root,
    h(
      "p",
      { class: "keys" },
      invitation,
      "Keys: space plays, left and right step, Home and End, / filters, Esc lets go of a packet.",
    ),
    h("div", { class: "columns" }, ladder.root, side),
    new StateView(store).root,
    events.root,
  );
  document.documentElement.classList.add("has-script");
  if (!rtt.isEmpty) rtt.show(0);
  activity.show(0);
  store.changed();
  keyboard(store, player, events);
  offerCopy();
  linkVerdicts(store);
  openForPrint();
  document.documentElement.dataset.ready = "true";
}

function keyboard(store: Store, player: Player, events: EventsView): void {
  const actions: Readonly<Record<string, () => void>> = {
    " ": () => player.toggle(),
    ArrowLeft: () => player.step(-1),
    ArrowRight: () => player.step(1),
    Home: () => player.jump(-1),
    End: () => player.jump(store.model.count - 1),
    "/": () => events.filterBox.focus(),
    Escape: () => {
      store.select(0);
      store.hover(0);
    },
  };
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    // What has its own use for the key keeps it.
    const isBusy =
      target instanceof HTMLInputElement ||
      target instanceof HTMLSelectElement ||
      target instanceof HTMLTextAreaElement;
    const isPressed = event.key === " " && target instanceof Element && target.closest("button, summary") !== null;
    if (isBusy || isPressed || event.ctrlKey || event.metaKey || event.altKey) {
      if (isBusy && event.key === "Escape") (target as HTMLElement).blur();
      return;
    }
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

/** A button beside the command that runs it again. Where the browser gives no access to its clipboard, it selects the command. */
function offerCopy(): void {
  const command = document.getElementById("replay");
  if (command === null) return;
  const copy = button("copy", "Copy the command", () => {
    const selectIt = () => getSelection()?.selectAllChildren(command);
    if (navigator.clipboard === undefined) selectIt();
    else navigator.clipboard.writeText(command.textContent ?? "").catch(selectIt);
  });
  command.after(" ", copy);
}

/** The event that broke an expectation is a way to its moment. */
function linkVerdicts(store: Store): void {
  for (const element of document.querySelectorAll<HTMLElement>(".verdicts [data-event]")) {
    const event = Number(element.dataset.event);
    if (event >= store.model.count) continue;
    const go = () => {
      store.moveTo(event);
      store.select(store.model.events.packetId[event]!, false);
      document.getElementById("live")?.scrollIntoView();
    };
    element.replaceWith(button(element.textContent ?? "", "Show this moment", go));
  }
}

const passedVerdicts = () => document.querySelectorAll<HTMLDetailsElement>(".passed-verdicts");

/** The passed verdicts are open in the file, and folded up here; on paper they are open again. */
function foldVerdicts(): void {
  for (const one of passedVerdicts()) one.open = false;
}

function openForPrint(): void {
  let closed: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    closed = [...passedVerdicts()].filter(({ open }) => !open);
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
}

foldVerdicts();
// The page is painted before the work begins: a trace may have 100,000 events.
requestAnimationFrame(() => setTimeout(start));
