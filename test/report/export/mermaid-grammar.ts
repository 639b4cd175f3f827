/**
 * The part of Mermaid's grammar of sequence diagrams that trace.mmd uses, strictly: after the heading one statement a
 * line. Text must not have what Mermaid's lexer ends a text at (`;`, `#` but for a numbered entity) nor what it takes
 * for a comment, a directive or HTML.
 */

export interface Statement {
  readonly kind: "title" | "participant" | "message" | "note";
  /** Of a message its arrow; else "". */
  readonly arrow: string;
  /** Ids: of a message its sender and receiver, of a note those that it is over. */
  readonly ids: readonly string[];
  /** With entities resolved. */
  readonly text: string;
}

const ID = "[A-Za-z][A-Za-z0-9]*";
const TITLE = /^title (.+)$/;
const PARTICIPANT = new RegExp(`^participant (${ID}) as (.+)$`);
const MESSAGE = new RegExp(`^(${ID})(->>|-->>|-x|--x|-\\)|--\\))(${ID}): (.+)$`);
const NOTE = new RegExp(`^Note over (${ID})(?:,(${ID}))?: (.+)$`);

export function parseMermaid(source: string): readonly Statement[] {
  const [heading, ...lines] = source.split("\n");
  if (heading !== "sequenceDiagram") throw new Error(`a sequence diagram begins with its name, not with ${heading}`);
  if (lines.pop() !== "") throw new Error("the last line has no end");
  const known = new Set<string>();
  return lines.map((line) => {
    if (!line.startsWith("    ")) throw new Error(`not indented: ${line}`);
    const statement = parseLine(line.slice(4));
    if (statement.kind === "participant") known.add(statement.ids[0]!);
    for (const id of statement.ids) if (!known.has(id)) throw new Error(`${id} is no participant: ${line}`);
    return statement;
  });
}

function parseLine(line: string): Statement {
  let [, ...found] = TITLE.exec(line) ?? [];
  if (found.length > 0) return { kind: "title", arrow: "", ids: [], text: plain(found[0]!) };
  [, ...found] = PARTICIPANT.exec(line) ?? [];
  if (found.length > 0) return { kind: "participant", arrow: "", ids: [found[0]!], text: plain(found[1]!) };
  [, ...found] = MESSAGE.exec(line) ?? [];
  if (found.length > 0) {
    return { kind: "message", arrow: found[1]!, ids: [found[0]!, found[2]!], text: plain(found[3]!) };
  }
  [, ...found] = NOTE.exec(line) ?? [];
  if (found.length > 0) {
    const ids = found.slice(0, 2).filter((id) => id !== undefined);
    return { kind: "note", arrow: "", ids, text: plain(found[2]!) };
  }
  throw new Error(`no statement: ${line}`);
}

function plain(text: string): string {
  const rest = text.replace(/#\d+;/g, "");
  const wrong = /[;#<>&\r]|%%|\$\$|^(?:no)?wrap:|style|classDef/i.exec(rest);
  if (wrong !== null) throw new Error(`${JSON.stringify(wrong[0])} is special to Mermaid: ${text}`);
  return text.replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
