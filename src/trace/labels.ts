/**
 * The texts of a trace (names, message types, notes) as small integers: an event carries ids, and whoever needs the
 * words looks them up. Ids are stable within a run; the hash of a text depends on the text alone.
 */

/** Distinct texts kept; later ones are handed out as one-off labels, so that a long run does not grow memory. */
const MAX_LABELS = 1 << 17;

/** The id of a text that is not kept: good until the next one-off label is made. */
export const ONE_OFF = -1;

export class Labels {
  private readonly ids = new Map<string, number>([["", 0]]);
  private readonly texts: string[] = [""];
  /** By id + 1: the first is the one-off label's. */
  private hashes = new Int32Array(64);
  private oneOffText = "";

  /** The id of a text that comes again and again. "" is 0. */
  id(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    if (this.texts.length >= MAX_LABELS) return this.oneOff(text);
    const id = this.texts.length;
    this.ids.set(text, id);
    this.texts.push(text);
    if (id + 1 >= this.hashes.length) {
      const bigger = new Int32Array(this.hashes.length * 2);
      bigger.set(this.hashes);
      this.hashes = bigger;
    }
    this.hashes[id + 1] = hashText(text);
    return id;
  }

  /** A label for a text that is unlikely to come again; its id is good until the next call. */
  oneOff(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    this.oneOffText = text;
    this.hashes[0] = hashText(text);
    return ONE_OFF;
  }

  text(id: number): string {
    return id === ONE_OFF ? this.oneOffText : (this.texts[id] as string);
  }

  hash(id: number): number {
    return this.hashes[id + 1] as number;
  }
}

/** FNV-1a over UTF-16 code units, 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
