/**
 * A fetch over real sockets into a real folder, for the tests: in this process, or as one of its own that a test may kill
 * (`node real-fetch.mjs FOLDER NAME SHA256 PORT...` prints its outcome as JSON).
 */

import { pathToFileURL } from "node:url";
import { Fetch } from "../../../src/core/peer/fetch/fetch.ts";
import type { FetchOptions } from "../../../src/core/peer/fetch/options.ts";
import type { FetchHandle, FetchOutcome } from "../../../src/core/peer/fetch/outcomes.ts";
import { endpoint, type Timer, type Transport } from "../../../src/core/transport.ts";
import { silentTrace } from "../../../src/trace/node-trace.ts";
import { DownloadFolder } from "../../../src/transport/files/download-folder.ts";
import { requestFile } from "../../../src/transport/http/file-client.ts";

/** What a fetch needs of a transport. */
const transport: Transport = {
  self: endpoint("127.0.0.1", 1),
  trace: silentTrace,
  now: () => performance.now(),
  wallClockMs: () => Date.now(),
  random: Math.random,
  createTimer: realTimer,
  request: (to, request, handlers) => requestFile(to, request, handlers, silentTrace),
  send: () => {
    throw new Error("no datagrams here");
  },
  connect: () => {
    throw new Error("no streams here");
  },
};

function realTimer(onFire: () => void): Timer {
  let running: NodeJS.Timeout | undefined;
  const cancel = () => {
    clearTimeout(running);
    running = undefined;
  };
  return {
    set(delayMs) {
      cancel();
      running = setTimeout(() => {
        running = undefined;
        onFire();
      }, Math.ceil(delayMs));
    },
    cancel,
    get isSet() {
      return running !== undefined;
    },
  };
}

export function realFetch(
  folder: string,
  name: string,
  ports: readonly number[],
  options: Partial<FetchOptions>,
): { readonly handle: FetchHandle; readonly outcome: Promise<FetchOutcome> } {
  let onDone: (outcome: FetchOutcome) => void = () => {};
  const outcome = new Promise<FetchOutcome>((done) => {
    onDone = done;
  });
  const sources = ports.map((httpPort) => ({ ip: "127.0.0.1", httpPort }));
  const handle = new Fetch(transport, name, sources, options, { onDone: (what) => onDone(what) });
  handle.start(new DownloadFolder(folder));
  return { handle, outcome };
}

const [, script, folder, name, sha256, ...ports] = process.argv;
if (
  script !== undefined &&
  import.meta.url === pathToFileURL(script).href &&
  folder !== undefined &&
  name !== undefined
) {
  const expected = { sha256: Uint8Array.from(Buffer.from(sha256 ?? "", "hex")) };
  const { outcome } = realFetch(folder, name, ports.map(Number), { expect: expected });
  process.stdout.write(`${JSON.stringify(await outcome)}\n`);
}
