/**
 * SVG as text, without a DOM. Every coordinate goes through `px`, so that the same picture is the same bytes whatever
 * the last bits of an engine's logarithm are.
 */

/** A coordinate with at most two decimals. */
export function px(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Characters that XML 1.0 cannot carry, not even as entities; and halves of surrogate pairs. */
const NOT_XML = /[\p{Cs}\uFFFE\uFFFF]|[^\P{Cc}\t\n\r]/gu;

/** A text for XML or HTML, in an element or an attribute. */
export function escapeText(text: string): string {
  return text.replace(NOT_XML, "\uFFFD").replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => {
      if (value === undefined) return "";
      return ` ${name}="${typeof value === "number" ? px(value) : escapeText(value)}"`;
    })
    .join("");
}

/** An element; `children` is markup already. Numbers become coordinates, absent attributes are left out. */
export function element(name: string, attributes: Attributes, children = ""): string {
  return children === ""
    ? `<${name}${attributesText(attributes)}/>`
    : `<${name}${attributesText(attributes)}>${children}</${name}>`;
}

export function textElement(text: string, attributes: Attributes): string {
  return element("text", attributes, escapeText(text));
}

/** A tool tip, and what a screen reader says. */
export function title(text: string): string {
  return `<title>${escapeText(text)}</title>`;
}

/** An element with a title. */
export function titled(name: string, attributes: Attributes, text: string, children = ""): string {
  return element(name, attributes, title(text) + children);
}

export interface Page {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  readonly style: string;
  /** `img`: one picture, its parts are not told apart by a screen reader. `group`: its parts can be visited. */
  readonly role?: "img" | "group";
  /** Tells the ids of several pictures in one document apart. */
  readonly idPrefix: string;
}

/** A whole picture, as a file of its own or for embedding in HTML. */
export function svgDocument(page: Page, body: string): string {
  const { width, height, idPrefix } = page;
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    class: idPrefix,
    viewBox: `0 0 ${px(width)} ${px(height)}`,
    width,
    height,
    role: page.role ?? "img",
    "aria-labelledby": `${idPrefix}-title ${idPrefix}-desc`,
    "font-family": "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif",
    "font-size": 12,
  };
  const head = [
    `<title id="${idPrefix}-title">${escapeText(page.title)}</title>`,
    `<desc id="${idPrefix}-desc">${escapeText(page.description)}</desc>`,
    `<style>${page.style}</style>`,
    element("rect", { width, height, fill: "#fff" }),
  ];
  return `${element("svg", attributes, `\n${[...head, body].join("\n")}\n`)}\n`;
}

/** The width that a text takes, estimated on the wide side: the same on every machine, whatever its fonts. */
export function textWidthPx(text: string, fontSizePx: number): number {
  let units = 0;
  for (const character of text) units += NARROW.test(character) ? 0.38 : WIDE.test(character) ? 0.95 : 0.63;
  return units * fontSizePx;
}

const NARROW = /[ .,:;'!|iljtfrI()[\]/-]/;
const WIDE = /[mwMW@%]|[^\u0020-\u024f]/;
