/** The file server and its client keep the part of the Transport's contract that is about file requests. */

import { describe } from "vitest";
import { type Endpoint, endpoint, type Participant, type Transport } from "../../../src/core/transport.ts";
import { silentTrace } from "../../../src/trace/node-trace.ts";
import { requestFile } from "../../../src/transport/http/file-client.ts";
import { FileServer } from "../../../src/transport/http/file-server.ts";
import { requestContract } from "../../contract/requests.ts";
import type { ContractHost, ContractWorld } from "../../contract/world.ts";
import { afterTest, waitFor } from "./support.ts";

describe.each(["127.0.0.1", "::1"])("file requests over TCP on %s", (address) => {
  class LoopbackWorld implements ContractWorld {
    readonly nobody: Endpoint = endpoint(address, 9);
    readonly maxDatagramBytes = 0;
    readonly timerToleranceMs = 0;
    readonly waitFor = waitFor;

    async host(handlers: Partial<Participant> = {}): Promise<ContractHost> {
      const onRequest: Participant["onFileRequest"] = (from, request, response) =>
        handlers.onFileRequest?.(from, request, response);
      const server = await FileServer.listen({ host: address, port: 0, closeGraceMs: 1 }, onRequest, silentTrace);
      afterTest(() => server.close());
      // Requests alone: nothing else of a Transport is asked for here.
      const transport: Pick<Transport, "request"> = {
        request: (to, request, responses) => requestFile(to, request, responses, silentTrace),
      };
      return { transport: transport as Transport, http: server.endpoint };
    }

    async pass(ms: number): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, ms));
    }

    async close(): Promise<void> {}
  }

  const world = new LoopbackWorld();
  requestContract(() => world);
});
