/** What happens must be possible: in time, for the host that does it, and with what it is done to. */

import { defaultFetchOptions } from "../../core/peer/fetch/options.ts";
import { overlap } from "../host-names.ts";
import { isWhole, type Part, type ScenarioParts } from "../parts.ts";
import type { Finding, Path } from "../problems.ts";
import type { Role, WrittenHost } from "../schema/hosts.ts";
import { ACTION_ROLES, type Action, type ActionKind, type WrittenTimelineEntry } from "../schema/timeline.ts";
import { valueAt } from "../source-map.ts";
import { nearest } from "../suggest.ts";

export function checkTimeline(parts: ScenarioParts): Finding[] {
  if (countActions(parts) > MAX_ACTIONS) {
    return [
      { path: ["timeline"], at: "key", message: `more than ${MAX_ACTIONS} actions, counting each host of a group` },
    ];
  }
  return parts.timeline.flatMap((part) => [...checkTime(part, parts), ...checkAction(part, parts)]);
}

/** The most actions of one scenario, those of a group counted one by one. */
const MAX_ACTIONS = 1_000_000;

function countActions({ timeline, names }: ScenarioParts): number {
  const all = names.all().length;
  const sizeOf = (name: string) => (name === "*" ? all : (names.groupSize(name) ?? 1));
  return timeline.reduce((sum, { value }) => {
    return sum + (value.kind === "action" ? value.hosts.reduce((size, name) => size + sizeOf(name), 0) : 0);
  }, 0);
}

function checkTime({ path, value }: Part<WrittenTimelineEntry>, { durationMs, raw }: ScenarioParts): Finding[] {
  if (durationMs === undefined || value.atMs <= durationMs) return [];
  const written = (path: Path) => String(valueAt(raw, path).value);
  return [
    {
      path: [...path, "at"],
      message: `${written([...path, "at"])} is after the end of the run (duration: ${written(["duration"])})`,
    },
  ];
}

function checkAction({ path, value }: Part<WrittenTimelineEntry>, parts: ScenarioParts): Finding[] {
  if (value.kind !== "action") return [];
  const { action, hosts } = value;
  const actors = hosts.flatMap((name) => (name === "*" ? parts.names.keys() : [parts.names.keyOf(name) ?? name]));
  return [
    ...actors.flatMap((key) => {
      const host = parts.hosts.get(key);
      return host ? checkActor(key, host, action, [...path, "do"], parts) : [];
    }),
    ...(action.kind === "send" ? checkSend(action, [...path, "do", "send"], parts) : []),
    ...(action.kind === "download" ? checkSource(action.from, [...path, "do", "download", "from"], parts) : []),
    ...(action.kind === "fetch" ? checkFetch(value, action, path, parts) : []),
    ...(action.kind === "download" && action.from === undefined ? checkChoice(value, action, path, parts) : []),
  ];
}

function checkActor(name: string, host: WrittenHost, action: Action, path: Path, parts: ScenarioParts): Finding[] {
  const role = ACTION_ROLES[action.kind];
  if (role !== undefined && role !== host.role) {
    const message = `${name} cannot ${PHRASES[action.kind] ?? action.kind}: it is ${article(host.role)}, and only ${article(role)} can`;
    return [{ path, message, allowed: actionsOf(host.role) }];
  }
  if (action.kind === "start" && host.start !== undefined) {
    return [{ path, message: `${name} starts by itself: give it \`start: never\`, or use restart` }];
  }
  return action.kind === "share" && host.role === "peer" ? checkShare(name, host, action.file, path, parts) : [];
}

/** A peer shares what it has: from the start, or by a download. */
function checkShare(
  name: string,
  host: WrittenHost & { role: "peer" },
  file: string,
  path: Path,
  parts: ScenarioParts,
): Finding[] {
  const downloads = parts.timeline.flatMap(({ value }) =>
    value.kind === "action" && (value.action.kind === "download" || value.action.kind === "fetch")
      ? [value.action.file]
      : [],
  );
  const files = [...new Set([...Object.keys(host.files), ...downloads])];
  if (files.includes(file)) return [];
  const suggestion = nearest(file, files);
  const message = `${name} has no file ${file}: add it to its \`files\``;
  return [
    { path: [...path, "share"], message, found: file, allowed: files, ...(suggestion !== undefined && { suggestion }) },
  ];
}

function checkSend(send: Action & { kind: "send" }, path: Path, { names, hosts, protocol }: ScenarioParts): Finding[] {
  const findings: Finding[] = [];
  const receiver = hosts.get(names.keyOf(send.to) ?? "");
  if (receiver && receiver.role !== "arq-receiver") {
    findings.push({
      path: [...path, "to"],
      message: `${send.to} cannot receive it: it is ${article(receiver.role)}, not an arq-receiver`,
    });
  }
  const maxBytes = protocol?.arq.maxDatagramBytes ?? Number.POSITIVE_INFINITY;
  if (send.bytes > maxBytes) {
    findings.push({
      path: [...path, "bytes"],
      message: `${send.bytes}B is more than protocol.maxDatagram (${maxBytes}B)`,
    });
  }
  return findings;
}

function checkSource(from: string | undefined, path: Path, { names, hosts }: ScenarioParts): Finding[] {
  const source = from === undefined ? undefined : hosts.get(names.keyOf(from) ?? "");
  if (!source || source.role === "peer") return [];
  return [{ path, message: `${from} has no files to download: it is ${article(source.role)}, not a peer` }];
}

function checkFetch(
  entry: WrittenTimelineEntry & { readonly kind: "action" },
  { file, from, like }: Action & { kind: "fetch" },
  path: Path,
  parts: ScenarioParts,
): Finding[] {
  const { names, hosts } = parts;
  const at = [...path, "do", "fetch"];
  const listed = from?.includes("*") ? undefined : from;
  const findings = (listed ?? []).flatMap((name) => checkSource(name, [...at, "from"], parts));
  findings.push(...checkSource(like, [...at, "like"], parts));
  const model = like === undefined ? undefined : hosts.get(names.keyOf(like) ?? "");
  if (model?.role === "peer" && !Object.hasOwn(model.files, file)) {
    findings.push({ path: [...at, "like"], message: `${like} has no file ${file}: add it to its \`files\`` });
  }
  const sources = (from ?? []).flatMap((name) => (name === "*" ? names.all() : names.members(name)));
  if (sources.length > MAX_SOURCES) {
    findings.push({ path: [...at, "from"], message: `${sources.length} peers are too many: at most ${MAX_SOURCES}` });
  }
  const without = from === undefined ? withoutLookup(entry, file, path, parts) : undefined;
  if (without !== undefined) {
    const message = `${without} has not looked ${file} up before: add that, or say \`from\``;
    findings.push({ path: at, message });
  }
  return findings;
}

const MAX_SOURCES = defaultFetchOptions.maxSources;

/** A choice is one of a look-up's; there must have been one, by the host itself. */
function checkChoice(
  entry: WrittenTimelineEntry & { readonly kind: "action" },
  { file, choice }: Action & { kind: "download" },
  path: Path,
  parts: ScenarioParts,
): Finding[] {
  const without = withoutLookup(entry, file, path, parts);
  if (without === undefined) return [];
  const isChosen = valueAt(parts.raw, [...path, "do", "download", "choice"]).exists;
  const asked = isChosen ? `choice ${choice}` : "the first choice";
  const message = `${without} takes ${asked} of a look-up, but has not looked ${file} up before: add that, or say \`from\``;
  return [{ path: [...path, "do", "download"], message }];
}

/** The first host of an entry that has not looked the file up before. */
function withoutLookup(
  { atMs, hosts }: WrittenTimelineEntry & { readonly kind: "action" },
  file: string,
  path: Path,
  { timeline, names, raw }: ScenarioParts,
): string | undefined {
  if (!isWhole("timeline", timeline, raw)) return undefined;
  const position = Number(path[1]);
  const looksUp = (host: string) =>
    timeline.some(({ path: [, index], value }) => {
      if (value.kind !== "action" || value.action.kind !== "lookup" || value.action.file !== file) return false;
      const isEarlier = value.atMs < atMs || (value.atMs === atMs && Number(index) < position);
      return isEarlier && value.hosts.some((name) => overlap(name, host, names));
    });
  return hosts.find((host) => !looksUp(host));
}

function actionsOf(role: Role): ActionKind[] {
  const anyRole: ActionKind[] = ["crash", "restart", "pause", "resume", "start"];
  const own = (Object.keys(ACTION_ROLES) as ActionKind[]).filter((kind) => ACTION_ROLES[kind] === role);
  return [...own, ...anyRole];
}

export function article(role: Role): string {
  return role.startsWith("arq") ? `an ${role}` : `a ${role}`;
}

export const PHRASES: Readonly<Partial<Record<ActionKind, string>>> = {
  lookup: "look a file up",
  view: "view the directory",
  list: "list its files",
};
