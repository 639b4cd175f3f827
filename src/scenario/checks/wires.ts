/** Hosts that talk to each other speak one wire, with room for its header; a group's key needs a wire that carries seals. */

import { SEAL_BYTES } from "../../core/seal/sealed-transport.ts";
import { DATA_HEADER_BYTES } from "../../core/wire/hardened/packets.ts";
import type { ScenarioParts } from "../parts.ts";
import type { Finding } from "../problems.ts";
import type { WrittenHost } from "../schema/hosts.ts";
import type { ProtocolOptions } from "../schema/protocol.ts";
import { valueAt } from "../source-map.ts";
import { formatSize } from "../units.ts";
import { directoryWireOf, groupKeyOf, peerWireOf, plainWireOf } from "../wires.ts";

export function checkWires(parts: ScenarioParts): Finding[] {
  const { protocol } = parts;
  if (protocol === undefined) return [];
  return [...checkPartners(parts, protocol), ...checkGroupKeys(parts, protocol), ...checkDatagrams(parts, protocol)];
}

/** A peer and its directory. */
function checkPartners({ hosts, names }: ScenarioParts, protocol: ProtocolOptions): Finding[] {
  const directories = [...hosts].filter(([, { role }]) => role === "directory");
  return [...hosts].flatMap(([key, host]): Finding[] => {
    if (host.role !== "peer") return [];
    const name = host.directory === undefined ? directories[0]?.[0] : names.keyOf(host.directory);
    const directory = name === undefined ? undefined : hosts.get(name);
    if (directory?.role !== "directory") return [];
    const spoken = directoryWireOf(directory, protocol);
    const wire = peerWireOf(host, protocol);
    if (spoken === "auto" || spoken === wire) return [];
    const message = `${key} speaks the ${wire} wire, its directory ${name} only the ${spoken} one: choose one for both, or wire: auto for ${name}`;
    // Where neither has a wire of its own, the two have the same.
    const at = host.wire === undefined ? { path: ["hosts", name ?? "", "wire"] } : { path: ["hosts", key, "wire"] };
    return [{ ...at, message }];
  });
}

function checkGroupKeys({ hosts, raw }: ScenarioParts, protocol: ProtocolOptions): Finding[] {
  const why = "the report's packets carry no seal: a group key needs wire: hardened";
  const ofHosts = [...hosts].flatMap(([key, host]): Finding[] => {
    if (host.role !== "peer" && host.role !== "directory") return [];
    const wire = host.role === "peer" ? peerWireOf(host, protocol) : directoryWireOf(host, protocol);
    if (wire === "hardened" || groupKeyOf(host, protocol) === undefined) return [];
    const path = host.groupKey === undefined ? ["protocol", "groupKey"] : ["hosts", key, "groupKey"];
    return [{ path, message: `${key} speaks wire: ${wire}, and ${why}` }];
  });
  const { exists } = valueAt(raw, ["protocol", "groupKey"]);
  const members = [...hosts.values()].filter(({ role }) => role === "peer" || role === "directory");
  if (exists && members.length === 0) {
    return [
      { path: ["protocol", "groupKey"], at: "key", message: "has no effect: neither a directory nor a peer is here" },
    ];
  }
  // One line for the protocol's key is enough.
  return ofHosts.filter(({ path }, index) => ofHosts.findIndex((one) => String(one.path) === String(path)) === index);
}

/** Room for a header, a seal, and some payload. */
const MIN_HARDENED_BYTES = 128;

function checkDatagrams({ hosts, raw }: ScenarioParts, protocol: ProtocolOptions): Finding[] {
  if (protocol.arq.maxDatagramBytes >= MIN_HARDENED_BYTES) return [];
  const isHardened = (host: WrittenHost): boolean => {
    if (host.role === "peer") return peerWireOf(host, protocol) === "hardened";
    if (host.role === "directory") return directoryWireOf(host, protocol) !== "report";
    return plainWireOf(protocol) === "hardened";
  };
  if (![...hosts.values()].some(isHardened)) return [];
  const header = `a header of ${DATA_HEADER_BYTES} bytes, and a seal of ${SEAL_BYTES} where there is a group key`;
  const message = `must be at least ${formatSize(MIN_HARDENED_BYTES)} on the hardened wire: its packets have ${header}`;
  return [
    { path: ["protocol", "maxDatagram"], message, found: String(valueAt(raw, ["protocol", "maxDatagram"]).value) },
  ];
}
