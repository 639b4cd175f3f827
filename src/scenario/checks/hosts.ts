/** Hosts beside each other: addresses, names, and who registers with which directory. */

import { addressesOf } from "../addresses.ts";
import { MAX_HOSTS } from "../host-names.ts";
import type { ScenarioParts } from "../parts.ts";
import type { Finding } from "../problems.ts";
import { ROLES, type Role } from "../schema/hosts.ts";
import { valueAt } from "../source-map.ts";

export function checkHosts(parts: ScenarioParts): Finding[] {
  if (parts.names.areTooMany) {
    return [{ path: ["hosts"], at: "key", message: `more than ${MAX_HOSTS} hosts, counting the members of groups` }];
  }
  return [...checkNames(parts), ...checkAddresses(parts), ...checkDirectories(parts), ...checkDuration(parts)];
}

/** A group's members have names that no other host may have. */
function checkNames({ names }: ScenarioParts): Finding[] {
  return names.keys().flatMap((key): Finding[] => {
    const group = names.groupOf(key);
    if (group === undefined) return [];
    return [{ path: ["hosts", key], at: "key", message: `${key} is the name of a host of the group ${group} too` }];
  });
}

function checkAddresses({ hosts, names }: ScenarioParts): Finding[] {
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [name, address] of addressesOf(names, hosts)) {
    const owner = owners.get(address);
    const key = names.keyOf(name) ?? name;
    if (owner === undefined) owners.set(address, name);
    else if (!findings.some((finding) => finding.path[1] === key)) {
      const message = `${address} is the address of ${owner} already: a host has an address of its own`;
      findings.push({ path: ["hosts", key, "address"], message, found: address });
    }
  }
  return findings;
}

function checkDirectories({ hosts, names, raw }: ScenarioParts): Finding[] {
  const roleAt = (key: string) => valueAt(raw, ["hosts", key, "role"]).value;
  const directories = names.keys().filter((key) => roleAt(key) === "directory");
  // A host whose role is misspelled may be the directory.
  if (names.keys().some((key) => !ROLES.includes(roleAt(key) as Role))) return [];
  return [...hosts].flatMap(([key, host]): Finding[] => {
    if (host.role !== "peer") return [];
    const path = ["hosts", key, "directory"];
    if (host.directory === undefined) {
      if (directories.length === 0) {
        return [{ path, at: "missing", message: "a peer needs a directory: add a host with role: directory" }];
      }
      const isOne = directories.length === 1 && names.groupSize(directories[0]!) === undefined;
      if (isOne) return [];
      return [
        { path, at: "missing", message: "missing: there are several directories, say which", allowed: directories },
      ];
    }
    const target = names.keyOf(host.directory);
    if (target === undefined || directories.includes(target) || !hosts.has(target)) return [];
    return [
      { path, message: `${host.directory} is not a directory: its role is ${roleAt(target)}`, allowed: directories },
    ];
  });
}

/** Peers update their directory for ever. */
function checkDuration({ hosts, raw }: ScenarioParts): Finding[] {
  if (valueAt(raw, ["duration"]).exists || ![...hosts.values()].some(({ role }) => role === "peer")) return [];
  const message = "missing: a scenario with peers needs a duration, such as 60s, since their updates go on for ever";
  return [{ path: ["duration"], at: "missing", message }];
}
