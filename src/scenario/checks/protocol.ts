/** Protocol options beside each other, and beside the hosts. */

import type { ScenarioParts } from "../parts.ts";
import type { Finding } from "../problems.ts";
import type { WrittenHost } from "../schema/hosts.ts";
import { valueAt } from "../source-map.ts";
import { formatDuration } from "../units.ts";
import { peerWireOf } from "../wires.ts";

export function checkProtocol(parts: ScenarioParts): Finding[] {
  return [...checkEstimator(parts), ...checkDuplicateWindow(parts)];
}

/** Options of how the timeout follows the samples. */
const OF_ESTIMATORS = ["alpha", "beta", "k", "granularity"];

function checkEstimator({ raw }: ScenarioParts): Finding[] {
  const rto = ["protocol", "rto"];
  if (valueAt(raw, [...rto, "estimator"]).value !== "fixed") return [];
  return OF_ESTIMATORS.map((key) => [...rto, key])
    .filter((path) => valueAt(raw, path).exists)
    .map((path) => ({ path, at: "key", message: "has no effect with estimator: fixed" }));
}

/** On the report's wire an update equals the one before it: within the window it would pass for a copy. */
function checkDuplicateWindow({ protocol, hosts, raw }: ScenarioParts): Finding[] {
  if (protocol === undefined) return [];
  const isReportPeer = (host: WrittenHost): boolean => host.role === "peer" && peerWireOf(host, protocol) === "report";
  if (![...hosts.values()].some(isReportPeer)) return [];
  if (protocol.arq.duplicateWindowMs < protocol.peer.updatePeriodMs) return [];
  const window = ["protocol", "duplicateWindow"];
  const period = ["protocol", "peer", "updatePeriod"];
  if (valueAt(raw, window).exists) {
    const { exists, value } = valueAt(raw, period);
    const text = exists ? String(value) : `${formatDuration(protocol.peer.updatePeriodMs)}, the default`;
    return [{ path: window, message: `must be shorter than the update period (${text}): ${WHY}` }];
  }
  const text = formatDuration(protocol.arq.duplicateWindowMs);
  return [{ path: period, message: `must be longer than protocol.duplicateWindow (${text}, the default): ${WHY}` }];
}

const WHY = "a peer's updates are equal, and would be taken for copies of the first";
