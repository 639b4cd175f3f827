/** A value on one line, as YAML's flow style writes it: `{ within: 1%, of: 1.2346 }`. */

const PLAIN = /^[\p{L}\p{N}_./+-][\p{L}\p{N} _./%+-]*$/u;
const LOOKS_LIKE_ANOTHER_TYPE = /^([+-]?[\d.]+(e[+-]?\d+)?|true|false|null|~|-.*)$|\s$/i;

export function flow(value: unknown): string {
  if (typeof value === "string")
    return PLAIN.test(value) && !LOOKS_LIKE_ANOTHER_TYPE.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (value instanceof Object) return Object.keys(value).length === 0 ? "{}" : `{ ${flowEntries(value)} }`;
  return String(value);
}

/** The entries of a mapping without its braces: how an item of a list reads. */
export function flowEntries(mapping: object): string {
  return Object.entries(mapping)
    .map(([key, value]) => `${flow(key)}: ${flow(value)}`)
    .join(", ");
}
