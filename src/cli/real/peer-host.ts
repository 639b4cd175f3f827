/** A peer of the real world: its sockets, its folder, its place in the directory, and how it leaves. */

import { defaultPeerOptions, keepAliveRto } from "../../core/peer/options.ts";
import type { UpdateOutcome } from "../../core/peer/outcomes.ts";
import { Peer } from "../../core/peer/peer.ts";
import type { Endpoint } from "../../core/transport.ts";
import { countOf } from "../../report/text.ts";
import type { Describe } from "../../transport/describe.ts";
import type { NodeHost } from "../../transport/node-host.ts";
import { CliError } from "../exit-codes.ts";
import type { Console } from "../output.ts";
import { DirectoryWatch } from "./directory-watch.ts";
import { receiver } from "./fetching.ts";
import { openFolder } from "./folder.ts";
import { PeerActions, type Receive } from "./peer-actions.ts";
import { HTTP_PORT, PEER_PORT, type PeerSettings } from "./peer-settings.ts";
import { isPortTaken, RealHost } from "./real-host.ts";
import { anyAddress, isAnyAddress, localAddressTowards, resolveHost, resolveRemote } from "./resolve.ts";
import { type ClientWire, DIRECTORY_PORT } from "./shared-options.ts";
import { within } from "./until.ts";
import type { HostPort } from "./values.ts";
import { describeFor, wireChoice } from "./wires.ts";

/** How long leaving may take: the exit and its ACK, then what is still to go out. Together less than 2 s. */
const EXIT_PATIENCE_MS = 1000;
const CLOSE_PATIENCE_MS = 300;

export interface RunningPeer {
  readonly actions: PeerActions;
  /** Rejects with what broke it. */
  readonly closed: Promise<void>;
  /** Leaves the directory, keeps what was downloaded, and closes everything, within 2 s. */
  leave(): Promise<void>;
}

/** Opens a peer and joins. `tell` takes notices for the user. CliError where something that it needs cannot be had. */
export async function openPeer(
  settings: PeerSettings,
  console: Console,
  tell: (notice: string) => void,
): Promise<RunningPeer> {
  const directory = await resolveRemote(settings.directory, DIRECTORY_PORT, "--directory");
  const udp = await whereToListen(settings.listen, directory, PEER_PORT, "--listen");
  const http = await whereToListen(settings.http, directory, HTTP_PORT, "--http");
  const ip = settings.advertise ?? (await advertised([http.host, udp.host], directory));
  const store = openFolder(settings, tell);
  const choice = wireChoice<ClientWire>(settings, "report", console);
  const watching: { actions?: PeerActions; watch?: DirectoryWatch } = {};
  const onUpdate = (outcome: UpdateOutcome): void => {
    watching.actions?.onUpdate(outcome);
    watching.watch?.onUpdate(outcome);
  };
  const boot = (host: NodeHost): Peer => {
    const options = {
      ...defaultPeerOptions,
      ...choice,
      arq: { ...choice.arq, rto: keepAliveRto(choice.arq.rto, settings.updatePeriod) },
      directory,
      http: { ip, port: (host.http as Endpoint).port },
      updatePeriodMs: settings.updatePeriod,
    };
    const peer = new Peer(host, options, store.files, onUpdate);
    for (const name of store.shares) shareAtStart(peer, name, tell);
    return peer;
  };
  const describe = describeFor(choice.wire, "peer");
  const real = await openAtFreePorts(settings, console, { udp, http, describe, boot }, tell);
  const { host } = real;
  const peer = host.participant as Peer;
  const receive = receiver(peer, settings, console);
  let fetching: Promise<unknown> = Promise.resolve();
  const tracked: Receive = (name, sources) => {
    const lines = receive(name, sources);
    fetching = lines;
    return lines;
  };
  const actions = new PeerActions(host, peer, tracked, (name) => store.allow(name));
  watching.actions = actions;
  watching.watch = new DirectoryWatch(
    host,
    {
      address: directory.key,
      updatePeriodMs: settings.updatePeriod,
      problem: () => peer.directoryProblem,
    },
    tell,
  );
  tell(
    `peer ${ip} ${(host.http as Endpoint).port}, directory ${directory.key}, ${countOf(store.shares.length, "file")} shared`,
  );
  return {
    actions,
    closed: real.closed,
    async leave() {
      watching.watch?.stop();
      // A download under way was told to stop, and keeps what it has.
      const exit = new Promise((resolve) => peer.exit(resolve));
      await within(EXIT_PATIENCE_MS, Promise.all([exit, fetching]));
      await real.close();
    },
  };
}

interface Listening {
  readonly host: string;
  readonly port: number;
  /** Was the port named by the user? Another may take its place otherwise. */
  readonly isAsked: boolean;
}

async function whereToListen(
  given: HostPort | undefined,
  directory: Endpoint,
  defaultPort: number,
  option: string,
): Promise<Listening> {
  const { host, port } = given ?? {};
  const address = host === undefined ? anyAddress(directory.host) : await resolveHost(host, option);
  return { host: address, port: port ?? defaultPort, isAsked: port !== undefined };
}

/** The address that others are told: a particular one that it listens on, else the one towards the directory. */
async function advertised(hosts: readonly string[], directory: Endpoint): Promise<string> {
  return hosts.find((host) => !isAnyAddress(host)) ?? (await localAddressTowards(directory));
}

/** A default port that another program has is no reason to stay away: any free one will do. */
async function openAtFreePorts(
  settings: PeerSettings,
  console: Console,
  spec: { udp: Listening; http: Listening; describe: Describe; boot: (host: NodeHost) => Peer },
  tell: (notice: string) => void,
): Promise<RealHost> {
  const { udp, http, describe, boot } = spec;
  try {
    return await RealHost.open(settings, console, {
      describe,
      bind: udp,
      http: {
        host: http.host,
        port: http.port,
        closeGraceMs: CLOSE_PATIENCE_MS,
        ...(settings.uploadLimit !== undefined && { uploadBytesPerSecond: settings.uploadLimit }),
        ...(settings.maxUploads !== undefined && { maxUploads: settings.maxUploads }),
      },
      closeTimeoutMs: CLOSE_PATIENCE_MS,
      boot,
    });
  } catch (error) {
    if (isPortTaken(error, "UDP") && !udp.isAsked && udp.port !== 0) {
      tell(`UDP port ${udp.port} is taken: another one will do (--listen chooses)`);
      return openAtFreePorts(settings, console, { ...spec, udp: { ...udp, port: 0 } }, tell);
    }
    if (isPortTaken(error, "HTTP") && !http.isAsked && http.port !== 0) {
      tell(`HTTP port ${http.port} is taken: another one will do (--http chooses)`);
      return openAtFreePorts(settings, console, { ...spec, http: { ...http, port: 0 } }, tell);
    }
    throw error;
  }
}

/** What is wrong at once is bad usage; what comes out when the file has been read for its hash is a notice. */
function shareAtStart(peer: Peer, name: string, tell: (notice: string) => void): void {
  let isStarting = true;
  peer.share(name, (outcome) => {
    if (outcome.ok) return;
    const problem = `cannot share ${name}: ${outcome.error}`;
    if (isStarting) throw new CliError("usage", problem);
    tell(problem);
  });
  isStarting = false;
}
