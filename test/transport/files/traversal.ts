/**
 * Targets that try to leave a shared folder: every way of writing "up", "slash" and a path's start that some server has fallen
 * for, put together. Each is the bytes of a request's target, so it may hold what no URL may.
 */

/** `..` and its disguises: escaped once and twice, overlong UTF-8, full-width forms, with what Windows or a filter drops. */
const UP = [
  "..",
  "%2e%2e",
  "%2E%2E",
  ".%2e",
  "%2e.",
  "%252e%252e",
  "%25252e%25252e",
  "%%32%65%%32%65",
  "%c0%ae%c0%ae",
  "%e0%80%ae%e0%80%ae",
  "%f0%80%80%ae%f0%80%80%ae",
  "%uff0e%uff0e",
  "%ef%bc%8e%ef%bc%8e",
  "...",
  "....",
  "..%00",
  "..%20",
  "..;",
  "..%3b",
  ".%00.",
  "%2e%2e%00",
];

/** `/` and its disguises. */
const SLASH = [
  "/",
  "\\",
  "%2f",
  "%2F",
  "%5c",
  "%5C",
  "%252f",
  "%255c",
  "%c0%af",
  "%c1%9c",
  "%e0%80%af",
  "%u2215",
  "%u2216",
  "%e2%88%95",
  "%ef%bc%8f",
  "//",
  "/./",
  "\\\\",
  "%2f%2f",
  "/\\",
];

/** What stands before it. */
const START = ["", "/", "//", "/./", "/sub/", "/sub%2f", "/new.txt/", "\\", "%2f", "/%2f", "http://h/", "/?", "/.%2f"];

/** Files that are there, outside the folder that is shared. */
const OUTSIDE = ["outside.txt", "etc/passwd"];

/** Whole targets that fit no pattern: absolute ones, drives, UNC, streams, devices, what lies hidden within. */
const OTHERS = [
  "/etc/passwd",
  "//etc/passwd",
  "/%2fetc%2fpasswd",
  "%2fetc%2fpasswd",
  "file:///etc/passwd",
  "/file:///etc/passwd",
  "http://h/%2e%2e/outside.txt",
  "http://../outside.txt",
  "C:\\Windows\\win.ini",
  "/C:/Windows/win.ini",
  "/C%3a%5cWindows%5cwin.ini",
  "/c|/windows/win.ini",
  "\\\\localhost\\c$\\windows\\win.ini",
  "//localhost/c$/windows/win.ini",
  "%5c%5clocalhost%5cc$%5cwin.ini",
  "\\\\?\\C:\\Windows\\win.ini",
  "\\\\.\\C:\\",
  "/new.txt::$DATA",
  "/new.txt:stream",
  "/new.txt.",
  "/new.txt%20",
  "/new.txt%00",
  "/new.txt%00.jpg",
  "/new.txt/",
  "/new.txt/.",
  "/new.txt/..",
  "/./new.txt/../../outside.txt",
  "/sub",
  "/sub/",
  "/sub/inner.txt",
  "/sub%2finner.txt",
  "/sub%5cinner.txt",
  "/.",
  "/..",
  "/%2e",
  "/%2e%2e",
  "/%2e/",
  "/",
  "//",
  "/.secret",
  "/%2esecret",
  "/.secret/",
  "/.SECRET",
  "/link",
  "/link/outside.txt",
  "/link%2foutside.txt",
  "/linked.txt",
  "/linked%2etxt",
  "/dangling",
  "/loop",
  "/fifo",
  "/socket",
  "/proc/self/environ",
  "/dev/zero",
  "/CON",
  "/con.txt",
  "/NUL",
  "/aux",
  "/COM1",
  "/LPT1.txt",
  "/~root",
  "/~",
  "/*",
  "/new*",
  "/?",
  "/new.txt%0d%0aX-Injected:%20y",
  "/new.txt%0a",
  "/%00",
  "/%00new.txt",
  "/%ff",
  "/%fe%ff",
  "/%c0%80",
  "/%ed%a0%80",
  "/%f4%90%80%80",
  "/%80",
  "/%",
  "/%2",
  "/%zz",
  `/${"../".repeat(100)}etc/passwd`,
  `/${"%2e%2e%2f".repeat(60)}etc%2fpasswd`,
  `/${"a".repeat(5000)}`,
  `/${"%61".repeat(255)}b`,
  `/${"a/".repeat(120)}${"../".repeat(121)}outside.txt`,
];

/** None of these may be answered with anything but 400 or 404. */
export function traversalTargets(): string[] {
  const targets = new Set(OTHERS);
  for (const up of UP) {
    for (const slash of SLASH) {
      // Every disguise with every other; starts and files take turns, so that each pair of them is there, too.
      const turn = targets.size;
      for (const file of OUTSIDE) {
        const start = START[(turn + file.length) % START.length]!;
        targets.add(`${start}${up}${slash}${file}`);
        targets.add(`${up}${slash}${up}${slash}${file.replaceAll("/", slash)}`);
        targets.add(`/sub${slash}${up}${slash}${up}${slash}${file}`);
      }
    }
  }
  for (const start of START) for (const up of UP.slice(0, 6)) targets.add(`${start}${up}/outside.txt`);
  return [...targets];
}
