/**
 * The report's hosts as network namespaces: H1 to H4 with the addresses 10.0.0.1 to 10.0.0.4, each with an interface `eth0`
 * on one bridge. The bridge has a namespace of its own, so that nothing of the machine's own network is touched. Packets
 * can be lost at random by the kernel where they arrive, datagrams and TCP alike.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

export const HOSTS = ["H1", "H2", "H3", "H4"];
const PREFIX = "peerlab-";
const SWITCH = "switch";
const PATIENCE_MS = 10_000;
const POLL_MS = 20;

/** What the demonstration cannot do without here, in words; empty where nothing is missing. */
export function missingForHosts() {
  if (process.platform !== "linux") return ["Linux: network namespaces are the kernel's (this is not Linux)"];
  const missing = [];
  if (process.getuid?.() !== 0) missing.push("root: run it with sudo, network namespaces need it");
  if (!found("ip", "-V")) missing.push("the command ip: install the package iproute2");
  if (!found("tcpdump", "--version")) missing.push("the command tcpdump: install the package tcpdump");
  if (missing.length > 0) return missing;
  const probe = `${PREFIX}${process.pid}-probe`;
  const made = run(["ip", "netns", "add", probe], { mayFail: true });
  run(["ip", "netns", "del", probe], { mayFail: true });
  return made.status === 0 ? [] : [`permission to make network namespaces: ${made.stderr.trim()}`];
}

/** Does the kernel here drop packets at random? Which tool tells it to: `nft`, `iptables`, or neither. */
export function lossTool() {
  if (found("nft", "--version")) return "nft";
  return found("iptables", "--version") ? "iptables" : undefined;
}

export class HostNetwork {
  #own = `${PREFIX}${process.pid}-`;
  #isUp = false;

  /** The address of a host: 10.0.0.1 for H1. */
  static addressOf(host) {
    return `10.0.0.${HOSTS.indexOf(host) + 1}`;
  }

  /** Builds the network, and resolves when packets pass. `loss` is the probability of losing one, from 0 to 1. */
  async up(loss = 0) {
    removeLeftovers();
    this.#isUp = true;
    const bridge = this.#name(SWITCH);
    run(["ip", "netns", "add", bridge]);
    this.#ip(SWITCH, "link", "add", "br0", "type", "bridge", "forward_delay", "0");
    this.#ip(SWITCH, "link", "set", "br0", "up");
    for (const host of HOSTS) {
      const port = `to-${host}`;
      run(["ip", "netns", "add", this.#name(host)]);
      this.#ip(SWITCH, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", this.#name(host));
      this.#ip(SWITCH, "link", "set", port, "master", "br0", "up");
      this.#ip(host, "addr", "add", `${HostNetwork.addressOf(host)}/24`, "dev", "eth0");
      this.#ip(host, "link", "set", "lo", "up");
      this.#ip(host, "link", "set", "eth0", "up");
      if (loss > 0) this.#lose(host, loss);
    }
    const deadlineMs = Date.now() + PATIENCE_MS;
    while (!this.#isForwarding()) {
      if (Date.now() > deadlineMs) throw new Error("cannot set up the hosts: the bridge does not forward");
      await setTimeout(POLL_MS);
    }
  }

  /** The command line that runs `command` on a host. */
  on(host, command) {
    return ["ip", "netns", "exec", this.#name(host), ...command];
  }

  /** Takes the network down; no-op where it is down already. Its processes must have ended. */
  down() {
    if (!this.#isUp) return;
    this.#isUp = false;
    for (const host of [...HOSTS, SWITCH]) run(["ip", "netns", "del", this.#name(host)], { mayFail: true });
  }

  /** Random loss of whatever arrives from the other hosts. */
  #lose(host, loss) {
    if (lossTool() === "nft") {
      const threshold = Math.round(loss * 1_000_000);
      const rules = `table inet peerlab { chain input { type filter hook input priority 0;
        iifname "eth0" numgen random mod 1000000 < ${threshold} counter drop; } }`;
      const done = run(this.on(host, ["nft", "-f", "-"]), { input: rules, mayFail: true });
      if (done.status === 0) return;
    }
    const match = ["-i", "eth0", "-m", "statistic", "--mode", "random", "--probability", String(loss)];
    run(this.on(host, ["iptables", "-A", "INPUT", ...match, "-j", "DROP"]));
  }

  /** A bridge takes a moment before it passes packets on. */
  #isForwarding() {
    const ports = JSON.parse(this.#ip(SWITCH, "-d", "-j", "link", "show", "master", "br0").stdout);
    const states = ports.map(({ linkinfo }) => linkinfo?.info_slave_data?.state);
    return states.length === HOSTS.length && states.every((state) => state === "forwarding");
  }

  #ip(host, ...args) {
    return run(["ip", "-n", this.#name(host), ...args]);
  }

  #name(host) {
    return this.#own + host;
  }
}

/** Takes away what a demonstration left behind that was killed before it could: its process is gone. */
function removeLeftovers() {
  const names = run(["ip", "netns", "list"])
    .stdout.split("\n")
    .map((line) => line.split(" ")[0]);
  for (const name of names) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(pid)) continue;
    run(["ip", "netns", "del", name], { mayFail: true });
  }
}

function isAlive(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[2] !== "Z";
  } catch {
    return false;
  }
}

function found(command, flag) {
  return run([command, flag], { mayFail: true }).status === 0;
}

function run([command, ...args], { input = "", mayFail = false } = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", input });
  if (done.status !== 0 && !mayFail) {
    const why = done.error?.message ?? done.stderr.trim();
    throw new Error(`cannot set up the hosts: ${[command, ...args].join(" ")}: ${why}`);
  }
  return { status: done.status, stdout: done.stdout ?? "", stderr: done.stderr ?? done.error?.message ?? "" };
}
