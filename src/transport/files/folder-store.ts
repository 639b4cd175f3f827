/** A peer's files in the real world: a folder that it serves from, and one that it downloads into; they may be the same. */

import type { FileSink, FileStore, PartialOpened, PartialOptions } from "../../core/peer/file-store.ts";
import type { FileBody } from "../../core/transport.ts";
import type { FileDescription } from "../../core/wire/hardened/fields.ts";
import type { DownloadFolder } from "./download-folder.ts";
import type { SharedFolder } from "./shared-folder.ts";

export class FolderStore implements FileStore {
  readonly shared: SharedFolder;
  readonly downloads: DownloadFolder;

  constructor(shared: SharedFolder, downloads: DownloadFolder) {
    this.shared = shared;
    this.downloads = downloads;
  }

  open(name: string, found: (body: FileBody | undefined) => void): void {
    this.shared.open(name, found);
  }

  /** Is there a file of this name that could be shared? */
  has(name: string): boolean {
    return this.shared.has(name);
  }

  /** Size and SHA-256, once the file has been read; undefined where there is none, or it cannot be read. */
  describe(name: string, done: (description: FileDescription | undefined) => void): void {
    this.shared.hash(name).then(done, () => done(undefined));
  }

  create(name: string): FileSink {
    return this.downloads.create(name);
  }

  partial(name: string, options: PartialOptions, opened: (result: PartialOpened) => void): void {
    this.downloads.partial(name, options, opened);
  }
}
