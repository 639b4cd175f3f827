/**
 * Paths of a sweep that get in each other's way. A cell's settings are applied one after the other, so that a value at
 * `protocol.rto` would silently replace one at `protocol.rto.initial`: rows would differ in their labels alone.
 */

import { parsePath, parseSetting } from "../scenario/set-path.ts";

/** Values that belong to the runs or to the file and are nothing to vary. */
const NOT_VARIED: Readonly<Record<string, string>> = {
  seed: "every run has its own seed: give --runs, and --seed to begin elsewhere",
  name: "it names the scenario's results, and changes nothing in a run",
  description: "it changes nothing in a run",
};

/**
 * Why these paths cannot be varied together, with these `path=value` set in every cell, and what to do; undefined where
 * they can.
 */
export function pathProblem(paths: readonly string[], set: readonly string[]): string | undefined {
  const seen: { readonly path: string; readonly steps: readonly string[] }[] = [];
  for (const path of paths) {
    const steps = stepsOf(path);
    if (steps === undefined) return `${path} is no path: expected keys with dots between, such as network.loss`;
    const [first = ""] = steps;
    if (Object.hasOwn(NOT_VARIED, first)) return `${first} cannot be varied: ${NOT_VARIED[first]}`;
    for (const other of seen) {
      const problem = overlap(other.path, other.steps, path, steps);
      if (problem !== undefined) return problem;
    }
    for (const setting of set) {
      if (isLost(setting, steps)) return lostSetting(setting, path, steps);
    }
    seen.push({ path, steps });
  }
  return undefined;
}

/** `network."loss"` has the steps of `network.loss`, `timeline.00` those of `timeline.0`. */
function stepsOf(path: string): string[] | undefined {
  return plain(parsePath(path));
}

function plain(steps: readonly string[] | undefined): string[] | undefined {
  return steps?.map((step) => (/^\d+$/.test(step) ? step.replace(/^0+(?=\d)/, "") : step));
}

function isWithin(steps: readonly string[], outer: readonly string[]): boolean {
  return outer.every((step, depth) => steps[depth] === step);
}

function overlap(a: string, aSteps: readonly string[], b: string, bSteps: readonly string[]): string | undefined {
  const [isInA, isInB] = [isWithin(bSteps, aSteps), isWithin(aSteps, bSteps)];
  if (isInA && isInB) return `${b} is varied twice: give all its values at one place`;
  if (!isInA && !isInB) return undefined;
  const [whole, part] = isInA ? [a, b] : [b, a];
  return `${whole} and ${part} overlap: a value of the one replaces that of the other. Vary the parts of ${whole} one by one, each by its own path, or give whole values of ${whole} alone`;
}

/** Does a setting lose its effect, in part or whole, where a value is put at `steps` after it? */
function isLost(setting: string, steps: readonly string[]): boolean {
  const { path, value } = parseSetting(setting);
  const own = plain(path);
  if (own === undefined || value.errors.length > 0) return false; // told where the settings are read
  if (isWithin(own, steps)) return true;
  if (!isWithin(steps, own)) return false;
  let inner: unknown = value.toJS();
  for (const step of steps.slice(own.length)) {
    if (typeof inner !== "object" || inner === null) return true; // no room for a value below it
    if (!Object.hasOwn(inner, step)) return false;
    inner = (inner as Readonly<Record<string, unknown>>)[step];
  }
  return true;
}

function lostSetting(setting: string, path: string, steps: readonly string[]): string {
  const own = parseSetting(setting).path ?? [];
  if (own.length === steps.length) {
    return `${path} is both varied and set to one value (--set ${setting}): give it once`;
  }
  return own.length > steps.length
    ? `--set ${setting} has no effect, for each value of ${path} replaces it: leave it out, or put it into those values`
    : `--set ${setting} has a value of ${path}, which is varied: leave that out of it`;
}
