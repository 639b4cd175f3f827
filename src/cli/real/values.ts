/** Option values of the real-mode commands, from text to numbers and addresses. What is wrong is said by commander. */

import { InvalidArgumentError } from "commander";
import { DURATION, parseQuantity, type Quantity, RATE, SIZE, suggestQuantity } from "../../scenario/units.ts";

/** As scenarios have it: virtual time counts exactly to 104 days, and nobody waits longer in real time. */
const MAX_DURATION_MS = 100 * 24 * 3_600_000;

/** A duration above 0, in ms. */
export function positiveDuration(text: string): number {
  const ms = quantity(DURATION, text);
  if (ms > 0 && ms <= MAX_DURATION_MS) return ms;
  throw new InvalidArgumentError("Expected a duration above 0 and at most 2400h.");
}

const BYTE_RATE: Quantity = {
  name: "rate",
  expected: "a rate above 0, such as 10MB/s, 512KiB/s or 8Mbit/s",
  examples: ["10MB/s", "512KiB/s"],
  pattern: /^\d+(\.\d+)? ?(B|kB|MB|GB|KiB|MiB|GiB)\/s$/,
  units: Object.fromEntries(Object.entries(SIZE.units).map(([unit, scale]) => [`${unit}/s`, scale])),
  aliases: {
    ...Object.fromEntries(Object.entries(SIZE.aliases).flatMap(([alias, unit]) => [[alias, `${unit}/s`]])),
    ...Object.fromEntries(Object.keys(SIZE.units).map((unit) => [unit.toLowerCase(), `${unit}/s`])),
  },
};

/** A rate in bytes per second; bits per second are taken, too. */
export function byteRate(text: string): number {
  const bits = parseQuantity(RATE, text);
  const rate = bits === undefined ? quantity(BYTE_RATE, text) : bits / 8;
  if (rate >= 1) return rate;
  throw new InvalidArgumentError("Expected a rate of at least 1B/s.");
}

function quantity(kind: Quantity, text: string): number {
  const value = parseQuantity(kind, text);
  if (value !== undefined) return value;
  const meant = suggestQuantity(kind, text);
  throw new InvalidArgumentError(`Expected ${kind.expected}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`);
}

/** A whole number from 1 up. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError("Expected a whole number from 1 up.");
  }
  return value;
}

/** A host (name or IP address, not yet resolved) and a port, as far as they were given. */
export interface HostPort {
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** `HOST`, `HOST:PORT` or `:PORT`; IPv6 addresses in brackets, or bare without a port. Port 0: any that is free. */
export function listenAddress(text: string): HostPort {
  const { host, port } = hostPort(text, 0);
  return { host, port };
}

/** `PORT` or `HOST:PORT`: what --http takes. */
export function httpAddress(text: string): HostPort & { readonly port: number } {
  const { host, port } = /^\d+$/.test(text) ? hostPort(`:${text}`, 0) : hostPort(text, 0);
  if (port === undefined) throw new InvalidArgumentError(`Expected PORT or HOST:PORT, such as 8080 or ${text}:8080.`);
  return { host, port };
}

/** `HOST` or `HOST:PORT`, of somebody else. */
export function remoteAddress(text: string): HostPort & { readonly host: string } {
  const { host, port } = hostPort(text, 1);
  if (host === undefined) throw new InvalidArgumentError(`Expected HOST or HOST:PORT, such as 10.0.0.1${text}.`);
  return { host, port };
}

/** A `remoteAddress` whose port must be there. */
export function remoteSocket(text: string): { readonly host: string; readonly port: number } {
  const { host, port } = remoteAddress(text);
  if (port === undefined) throw new InvalidArgumentError(`Expected HOST:PORT, such as ${text}:8080.`);
  return { host, port };
}

function hostPort(text: string, leastPort: number): HostPort {
  if (/^\d+$/.test(text)) {
    throw new InvalidArgumentError(`Expected HOST:PORT; write :${text} for a port alone.`);
  }
  const [, bracketed, named = "", digits] = HOST_PORT.exec(text) ?? [];
  const isBareIpv6 = named === "" && bracketed === undefined && IPV6.test(text);
  if (isBareIpv6) return { host: text, port: undefined };
  if (!HOST_PORT.test(text) || text === "") {
    throw new InvalidArgumentError("Expected HOST, HOST:PORT or [IPV6]:PORT, such as 10.0.0.1:7777 or [::1]:7777.");
  }
  const host = bracketed ?? (named === "" ? undefined : named);
  if (digits === undefined) return { host, port: undefined };
  const port = Number(digits);
  if (port < leastPort || port > 65_535) {
    throw new InvalidArgumentError(`Expected a port from ${leastPort} to 65535, not ${digits}.`);
  }
  return { host, port };
}

const IPV6 = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*(%[\w.-]+)?$/i;
/** A host name or IPv4 address, or an IPv6 address in brackets; then a port. */
const HOST_PORT = /^(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([^\s:[\]/@]*))(?::(\d{1,9}))?$/i;

/** How an address is written: `10.0.0.1:7777`, `[::1]:7777`. */
export function addressText(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
