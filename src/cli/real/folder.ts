/** The folder of a peer: what it shares, and where downloads go. */

import type { FileStore } from "../../core/peer/file-store.ts";
import { DownloadFolder } from "../../transport/files/download-folder.ts";
import { FolderStore } from "../../transport/files/folder-store.ts";
import { fileNameProblem } from "../../transport/files/names.ts";
import { SharedFolder, SharedFolderError } from "../../transport/files/shared-folder.ts";
import { CliError } from "../exit-codes.ts";
import type { PeerSettings } from "./peer-settings.ts";

export interface PeerFolder {
  readonly files: FileStore;
  /** The names to share from the start. */
  readonly shares: readonly string[];
  /** The user named this file: it may be shared, although its name begins with a dot. */
  allow(name: string): void;
}

/** CliError where the folder is not there or cannot be read. `tell` hears of what happens to it later. */
export function openFolder(settings: PeerSettings, tell: (notice: string) => void): PeerFolder {
  const { folder, share = [], shareAll = false } = settings;
  try {
    const shared = new SharedFolder(folder, { onProblem: tell });
    const allow = (name: string): void => {
      // The part of a download under way is not a file yet, whatever its name says.
      if (fileNameProblem(name) === undefined) shared.allowDotfile(name);
    };
    for (const name of share) allow(name);
    const shares = new Set([...share, ...(shareAll ? shared.names() : [])]);
    return { files: new FolderStore(shared, new DownloadFolder(folder)), shares: [...shares], allow };
  } catch (error) {
    if (!(error instanceof SharedFolderError)) throw error;
    throw new CliError("usage", `${error.message} (--folder)`);
  }
}
