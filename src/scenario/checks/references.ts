/** Every host that a scenario speaks of must be one of its hosts. */

import type { ScenarioParts } from "../parts.ts";
import { type Finding, type Path, showValue } from "../problems.ts";

/** Where names of hosts are; `*` is every item. `several`: groups, lists and `*` are right there too. */
const PLACES: readonly { readonly path: readonly string[]; readonly several: boolean }[] = [
  ...["network.links.*", "network.partitions.*", "timeline.*.links.*"].flatMap((item) => [
    { path: `${item}.between.*`.split("."), several: true },
    { path: `${item}.from`.split("."), several: true },
    { path: `${item}.to`.split("."), several: true },
  ]),
  { path: ["network", "faults", "*", "match", "from"], several: false },
  { path: ["network", "faults", "*", "match", "to"], several: false },
  { path: ["hosts", "*", "directory"], several: false },
  { path: ["timeline", "*", "host"], several: true },
  { path: ["timeline", "*", "do", "send", "to"], several: false },
  { path: ["timeline", "*", "do", "download", "from"], several: false },
  { path: ["timeline", "*", "do", "fetch", "from"], several: true },
  { path: ["timeline", "*", "do", "fetch", "like"], several: false },
];

export function checkReferences(parts: ScenarioParts): Finding[] {
  return PLACES.flatMap(({ path, several }) =>
    [...namesAt(parts.raw, path, [])].flatMap(([at, name]) => checkName(parts, at, name, several)),
  );
}

/** The texts at a place, with their paths: a name, or each of a list of names. */
function* namesAt(value: unknown, steps: readonly string[], path: Path): Generator<[Path, string]> {
  const [step, ...rest] = steps;
  if (step === undefined) {
    if (typeof value === "string") yield [path, value];
    if (Array.isArray(value)) {
      for (const [index, name] of value.entries()) if (typeof name === "string") yield [[...path, index], name];
    }
  } else if (typeof value === "object" && value !== null) {
    if (step !== "*") yield* namesAt((value as Record<string, unknown>)[step], rest, [...path, step]);
    else if (Array.isArray(value))
      for (const [index, item] of value.entries()) yield* namesAt(item, rest, [...path, index]);
    else for (const [key, item] of Object.entries(value)) yield* namesAt(item, rest, [...path, key]);
  }
}

function checkName({ names }: ScenarioParts, path: Path, name: string, several: boolean): Finding[] {
  if (name === "*" && several) return [];
  const size = names.groupSize(name);
  if (size !== undefined && !several) {
    return [
      {
        path,
        message: `${name} stands for ${size} hosts: name one of them, such as ${name}-1`,
        found: showValue(name),
      },
    ];
  }
  if (names.keyOf(name) !== undefined) return [];
  const suggestion = names.suggest(name);
  const message = `there is no host ${showValue(name)}`;
  return [
    { path, message, found: showValue(name), allowed: names.keys(), ...(suggestion !== undefined && { suggestion }) },
  ];
}
