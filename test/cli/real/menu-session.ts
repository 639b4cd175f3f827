/** A menu whose peer is on the fake network, whose user types a list of lines, and whose screen is a text. */

import { receiver } from "../../../src/cli/real/fetching.ts";
import { runMenu } from "../../../src/cli/real/menu.ts";
import { PeerActions } from "../../../src/cli/real/peer-actions.ts";
import { FileSharing, type RunningPeer } from "../../core/support/file-sharing.ts";
import { fakeConsole } from "../fake-console.ts";

/** Virtual time that passes while the menu waits for an outcome, at a time. */
const STEP_MS = 500;

export const MenuSession = {
  /** A peer at 10.0.0.`n` that has joined, with `files` in its store and `shared` of them shared. */
  of(n: number, files: Record<string, number> = {}, shared: readonly string[] = []) {
    const sharing = new FileSharing();
    const running = sharing.peer(n, files);
    for (const name of shared) running.peer.share(name);
    running.peer.start();
    sharing.network.run(sharing.network.nowMs + STEP_MS);
    return { sharing, running, files: running.files };
  },

  /** Types the lines, then ends the input. Gives all that was printed, prompts with the lines behind them. */
  async type(sharing: FileSharing, running: RunningPeer, lines: readonly string[]): Promise<string> {
    let text = "";
    let isOver = false;
    const rest = [...lines];
    const screen = {
      print(line: string) {
        text += `${line}\n`;
      },
      async ask(prompt: string) {
        const line = rest.shift();
        text += `${prompt}${line ?? ""}\n`;
        return line;
      },
    };
    const { peer, host } = running;
    const console = fakeConsole();
    const actions = new PeerActions(host, peer, receiver(peer, { quiet: true }, console));
    running.onUpdate = (outcome) => actions.onUpdate(outcome);
    const done = runMenu(screen, actions).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      sharing.network.run(sharing.network.nowMs + STEP_MS);
    }
    await done;
    return text;
  },
};
