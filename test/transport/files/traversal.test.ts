/** Nothing but what is shared comes out of a shared folder, however it is asked for. */

import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SharedFolder } from "../../../src/transport/files/shared-folder.ts";
import { afterTest, get, RawClient, startFolderServer, tempFolder } from "../http/support.ts";
import { traversalTargets } from "./traversal.ts";

/** In every file that must not come out. */
const SECRET = "outside the shared folder";

/** A folder with one file to share, and everything around it and in it that is not. */
async function trap(): Promise<string> {
  const base = tempFolder();
  const share = join(base, "share");
  mkdirSync(join(share, "sub"), { recursive: true });
  mkdirSync(join(base, "etc"));
  for (const path of ["outside.txt", "etc/passwd", "share/.secret", "share/sub/inner.txt"]) {
    writeFileSync(join(base, path), SECRET);
  }
  writeFileSync(join(share, "new.txt"), "shared");
  symlinkSync("..", join(share, "link"));
  symlinkSync("../outside.txt", join(share, "linked.txt"));
  symlinkSync("nowhere", join(share, "dangling"));
  symlinkSync("loop", join(share, "loop"));
  if (process.platform !== "win32") {
    expect(spawnSync("mkfifo", [join(share, "fifo")]).status).toBe(0);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(share, "socket"), resolve));
    afterTest(() => server.close());
  }
  return share;
}

describe("the corpus", () => {
  const targets = traversalTargets();

  test("is large", () => {
    expect(targets.length).toBeGreaterThan(1500);
  });

  test("every target is refused, and none gets a byte from outside", async () => {
    const { port } = await startFolderServer(await trap());
    const wrong: string[] = [];
    const CONNECTIONS = 20;
    const takeTurns = async (first: number): Promise<void> => {
      for (let i = first; i < targets.length; i += CONNECTIONS) {
        const client = new RawClient(port).send(get(targets[i]!, "Connection: close\r\n"));
        const text = await client.untilEnd();
        client.socket.destroy();
        const isRefused = /^HTTP\/1\.1 (400|404) /.test(text) && text.endsWith("\r\n\r\n");
        if (!isRefused || text.includes(SECRET)) wrong.push(`${targets[i]}: ${text.slice(0, 60)}`);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, first) => takeTurns(first)));
    expect(wrong).toEqual([]);
  }, 30_000);

  test("the file beside all that is served", async () => {
    const { port } = await startFolderServer(await trap());
    const [answer] = await new RawClient(port).send(get("/new.txt")).answers(1);
    expect(answer?.body.toString()).toBe("shared");
  });
});

describe("the folder itself, asked by names that no request can carry", () => {
  test.each([
    "../outside.txt",
    "..\\outside.txt",
    "sub/inner.txt",
    "sub\\inner.txt",
    "/etc/passwd",
    "..",
    ".",
    "",
    "new.txt\0",
    "new.txt\n",
    "\0",
    ".secret",
    "link",
    "link/outside.txt",
    "linked.txt",
    "dangling",
    "loop",
    "sub",
    "fifo",
    "socket",
    "\ud800",
    "x".repeat(256),
  ])("%j: nothing", async (name) => {
    const folder = new SharedFolder(await trap());
    expect(folder.has(name)).toBe(false);
    const found = await new Promise((resolve) => folder.open(name, (body, problem) => resolve({ body, problem })));
    expect(found).toEqual({ body: undefined, problem: undefined });
    expect(await folder.hash(name)).toBeUndefined();
  });

  test("lists nothing else", async () => {
    expect(new SharedFolder(await trap()).names()).toEqual(["new.txt"]);
  });
});
