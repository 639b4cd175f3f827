/**
 * The rules of the house, as tables: which folder of src/ may import which, which packages it may use, and which words
 * it must do without, each with what to use instead.
 */

/** Folder of src/ -> the folders it may import. Anything may import itself and `trace`. */
export const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  trace: [],
  core: [],
  faults: ["core"],
  sim: ["core", "faults"],
  transport: ["core", "faults"],
  scenario: ["core", "faults", "sim", "transport"],
  report: ["scenario", "core"],
  capture: ["core"],
  lesson: ["scenario", "core", "report"],
  study: ["scenario", "core", "faults", "report"],
  grade: ["scenario", "core", "report"],
  cli: ["core", "faults", "sim", "transport", "scenario", "report", "lesson", "study", "grade", "capture", "index"],
  index: ["core", "faults", "sim", "transport", "scenario", "report", "lesson", "study", "grade", "capture"],
};

/** Folder, or file without its ending -> the third-party packages it may import. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "src/core": ["@noble/hashes/hmac.js", "@noble/hashes/sha2.js", "@noble/hashes/utils.js"],
  "src/faults/keyed-random": ["seedrandom"],
  "src/core/peer/file-digest": ["@noble/hashes/sha2.js"],
  "src/core/peer/memory-part": ["@noble/hashes/sha2.js"],
  "src/trace/csv": ["csv-stringify/browser/esm/sync"],
  "src/scenario": ["yaml", "zod", "fastest-levenshtein"],
  "src/lesson": ["zod"],
  "src/report": ["asciichart", "picocolors", "d3-scale", "d3-shape"],
  "src/report/page": ["uplot"],
  "src/transport/files": ["mime"],
  "src/study": ["@noble/hashes/sha2.js", "@noble/hashes/utils.js", "asciichart", "d3-scale", "d3-shape", "picocolors"],
  "src/study/documents": ["csv-stringify/browser/esm/sync"],
  "src/study/pool": ["tinypool"],
  "src/cli": ["commander", "cli-progress", "picocolors"],
};

/** Folders that must also run in a browser. */
export const BROWSER_FOLDERS: readonly string[] = [
  "core",
  "faults",
  "sim",
  "trace",
  "capture",
  "scenario",
  "report",
  "study",
];

/** What needs Node, as folders or files: no browser folder may have it at run time (its types are free to use). */
export const NODE_ONLY: readonly string[] = [
  "src/transport",
  "src/cli",
  "src/report/html/page-files",
  "src/scenario/files",
  "src/scenario/real",
  "src/lesson/files",
  "src/study/pool",
];

export interface Ban {
  /** Searched in code only: comments and strings are blanked. */
  readonly pattern: RegExp;
  readonly what: string;
  readonly instead: string;
  /** The folders of src/ that do without. */
  readonly folders: readonly string[];
  /** Places within them, as folders or files, that need it. */
  readonly except?: readonly string[];
}

const PROTOCOLS = ["core", "faults", "sim"];
const DETERMINISTIC = ["core", "faults", "sim", "trace", "capture", "scenario", "report", "study"];

/** A global by its bare name: not a property, not a longer word, not a key or a method's own name. */
const global = (name: string, behind = "\\b(?!\\s*\\??:)"): RegExp => new RegExp(`(?<![.\\w$#])${name}${behind}`, "g");

export const BANS: readonly Ban[] = [
  {
    pattern: /(?<![.\w$])Date\s*\.\s*now\b/g,
    what: "Date.now",
    instead: "transport.now() for intervals, transport.wallClockMs() for dates",
    folders: DETERMINISTIC,
  },
  {
    pattern: /(?<![.\w$])new\s+Date\s*\(\s*\)/g,
    what: "new Date()",
    instead: "a time that the caller passes in",
    folders: DETERMINISTIC,
  },
  {
    pattern: /(?<![.\w$])new\s+Date\s*\(\s*[^\s)]/g,
    what: "new Date(",
    instead: "a number of ms; dates are for whoever prints them",
    folders: PROTOCOLS,
  },
  { pattern: global("performance"), what: "performance", instead: "transport.now()", folders: DETERMINISTIC },
  {
    pattern: /\bMath\s*\.\s*random\b/g,
    what: "Math.random",
    instead: "transport.random(), or a keyed draw of src/faults/keyed-random.ts",
    folders: DETERMINISTIC,
  },
  {
    pattern: /(?<![.\w$])(?:crypto\s*\.|getRandomValues\b|randomUUID\b)/g,
    what: "crypto",
    instead: "transport.random(), or a keyed draw of src/faults/keyed-random.ts",
    folders: DETERMINISTIC,
  },
  {
    pattern: global("(?:setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)"),
    what: "the event loop's timers",
    instead: "transport.createTimer(onFire), or an event in the simulator's queue",
    folders: DETERMINISTIC,
    // The report's script draws when the browser does.
    except: ["src/report/page"],
  },
  {
    pattern: /(?<![.\w$])(?:async(?=\s+(?:function\b|[\w$#[*])|\s*\()|await\b(?!\s*[:=,)]))|(?<![.\w$])Promise\b/g,
    what: "async, await or Promise",
    instead: "a handler that runs to its end, and a callback for what comes later",
    folders: PROTOCOLS,
  },
  {
    pattern: /\bMath\s*\.\s*(?:a?(?:sin|cos|tan)h?|atan2|pow|cbrt|hypot)\b/g,
    what: "a Math function whose last bit differs between engines",
    instead: "products, Math.sqrt, Math.log or Math.exp",
    folders: PROTOCOLS,
  },
  {
    pattern: /(?<!\b2 )\*\*|\*\*(?! ?\d+\b)/g, // `2 ** 24` is exact everywhere
    what: "`**`, whose last bit differs between engines",
    instead: "a product, a shift or a constant",
    folders: PROTOCOLS,
  },
  {
    pattern: /\bfor\s*\(\s*(?:const|let|var)\s+[\w$]+\s+in\b/g,
    what: "for-in",
    instead: "for-of over a Map, a Set, an array or Object.keys",
    folders: DETERMINISTIC,
  },
  {
    pattern: /\.\s*(?:localeCompare|toLocale\w+)\b|(?<![.\w$])Intl\s*\./g,
    what: "what depends on the machine's locale",
    instead: "`<` on strings, toString or toFixed on numbers",
    folders: DETERMINISTIC,
  },
  {
    pattern: global("(?:Buffer|__dirname|__filename|setImmediate)"),
    what: "a global that a browser does not have",
    instead: "Uint8Array, TextEncoder and TextDecoder, or src/scenario/files.ts for what touches files",
    folders: BROWSER_FOLDERS,
  },
  {
    pattern: global("(?:process|console|require)", "\\s*(?:\\??\\.(?!\\.)|\\[|\\((?=\\s*['\"]))"),
    what: "process, console or require",
    instead: "a value or a callback that the caller passes in; src/cli does the printing",
    folders: BROWSER_FOLDERS,
  },
];

/** Numbers declared under a name that is a time, but does not say in which unit. */
export const NAMES_WITHOUT_UNIT: readonly RegExp[] = [
  /(?<![.\w$])(\w*(?:[Tt]imeout|[Dd]elay|[Ii]nterval|[Pp]eriod|[Dd]uration))\??\s*:\s*number\b/g,
  /(?<![.\w$])(\w*(?:Seconds|Secs?))\??\s*:\s*number\b/g,
];

/** Folders whose times are in ms or ns. */
export const UNIT_FOLDERS: readonly string[] = PROTOCOLS;

export const MAX_LINES = 400;

/** A file's opening comment has at least so many characters of text: more than its own name. */
export const MIN_OPENING_CHARACTERS = 25;
