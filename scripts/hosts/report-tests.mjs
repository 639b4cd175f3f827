/**
 * The report's Tests 0 to 4 on four hosts. Each gives rows: what the report says, what was seen here, and whether they agree
 * (`ok` undefined: a figure to look at, which no machine need reproduce).
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PATIENCE_MS } from "./stage.mjs";

const FILE_BYTES = 58_710;
const UPDATE_PERIOD_MS = 7020;
/** Of the report's capture: from the directory's first answer to the third update of each peer. */
const START_UP_MS = 16_000;
const ALL_THREE = /(\['10\.0\.0\.[234]', '80'[^\n]*\]\n){3}/;
/** In Unix seconds; a whole one has no fraction. */
const LAST_UPDATE = String.raw`\d{10}(?:\.\d+)?`;

export const REPORT_TESTS = [
  { title: "0 start-up", perform: startUp },
  { title: "1 add a file", perform: addFile },
  { title: "2 delete a file", perform: deleteFile },
  { title: "3 download", perform: download },
  { title: "4 error", perform: notFound },
];

async function startUp(stage) {
  await stage.open();
  await stage.peer("H2");
  await stage.peer("H3", { files: { "new.txt": bytes(FILE_BYTES) }, shares: ["new.txt"] });
  const h4 = await stage.peer("H4", { port: 4444 });
  const listing = await stage.viewUntil(h4, ALL_THREE);
  await setTimeout(START_UP_MS);
  const captures = await stage.close();

  const ofH2 = exchange(captures.get("H2"), "10.0.0.2:8888", "10.0.0.1:7777");
  const ofH3 = exchange(captures.get("H3"), "10.0.0.3:8888", "10.0.0.1:7777");
  const text = ({ data }) => data.toString("latin1");
  const first = (list) => list.find(({ data }) => data[0] === 0x31); // an UPDATE: not the look at the directory
  const rows = [
    row(
      "three peers register with the directory",
      `H4 sees ${peersIn(listing)}`,
      peersIn(listing) === "10.0.0.2, 10.0.0.3, 10.0.0.4",
    ),
  ];
  const [question, answer] = [first(ofH2.questions), first(ofH2.answers)];
  rows.push(
    row(
      'H2 sends 18 bytes, "1 10.0.0.2 80  1 1"',
      `${question?.data.length} bytes, "${question && text(question)}"`,
      question && text(question) === "1 10.0.0.2 80  1 1",
    ),
  );
  rows.push(
    row(
      "the ACK is that packet with SEQ advanced by one",
      `"${answer && text(answer)}"`,
      answer && text(answer) === "1 10.0.0.2 80  2 1",
    ),
  );
  for (const [host, { questions, answers }, bytesOnWire] of [
    ["H2", ofH2, 62],
    ["H3", ofH3, 70],
  ]) {
    const lengths = `${first(questions)?.frameBytes}/${first(answers)?.frameBytes}`;
    rows.push(
      row(
        `${host}'s updates and their answers: ${bytesOnWire}/${bytesOnWire} bytes on the wire`,
        lengths,
        lengths === `${bytesOnWire}/${bytesOnWire}`,
      ),
    );
  }
  const periodMs = updatePeriodMs(stage);
  rows.push(
    row("an update every 7.02 s", `${(periodMs / 1000).toFixed(2)} s`, Math.abs(periodMs - UPDATE_PERIOD_MS) < 150),
  );
  rows.push(figure("answered within 0.6 to 6.8 ms", `fastest ${fastestMs(ofH2).toFixed(1)} ms (this machine)`));
  return rows;
}

async function addFile(stage) {
  await stage.open();
  const h2 = await stage.peer("H2");
  const h3 = await stage.peer("H3", { files: { "new.txt": bytes(FILE_BYTES) } });
  await stage.peer("H4");
  h3.say("2\nnew.txt");
  const list = await h3.ask("4", /1 10\.0\.0\.3 80[^\n]*/, { timeoutMs: PATIENCE_MS });
  const shared = new RegExp(String.raw`\['10\.0\.0\.3', '80', 'new\.txt', ${LAST_UPDATE}\]`);
  const listing = await stage.viewUntil(h2, shared);
  const others = ["2", "4"].every((n) =>
    new RegExp(String.raw`\['10\.0\.0\.${n}', '80', ${LAST_UPDATE}\]`).test(listing),
  );
  await stage.close();
  return [
    row("H3 lists 1 10.0.0.3 80 new.txt", list[0].trim(), list[0].trim() === "1 10.0.0.3 80 new.txt"),
    row(
      "seen from H2: ['10.0.0.3', '80', 'new.txt', <last update>]",
      shared.exec(listing)?.[0] ?? brief(listing),
      shared.test(listing),
    ),
    row("the others without a file", others ? "10.0.0.2 and 10.0.0.4: none" : brief(listing), others),
  ];
}

async function deleteFile(stage) {
  await stage.open();
  const names = ["new.txt", "recv.txt", "file1.txt"];
  const h2 = await stage.peer("H2", {
    files: Object.fromEntries(names.map((name) => [name, bytes(1000)])),
    shares: names,
  });
  const h3 = await stage.peer("H3", { files: { "f1.txt": bytes(1000) }, shares: ["f1.txt"] });
  const before = await stage.viewUntil(h3, /\['10\.0\.0\.2', '80', 'new\.txt', 'recv\.txt', 'file1\.txt', /);
  h2.say("3\nrecv.txt");
  const wanted = /\['10\.0\.0\.2', '80', 'new\.txt', 'file1\.txt', /;
  const fromH3 = await stage.viewUntil(h3, wanted);
  const fromH2 = await stage.viewUntil(h2, wanted);
  await stage.close();
  return [
    row(
      "H2 shares new.txt, recv.txt, file1.txt",
      lineOf(before, "10.0.0.2"),
      /'new\.txt', 'recv\.txt', 'file1\.txt'/.test(before),
    ),
    row(
      "after H2's deletion of recv.txt, seen from H3: new.txt, file1.txt",
      lineOf(fromH3, "10.0.0.2"),
      wanted.test(fromH3),
    ),
    row("seen from H2 as well", lineOf(fromH2, "10.0.0.2"), wanted.test(fromH2)),
  ];
}

async function download(stage) {
  const original = bytes(FILE_BYTES);
  await stage.open();
  const files = { "new.txt": original, "file1.txt": bytes(1000), "recv.txt": bytes(1000) };
  await stage.peer("H2", { files, shares: Object.keys(files) });
  await stage.peer("H3", { files: { "new.txt": original }, shares: ["new.txt"] });
  const h4 = await stage.peer("H4", { port: 4444 });
  await stage.viewUntil(h4, /'new\.txt'.*'new\.txt'/s);
  const offer = await h4.ask("1\nnew.txt", /choice 0: 10\.0\.0\.2 80.*?choice 1: 10\.0\.0\.3 80/s, {
    timeoutMs: PATIENCE_MS,
  });
  const answer = await h4.ask("0", /\(\d+, '[^']*'\)[^\n]*/, { timeoutMs: PATIENCE_MS });
  const file = join(stage.folderOf("H4"), "new.txt");
  const captures = await stage.close();
  const received = readOrNothing(file);
  const request = captures
    .get("H4")
    .find(({ protocol, to, data }) => protocol === "tcp" && to === "10.0.0.2:80" && data.length > 0);
  const wanted = "GET new.txt HTTP/1.1\r\nHost: 10.0.0.2\r\nAccept-Encoding: identity\r\n\r\n";
  return [
    row("H4 is offered H2 (choice 0) and H3 (choice 1)", oneLine(offer[0]), true),
    row(
      "the request: 67 bytes, GET new.txt HTTP/1.1 without a slash",
      `${request?.data.length} bytes, ${request?.data.toString("latin1").split("\r\n")[0]}`,
      request?.data.toString("latin1") === wanted,
    ),
    row("(200, 'OK')", answer[0], answer[0].startsWith("(200, 'OK')")),
    row(
      "the file of 58,710 bytes is on H4's disk",
      `${received.length} bytes, ${received.equals(original) ? "equal to H2's" : "NOT equal to H2's"}`,
      received.equals(original),
    ),
  ];
}

async function notFound(stage) {
  await stage.open();
  await stage.peer("H3", { files: { "f1.txt": bytes(1000), "f3.txt": bytes(1000) }, shares: ["f1.txt", "f3.txt"] });
  await stage.peer("H2", {
    files: { "new.txt": bytes(FILE_BYTES), "file1.txt": bytes(1000) },
    shares: ["new.txt", "file1.txt"],
  });
  const h4 = await stage.peer("H4", { port: 4444 });
  await stage.viewUntil(h4, /'f1\.txt'.*'new\.txt'|'new\.txt'.*'f1\.txt'/s);
  const from = h4.output.length;
  const offer = await h4.ask("1\nnew.txt", /choice 0: [^\n]*/, { timeoutMs: PATIENCE_MS });
  const answer = await h4.ask("10.0.0.3 80", /\(\d+, '[^']*'\)/, { timeoutMs: PATIENCE_MS });
  const onlyH2 = !/choice 1:/.test(h4.output.slice(from));
  await stage.close();
  return [
    row("H4 is offered H2 only", oneLine(offer[0]), offer[0].includes("10.0.0.2 80") && onlyH2),
    row("asks H3 for it anyway: (404, 'file not found')", answer[0], answer[0] === "(404, 'file not found')"),
  ];
}

/** What the report says, what was seen, and whether they agree. */
function row(claim, seen, ok) {
  return { claim, seen, ok: ok === true };
}

/** A figure of the report, which depends on its machines, beside ours. */
function figure(claim, seen) {
  return { claim, seen, ok: undefined };
}

/** Datagrams from a peer to the directory, and back, as one host saw them. */
function exchange(packets, peer, directory) {
  const udp = packets.filter(({ protocol }) => protocol === "udp");
  return {
    questions: udp.filter(({ from, to }) => from === peer && to === directory),
    answers: udp.filter(({ from, to }) => from === directory && to === peer),
  };
}

/** The shortest time from a datagram to the next answer, in ms. */
function fastestMs({ questions, answers }) {
  const gaps = answers.map((answer) => {
    const question = questions.findLast(({ timeMs }) => timeMs <= answer.timeMs);
    return question === undefined ? Number.POSITIVE_INFINITY : answer.timeMs - question.timeMs;
  });
  return Math.min(...gaps);
}

/** The mean time between the first transmissions of H3's updates, by its own trace: those lost on the way count as well. */
function updatePeriodMs(stage) {
  const [header, ...lines] = readFileSync(join(stage.traceFolderOf("H3"), "trace.csv"), "utf8")
    .trimEnd()
    .split("\n");
  const columns = header.split(",");
  const cell = (line, name) => line.split(",")[columns.indexOf(name)];
  const times = lines
    .filter(
      (line) => cell(line, "event") === "send" && cell(line, "type") === "UPDATE" && cell(line, "attempt") === "1",
    )
    .map((line) => Number(cell(line, "time_ms")));
  return (times.at(-1) - times[0]) / (times.length - 1);
}

/** A file's bytes, which differ from place to place. */
function bytes(length) {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7) & 255));
}

function readOrNothing(file) {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

function peersIn(listing) {
  return [...new Set(listing.match(/10\.0\.0\.\d/g))].toSorted().join(", ");
}

function lineOf(listing, address) {
  return (
    listing
      .split("\n")
      .find((line) => line.includes(`['${address}'`))
      ?.trim() ?? "not listed"
  );
}

function oneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}

function brief(text) {
  return oneLine(text).slice(0, 160);
}
