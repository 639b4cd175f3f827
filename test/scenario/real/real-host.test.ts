import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Participant } from "../../../src/core/transport.ts";
import { defaultNetworkOptions } from "../../../src/faults/options.ts";
import { AddressPlan } from "../../../src/scenario/real/address-plan.ts";
import { RealHost } from "../../../src/scenario/real/real-host.ts";
import type { HostOptions } from "../../../src/scenario/schema.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import { FaultyNetwork } from "../../../src/transport/faulty-network.ts";

const options = {
  name: "p",
  role: "peer",
  address: "10.0.0.1",
  port: 8126,
  httpPort: 8127,
  startMs: 0,
  clockDriftPpm: 0,
} as unknown as HostOptions;

interface Made {
  readonly host: RealHost;
  readonly plan: AddressPlan;
  /** Resolves when what the host began is done. */
  readonly settled: () => Promise<unknown>;
}

async function make(): Promise<Made> {
  const plan = await AddressPlan.make([options]);
  const begun: Promise<void>[] = [];
  const host = new RealHost({
    options,
    plan,
    seed: "1",
    recorder: new Recorder(),
    faults: new FaultyNetwork({ seed: "1", network: defaultNetworkOptions }),
    boot: (): Participant => ({ start() {}, stop() {}, onDatagram() {}, onFileRequest() {} }),
    waitFor: (what) => void begun.push(what),
    onFailure: (error) => expect.fail(String(error)),
  });
  onTestFinished(() => host.close());
  return { host, plan, settled: () => Promise.all(begun) };
}

/** Can somebody else have these ports? Rejects where not. */
async function bindAgain({ plan }: Made): Promise<void> {
  const { udp, http } = plan.place("p");
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(udp.port, udp.host, resolve);
  });
  await new Promise<void>((resolve) => void socket.close(() => resolve()));
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(http?.port, http?.host, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

test("a host that crashes and starts again at once is where it was", async () => {
  const made = await make();
  const { host, plan } = made;
  host.start();
  await made.settled();
  const before = plan.place("p");
  await expect(bindAgain(made)).rejects.toThrow("EADDRINUSE");
  host.crash();
  host.start();
  expect(host.state).toBe("down");
  await made.settled();
  expect(host.state).toBe("up");
  expect(plan.place("p")).toBe(before);
});

test("a host that is just being opened when the run ends is closed all the same", async () => {
  const made = await make();
  made.host.start();
  await made.host.close();
  expect(made.host.state).toBe("down");
  await bindAgain(made);
});

test("what makes no sense in its state is refused in words", async () => {
  const made = await make();
  const { host } = made;
  expect(() => host.crash()).toThrow("p is down already: only a running host can crash");
  expect(() => host.pause()).toThrow("p is down: only a host that is up can pause");
  host.start();
  await made.settled();
  expect(() => host.start()).toThrow("p is up: only a host that is down can start");
  expect(() => host.resume()).toThrow("p is up: only a paused host can resume");
  host.pause();
  expect(host.state).toBe("paused");
  host.crash();
  await host.close();
  await bindAgain(made);
});
