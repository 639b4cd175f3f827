/** Reads well-formed XML into elements, and refuses any other: enough to look into the SVG that is drawn. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text in it, children's included. */
  readonly text: string;
}

const TOKEN = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
const ATTRIBUTE = /([\w:-]+)="([^"<]*)"/g;
const ENTITY = /&(#\d+|\w+);|&/g;
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** Throws at the first thing that is not well-formed. */
export function parseXml(text: string): XmlElement {
  const root = { name: "", attributes: {}, children: [] as XmlElement[], text: "" };
  const stack = [root];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text);
    if (token === null) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 60)}`);
    const [, isEnd, name, attributes = "", isEmpty, characters] = token;
    const top = stack.at(-1)!;
    if (characters !== undefined) {
      for (const open of stack) open.text += decode(characters);
    } else if (isEnd === "/") {
      if (stack.length === 1 || top.name !== name) throw new Error(`</${name}> closes <${top.name}> at ${at}`);
      stack.pop();
    } else {
      const pairs = [...attributes.matchAll(ATTRIBUTE)].map(([, key, value]) => [key!, decode(value!)] as const);
      if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`an attribute twice at ${at}`);
      const child = { name: name!, attributes: Object.fromEntries(pairs), children: [] as XmlElement[], text: "" };
      top.children.push(child);
      if (isEmpty !== "/") stack.push(child);
    }
  }
  if (stack.length !== 1 || root.children.length !== 1) throw new Error("not one whole element");
  return root.children[0]!;
}

function decode(text: string): string {
  return text.replace(ENTITY, (whole, name: string | undefined) => {
    if (name?.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
    const character = name === undefined ? undefined : NAMED[name];
    if (character === undefined) throw new Error(`a bare & or an unknown entity: ${whole}`);
    return character;
  });
}

/** All elements, the root included, of which this holds. */
export function findAll(root: XmlElement, holds: (element: XmlElement) => boolean): XmlElement[] {
  return [...(holds(root) ? [root] : []), ...root.children.flatMap((child) => findAll(child, holds))];
}

/** Those of a class. */
export function byClass(root: XmlElement, name: string): XmlElement[] {
  return findAll(root, ({ attributes }) => (attributes.class ?? "").split(" ").includes(name));
}
