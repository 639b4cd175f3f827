/** Where `get` puts a file: a folder, under the file's own name, or a path of the user's choice. */

import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileStore } from "../../core/peer/file-store.ts";
import { DownloadFolder } from "../../transport/files/download-folder.ts";
import { CliError } from "../exit-codes.ts";

export interface DownloadTarget {
  /** Where the file will be. */
  readonly path: string;
  /** Takes a download of any name to that path; serves nothing. */
  readonly files: FileStore;
}

/** CliError where the folder is not there, or no file can have the name. */
export function downloadTarget(name: string, to: string): DownloadTarget {
  const isFolder = /[/\\]$/.test(to) || isFolderNow(to);
  const folder = new DownloadFolder(isFolder ? to : dirname(to));
  const fileName = isFolder ? name : basename(to);
  if (!isFolderNow(folder.folder)) {
    throw new CliError("usage", `there is no folder ${folder.folder}: make it, or choose another by --to`);
  }
  try {
    folder.pathOf(fileName);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError("usage", `${error.message}: choose a file by --to`);
  }
  const files: FileStore = {
    open: (_name, found) => found(undefined),
    has: () => folder.has(fileName),
    create: () => folder.create(fileName),
    partial: (_name, options, opened) => folder.partial(fileName, options, opened),
  };
  return { path: isFolder ? join(to, fileName) : to, files };
}

function isFolderNow(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
