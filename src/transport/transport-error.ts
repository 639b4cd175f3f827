/** What can go wrong when sockets are opened, in words that say what to do. */

/** `code` is the system's: EADDRINUSE, EACCES, EADDRNOTAVAIL, ... */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: string;
  /** The socket that could not be opened, where it was one. */
  readonly listening: Listening | undefined;

  constructor(code: string, message: string, cause?: unknown, listening?: Listening) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.listening = listening;
  }
}

/** Where somebody wanted to listen. */
export interface Listening {
  readonly protocol: "UDP" | "TCP" | "HTTP";
  readonly host: string;
  readonly port: number;
}

/** The error of a failed attempt to listen. */
export function listenError(cause: unknown, listening: Listening): TransportError {
  const { protocol, host, port } = listening;
  const code = codeOf(cause);
  const place = `${protocol} port ${port} of ${host}`;
  return new TransportError(code, `cannot listen on ${place}: ${reason(code, host, port, cause)}`, cause, listening);
}

function reason(code: string, host: string, port: number, cause: unknown): string {
  switch (code) {
    case "EADDRINUSE":
      return "another program (or another host of this one) has it; end that, or choose another port (0 takes any that is free)";
    case "EACCES":
    case "EPERM":
      return port > 0 && port < 1024
        ? `ports below 1024 need special rights; choose one from 1024 on, or run with the right to bind low ports`
        : "the system does not allow it; look at its rules for programs that listen";
    case "EADDRNOTAVAIL":
      return `${host} is no address of this machine; give one that it has, or 0.0.0.0 or :: for all of them`;
    case "EAFNOSUPPORT":
      return host.includes(":")
        ? "this machine has no IPv6; give an IPv4 address"
        : "this machine has no such kind of address";
    case "EINVAL":
      return host.toLowerCase().startsWith("fe80:") && !host.includes("%")
        ? `a link-local address needs its interface, as in ${host}%eth0`
        : "the system does not take this address";
    case "EMFILE":
    case "ENFILE":
      return "too many files and sockets are open; raise the limit (ulimit -n), or run fewer hosts";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `no address is known for the name ${host}; give an IP address, or a name that this machine can look up`;
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

/** The system's code of an error; `UNKNOWN` where it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "UNKNOWN";
}
