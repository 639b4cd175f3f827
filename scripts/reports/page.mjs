/** reports/README.md: what the reports are, how to read them, and a table of them all. */

import { posix } from "node:path";
import { folderOf, LIST, MAX_COMMITTED_BYTES, REPORTS } from "./layout.mjs";

/** `runs`: for each scenario its file, and what its summary.json says. */
export function pageText(runs) {
  const groups = groupBy(runs, groupOf);
  return [INTRODUCTION, ...[...groups].map(([group, members]) => table(group, members))].join("\n");
}

const INTRODUCTION = `# Reports of the committed scenarios

What every scenario of \`scenarios/\` gives with its own seed, committed, so that a change of behaviour shows in a review as what it is:
\`scenarios/lessons/loss.yaml\` is here as \`${REPORTS}/lessons/loss/\`. All of it is written by

\`\`\`
npm run reports              # regenerates everything here
npm run reports -- --check   # compares instead, byte for byte, and shows the first difference; CI runs this
\`\`\`

| file | what it is |
|---|---|
| \`summary.json\` | verdicts with what was expected and found, metrics, what every action answered |
| \`charts.txt\`, \`charts.svg\` | the RTT, the estimate and the timeout over time; more of the run's curves in the picture |
| \`ladder.svg\` | the packets as a ladder diagram: time runs down |
| \`trace.csv\` | one line for each event; line 1 is the heading, so that line 58 is event 57 |
| \`rtt.csv\` | one line for each step of an RTT estimator |
| \`${LIST}\` | SHA-256 and size of the run's other files: captures, and what is larger than ${MAX_COMMITTED_BYTES / 1024} KiB |

What the columns mean says [docs/trace.md](../docs/trace.md); how to read the pictures, [docs/pictures.md](../docs/pictures.md).

Not here is \`report.html\`, the run to step through. It is written, with everything else, by

\`\`\`
npx peerlab run scenarios/lessons/loss.yaml --out reports/latest
\`\`\`

A trace that is here can be held against the code as it is now, event by event:

\`\`\`
npx peerlab diff reports/lessons/loss scenarios/lessons/loss.yaml
\`\`\`

\`trace-hashes.json\` pins the trace hashes alone; \`npm run hashes\` writes it, and CI compares it under several versions of Node.js.
`;

function table(group, members) {
  const rows = members.map(({ file, summary }) => {
    const folder = folderOf(file);
    const cells = [
      `[${posix.basename(folder)}](${folder}/)`,
      summary.description,
      verdictsOf(summary),
      `\`${summary.traceHash}\``,
    ];
    return `| ${cells.map(cellText).join(" | ")} |`;
  });
  const heading = `## ${group === "." ? "scenarios" : group}\n`;
  return [heading, "| scenario | what it shows | verdicts | trace hash |", "|---|---|---|---|", ...rows, ""].join("\n");
}

function verdictsOf({ expectations, passed }) {
  const met = expectations.filter((verdict) => verdict.passed).length;
  if (expectations.length === 0) return "none asked for";
  return `${met} of ${expectations.length} pass${passed ? "" : ": **FAIL**"}`;
}

/** One line, and no bar of its own. */
function cellText(text) {
  return text.replace(/\s+/g, " ").trim().replaceAll("|", "\\|");
}

function groupOf({ file }) {
  return posix.dirname(folderOf(file));
}

/** Map.groupBy, which Node 20 does not have. */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
