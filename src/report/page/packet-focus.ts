/**
 * The keyboard in the ladder diagram: all of its packets are one stop of the Tab key. Up and down go from packet to
 * packet, and where the picture is drawn anew, the focus is put back to where it was.
 */

/** Where a key leads to that no packet of this picture has. */
export interface PacketKeys {
  /** The packet after the last one, or before the first one: draws another window, if there is one, and says whether. */
  readonly turn: (direction: 1 | -1) => boolean;
  /** Page up and page down. */
  readonly page: (direction: 1 | -1) => void;
}

export class PacketFocus {
  private readonly picture: HTMLElement;
  private readonly frame: HTMLElement;
  private readonly keys: PacketKeys;
  /** Where the focus was when the picture was thrown away. */
  private lost: { readonly packet: string } | undefined;

  /** `frame` takes the focus where there is no packet. */
  constructor(picture: HTMLElement, frame: HTMLElement, keys: PacketKeys) {
    this.picture = picture;
    this.frame = frame;
    this.keys = keys;
    picture.addEventListener("focusin", ({ target }) => {
      const packet = target instanceof Element ? target.closest<SVGElement>(".packet") : null;
      if (packet !== null) this.makeStop(packet);
    });
    frame.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Call before the picture is replaced. */
  beforeDrawing(): void {
    const { activeElement } = document;
    if (!(activeElement instanceof SVGElement) || !this.picture.contains(activeElement)) return;
    this.lost = { packet: activeElement.dataset.packet ?? "" };
  }

  /** Call when the new picture is there. `preferred` is the packet that Tab comes to, where it is drawn. */
  afterDrawing(preferred: number): void {
    const packets = this.packets();
    for (const packet of packets) packet.setAttribute("tabindex", "-1");
    const named = (id: string) => packets.find((packet) => packet.dataset.packet === id);
    const stop = named(this.lost?.packet ?? "") ?? named(String(preferred)) ?? packets[0];
    this.frame.tabIndex = stop === undefined ? 0 : -1;
    stop?.setAttribute("tabindex", "0");
    if (this.lost !== undefined) (stop ?? this.frame).focus({ preventScroll: true });
    this.lost = undefined;
  }

  private packets(): SVGElement[] {
    return [...this.picture.querySelectorAll<SVGElement>(".packet")];
  }

  private makeStop(packet: SVGElement): void {
    for (const other of this.picture.querySelectorAll('.packet[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    packet.setAttribute("tabindex", "0");
  }

  private onKey(event: KeyboardEvent): void {
    const steps: Partial<Record<string, 1 | -1>> = { ArrowUp: -1, ArrowDown: 1, PageUp: -1, PageDown: 1 };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.key.startsWith("Page")) this.keys.page(step);
    else this.go(step);
  }

  private go(step: 1 | -1): void {
    const packets = this.packets();
    const at = packets.indexOf(document.activeElement as SVGElement);
    let next = at < 0 ? packets[0] : packets[at + step];
    if (next === undefined && at >= 0) {
      const { packet = "" } = packets[at]!.dataset;
      if (!this.keys.turn(step)) return;
      const drawn = this.packets();
      const again = drawn.findIndex((one) => one.dataset.packet === packet);
      next = again < 0 ? drawn.at(step > 0 ? 0 : -1) : (drawn[again + step] ?? drawn[again]);
    }
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }
}
