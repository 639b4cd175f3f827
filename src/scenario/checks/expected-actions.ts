/** What expectations say about actions: somebody who can must do them, or there would be nothing to judge. */

import type { Expectation } from "../expect/expectation.ts";
import { overlap } from "../host-names.ts";
import { isWhole, type Part, type ScenarioParts } from "../parts.ts";
import type { Finding } from "../problems.ts";
import { ACTION_ROLES } from "../schema/timeline.ts";
import { article } from "./timeline.ts";

type OfAction = Extract<Expectation, { form: "list" | "lookup" | "view" | "download" | "send" }>;
const FORMS: readonly Expectation["form"][] = ["list", "lookup", "view", "download", "send"];

export function checkExpectedActions(parts: ScenarioParts): Finding[] {
  return parts.expect.flatMap((part) => (isOfAction(part) ? check(part, parts) : []));
}

function isOfAction(part: Part<Expectation>): part is Part<OfAction> {
  return FORMS.includes(part.value.form);
}

function check({ path, value: expectation }: Part<OfAction>, parts: ScenarioParts): Finding[] {
  const { form, host } = expectation;
  const { names, hosts } = parts;
  const role = hosts.get(names.keyOf(host) ?? "")?.role;
  // An unknown host, or one that is wrong itself, is said elsewhere.
  if (role === undefined || names.groupSize(host) !== undefined) return [];
  const needed = ACTION_ROLES[form];
  if (needed !== undefined && role !== needed) {
    const message = `${host} does no ${form}: it is ${article(role)}, and only ${article(needed)} does`;
    return [{ path: [...path, form, "host"], message }];
  }
  if (!isWhole("timeline", parts.timeline, parts.raw) || isDone(expectation, parts)) return [];
  const file = "file" in expectation && expectation.file !== undefined ? ` of ${expectation.file}` : "";
  const message = `there is nothing to judge: ${host} does no ${form}${file} in the timeline`;
  return [{ path: [...path, form], message }];
}

function isDone(expectation: OfAction, { timeline, names }: ScenarioParts): boolean {
  const { form, host } = expectation;
  const file = "file" in expectation ? expectation.file : undefined;
  return timeline.some(({ value }) => {
    if (value.kind !== "action") return false;
    const { kind } = value.action;
    if (kind !== form && !(kind === "fetch" && form === "download")) return false; // a fetch is a download
    if (file !== undefined && "file" in value.action && value.action.file !== file) return false;
    return value.hosts.some((name) => overlap(name, host, names));
  });
}
