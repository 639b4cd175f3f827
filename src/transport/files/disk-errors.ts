/** What went wrong on the disk, in words that say what to do. */

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: make room and start the download again",
  EDQUOT: "your disk quota is used up: make room and start the download again",
  EFBIG: "the file is larger than this file system or your limit (ulimit -f) allows",
  EACCES: "permission denied: choose a folder that you may write to",
  EPERM: "not permitted: choose a folder that you may write to",
  EROFS: "the file system is read-only: choose another folder",
  ENOENT: "the folder is not there (any more): make it, or choose another",
  ENOTDIR: "that is no folder: choose another",
  EISDIR: "a folder has that name: choose another name",
  EEXIST: "a file has that name already: choose another name, or ask for it to be overwritten",
  ENAMETOOLONG: "the file system holds no name as long as that: choose a shorter one",
  EMFILE: "too many files are open: raise the limit (ulimit -n), or do less at once",
  ENFILE: "too many files are open on this system",
  EIO: "the disk reports an error",
  EINVAL: "the file system cannot hold that name or do that",
  EILSEQ: "the file system cannot hold that name: choose another",
};

/** `cannot write new.txt: the disk is full: ...`. */
export function diskErrorText(doing: string, error: unknown): string {
  const code = errorCode(error);
  const words = code === undefined ? undefined : WORDS[code];
  if (words !== undefined) return `cannot ${doing}: ${words} (${code})`;
  return `cannot ${doing}: ${error instanceof Error ? error.message : String(error)}`;
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
