/** The menu on a real terminal (a pseudo-terminal of tmux): what a person types and sees. */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../cli/fake-console.ts";
import { hasProgram, need } from "../support/needs.ts";
import { builtCli } from "./built-cli.ts";
import { startDirectory } from "./process.ts";

beforeAll(() => {
  builtCli();
}, 120_000);

/** A terminal of 100 columns that runs one command. */
class Terminal {
  private readonly socket: string;

  constructor(command: readonly string[]) {
    this.socket = join(temporaryFolder(), "tmux");
    const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    this.tmux("new-session", "-d", "-x", "100", "-y", "40", `${words}; echo "ended with $?"; sleep 60`);
    onTestFinished(() => void this.tmux("kill-server"));
  }

  type(...keys: readonly string[]): void {
    this.tmux("send-keys", ...keys);
  }

  async screenWith(pattern: RegExp): Promise<string> {
    for (;;) {
      const screen = this.tmux("capture-pane", "-p", "-J");
      if (pattern.test(screen)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private tmux(...args: readonly string[]): string {
    return execFileSync("tmux", ["-S", this.socket, "-f", "/dev/null", ...args], { encoding: "utf8" });
  }
}

test("a person shares a file, looks at the list, mistypes, and presses Ctrl-C", {
  timeout: 60_000,
}, async (context) => {
  need(context, "tmux", hasProgram("tmux", "-V"));
  const { directory, address } = await startDirectory();
  const folder = temporaryFolder();
  writeFileSync(join(folder, "new.txt"), "hello");
  const listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const peer = ["peer", "--directory", address, "--folder", folder, ...listen];
  const terminal = new Terminal([process.execPath, builtCli(), ...peer]);
  await terminal.screenWith(/1 Receive a file\n2 Add sharing file\n.*6 View Directory\nchoice: *$/ms);
  terminal.type("2", "Enter");
  await terminal.screenWith(/choice: 2\nfile name \(empty: back\): *$/m);
  terminal.type("new.tyt", "BSpace", "BSpace", "xt", "Enter"); // the terminal's own line editing
  await terminal.screenWith(/new\.txt is shared/);
  terminal.type("9", "Enter");
  await terminal.screenWith(/choice: 9\ngive a number from 1 to 6\nchoice:/);
  terminal.type("C-c");
  await terminal.screenWith(/ended with 130/);
  await directory.waitFor(/left/, "err");
});
