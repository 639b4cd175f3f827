/** The table of the demonstration: what the report says beside what was seen. */

const CLAIM_COLUMNS = 62;

export function claimTable(results, { loss, out }) {
  const lines = [
    loss === 0
      ? "The report's tests on four hosts"
      : `The report's tests on four hosts, ${loss * 100} % of all packets lost by the kernel`,
    "",
  ];
  for (const { test, rows } of results) {
    lines.push(`Test ${test}`);
    for (const { claim, seen, ok } of rows) {
      const verdict = ok === undefined ? "    " : ok ? "PASS" : "FAIL";
      const [first, ...rest] = wrap(claim, CLAIM_COLUMNS);
      lines.push(`  ${verdict}  ${first.padEnd(CLAIM_COLUMNS)}  ${seen}`, ...rest.map((line) => `        ${line}`));
    }
    lines.push("");
  }
  const judged = results.flatMap(({ rows }) => rows).filter(({ ok }) => ok !== undefined);
  const failed = judged.filter(({ ok }) => !ok).length;
  lines.push(`${results.length} tests, ${judged.length} claims: ${judged.length - failed} hold, ${failed} do not`);
  lines.push(`captures, traces and results.json: ${out}`);
  return `${lines.join("\n")}\n`;
}

function wrap(text, columns) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
