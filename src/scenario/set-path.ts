/**
 * `--set PATH=VALUE`: changes a scenario's document before it is checked, so that a set value is checked as a written
 * one is.
 */

import { type Document, isAlias, isCollection, isMap, isSeq, type Node, parseDocument } from "yaml";
import { fileProblem, formatPath, type Path, type Problem } from "./problems.ts";
import { keyText } from "./source-map.ts";
import { nearest } from "./suggest.ts";

/** What settings did to a document. */
export interface Settings {
  readonly problems: readonly Problem[];
  /** The setting that a path's value comes from, as it was given; undefined: it comes from the text. */
  settingOf(path: Path): string | undefined;
}

/**
 * Applies settings to a document, in order. A path's steps are keys, or numbers of items counted from 0, with dots
 * between (`timeline.0.do.send.packets`); a key with a dot is in quotes (`hosts.H2.files."new.txt"`). The value is
 * YAML (`1s`, `[H1, H2]`, `{ p: 0.1, r: 0.5 }`). What is not there yet is made, except hosts and items of lists.
 */
export function applySettings(document: Document, settings: readonly string[]): Settings {
  const problems: Problem[] = [];
  const made: { readonly path: Path; readonly setting: string }[] = [];
  for (const setting of settings) {
    const refuse = (message: string, suggestion?: string) =>
      problems.push({ ...fileProblem(`--set ${setting}`, message), ...(suggestion !== undefined && { suggestion }) });
    const { path, value } = parseSetting(setting);
    if (path === undefined) refuse("expected PATH=VALUE, such as network.loss=0.3");
    else if (value.errors.length > 0) refuse(`the value is not valid YAML: ${value.errors[0]!.message}`);
    else {
      const missing = missingParent(document, path);
      if (missing) refuse(missing.message, missing.suggestion);
      else made.push({ path: setIn(document, path, value.contents), setting });
    }
  }
  const settingOf = (path: Path) =>
    made.findLast((item) => item.path.every((step, depth) => String(path[depth]) === String(step)))?.setting;
  return { problems, settingOf };
}

/** A setting's path, undefined where it has none, and its value. */
export function parseSetting(setting: string): {
  readonly path: string[] | undefined;
  readonly value: Document.Parsed;
} {
  const [, target = "", text = ""] = /^((?:"[^"]*"|[^="])+)=(.*)$/s.exec(setting) ?? [];
  return { path: parsePath(target.trim()), value: parseDocument(text, { prettyErrors: false, logLevel: "silent" }) };
}

/** The steps of a path, or undefined where the text is not one. */
export function parsePath(text: string): string[] | undefined {
  const steps = [...text.matchAll(/(?:^|\.)(?:"([^"]*)"|([^."]+))/g)];
  if (steps.length === 0 || steps.map(([whole]) => whole).join("") !== text) return undefined;
  return steps.map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** Hosts and items of lists are not made by a setting: such a path is a slip of the pen. */
function missingParent(
  document: Document,
  path: readonly string[],
): { message: string; suggestion?: string } | undefined {
  let node: unknown = document.contents;
  for (const [depth, step] of path.entries()) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const name = formatPath(path.slice(0, depth));
    if (isSeq(parent)) {
      const count = parent.items.length;
      if (!/^\d+$/.test(step) || Number(step) >= count) {
        return { message: `there is no item ${step} in ${name}: it has ${count}, counted from 0` };
      }
      node = parent.items[Number(step)];
    } else if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => keyText(key) === step);
      if (pair === undefined && name === "hosts" && depth + 1 < path.length) {
        const suggestion = nearest(
          step,
          parent.items.map(({ key }) => keyText(key)),
        );
        return { message: `there is no host ${step}`, ...(suggestion !== undefined && { suggestion }) };
      }
      node = pair?.value;
    } else if (/^\d+$/.test(step)) {
      return { message: `there is no item ${step} in ${name}: it is not a list` };
    } else return undefined;
  }
  return undefined;
}

/** Puts a value into a document. Returns the path of what was made or changed. */
function setIn(document: Document, path: readonly string[], value: Node | null): Path {
  let node: unknown = document.contents;
  for (const [depth, step] of path.entries()) {
    if (!isCollection(node)) break;
    const key = isSeq(node) ? Number(step) : step;
    const child = ownCopy(node.get(key, true), document);
    const rest = path.slice(depth + 1);
    if (rest.length === 0) node.set(key, value);
    else if (isCollection(child)) node.set(key, child);
    else node.set(key, document.createNode(nested(rest, value)));
    if (!isCollection(child)) return path.slice(0, depth + 1);
    node = child;
  }
  return path;
}

/** What an alias stands for, as a copy: to change it here must not change it where it comes from. */
function ownCopy(node: unknown, document: Document): unknown {
  if (!isAlias(node)) return node;
  const copy = node.resolve(document)?.clone() as Node & { anchor?: string };
  if (copy) delete copy.anchor;
  return copy;
}

/** `["gilbertElliott", "p"]` and 0.1 make `{ gilbertElliott: { p: 0.1 } }`. */
function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, step) => ({ [step]: inner }), value);
}
