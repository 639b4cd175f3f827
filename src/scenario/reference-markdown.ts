/** The reference of scenario files as Markdown: every option of the schema, with its default and what it means. */

import { annotatedSchema, type JsonSchema } from "./reference.ts";
import { DRIFT, DURATION, PERCENTAGE, type Quantity, RATE, SIZE } from "./units.ts";

/** `docs/scenario-reference.md`. */
export function scenarioReference(): string {
  const schema = annotatedSchema();
  const writer = new ReferenceWriter(schema.definitions ?? {});
  return `${[INTRODUCTION, units(), writer.write(schema)].join("\n\n")}\n`;
}

const INTRODUCTION = `# Scenario files

<!-- Written by scripts/generate.mjs from the schema in src/scenario. Change it there. -->

A scenario is a YAML file: who takes part, over which network, what happens when, and what must hold. \`peerlab init\`
writes one to start from, \`peerlab validate\` checks one, \`peerlab run\` runs it. With this first line, editors complete
and check it as you type:

\`\`\`yaml
# yaml-language-server: $schema=../schema.json
\`\`\`

\`--set PATH=VALUE\` changes an option for one run: \`--set network.loss=0.3\`, \`--set hosts.H2.clockDrift=50ppm\`,
\`--set timeline.0.do.send.packets=1000\` (items of lists are counted from 0).`;

function units(): string {
  const row = ({ name, units, examples }: Quantity) =>
    `| ${name} | ${Object.keys(units).map(code).join(", ")} | ${examples.map(code).join(", ")} |`;
  const rows = [DURATION, SIZE, RATE, PERCENTAGE, DRIFT].map(row);
  return ["## Values with units", "", "| value | units | examples |", "|---|---|---|", ...rows, "", UNIT_NOTES].join(
    "\n",
  );
}

const UNIT_NOTES = `A duration of 0 needs no unit. A probability may also be a number from 0 to 1. \`1kB\` is 1000 bytes, \`1KiB\` 1024.`;

/** An option whose value has options of its own, or a choice of such values. */
interface Section {
  readonly path: string;
  readonly description: string | undefined;
  readonly schema: JsonSchema;
}

class ReferenceWriter {
  private readonly definitions: Readonly<Record<string, JsonSchema>>;
  /** Where an option was described first, by its key and its schema: it is not described again. */
  private readonly described = new Map<string, string>();

  constructor(definitions: Readonly<Record<string, JsonSchema>>) {
    this.definitions = definitions;
  }

  write(root: JsonSchema): string {
    return [this.section({ path: "Top level", description: undefined, schema: root }), COMPARATORS].join("\n\n");
  }

  /** A section with a table of its options, and behind it the sections of those. */
  private section({ path, description, schema }: Section, prefix = "", level = "##"): string {
    const rows: string[] = [];
    const inner: Section[] = [];
    const elsewhere = new Map<string, string[]>();
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const id = `${key} ${JSON.stringify(property)}`;
      const first = this.described.get(id);
      if (first !== undefined && first !== path) {
        elsewhere.set(first, [...(elsewhere.get(first) ?? []), code(key)]);
        continue;
      }
      this.described.set(id, path);
      rows.push(this.row(key, property, schema.required?.includes(key) ?? false));
      inner.push(...this.sectionsOf(property, prefix + key, plain(this.resolve(property).description)));
    }
    for (const [first, keys] of elsewhere)
      rows.push(`| ${keys.join(", ")} | | | As in [${first}](#${anchor(first)}). |`);
    const head = [`${level} ${path}`, ...(description ? ["", description] : [])];
    const table = rows.length > 0 ? ["", "| option | value | default | meaning |", "|---|---|---|---|", ...rows] : [];
    return [
      [...head, ...table].join("\n"),
      ...inner.map((section) => this.section(section, `${section.path}.`, prefix === "" ? "##" : "###")),
    ].join("\n\n");
  }

  private row(key: string, property: JsonSchema, isRequired: boolean): string {
    const schema = this.resolve(property);
    const standard = property.default ?? schema.default;
    const isPlain = standard !== undefined && (typeof standard !== "object" || standard === null);
    const column = isRequired ? "required" : isPlain ? code(String(standard)) : "";
    return `| ${code(key)} | ${this.value(schema)} | ${column} | ${cell(schema.description ?? "")} |`;
  }

  /** The objects with options inside a value, each a section of its own. */
  private sectionsOf(property: JsonSchema, path: string, description: string | undefined): Section[] {
    const schema = this.resolve(property);
    if (schema["x-value"] !== undefined) return [];
    if (schema.properties) {
      const [, title] = Object.entries(schema.properties).find(([, { const: only }]) => only !== undefined) ?? [];
      const name = title === undefined ? path : `${path} (${title.const})`;
      return [{ path: name, description: title ? title.description : description, schema }];
    }
    if (schema.items && !Array.isArray(schema.items)) return this.sectionsOf(schema.items, `${path}[]`, description);
    if (typeof schema.additionalProperties === "object") {
      return this.sectionsOf(schema.additionalProperties, `${path}.NAME`, description);
    }
    return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((option) =>
      this.sectionsOf(option, path, description),
    );
  }

  /** What a value may be, in words. */
  private value(property: JsonSchema): string {
    const schema = this.resolve(property);
    if (schema["x-value"] !== undefined) return cell(schema["x-value"]);
    if (schema.const !== undefined) return code(String(schema.const));
    if (schema.enum) return schema.enum.map((word) => code(String(word))).join(", ");
    const options = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
    if (options.length > 0 && !schema.properties)
      return [...new Set(options.map((option) => this.value(option)))].join(" or ");
    if (schema.type === "array") {
      return Array.isArray(schema.items)
        ? "list of two"
        : `list of ${this.value(schema.items ?? {}).replace(/^options$/, "item")}s`;
    }
    if (schema.type === "object") return schema.properties ? "options" : "mapping";
    return TYPE_NAMES[String(schema.type)] ?? "any value";
  }

  /** A schema with what it refers to written out. */
  private resolve(schema: JsonSchema): JsonSchema {
    const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (reference === undefined) return schema;
    const { allOf, $ref: _, ...own } = schema;
    const { $ref: __, ...wrapped } = allOf?.[0] ?? {};
    return { ...this.resolve(this.definitions[reference.split("/").at(-1)!] ?? {}), ...wrapped, ...own };
  }
}

const COMPARATORS = `## Comparators

A figure is compared with a value, which it must equal (\`drops: 3\`), or with a mapping of bounds, which must all hold:
\`equals\`, \`not\`, \`atLeast\`, \`atMost\`, \`above\`, \`below\`, \`between: [2, 5]\`, or \`within: 1%\` with \`of: 1.2346\`.`;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "number",
  integer: "whole number",
  boolean: "`true`, `false`",
};

function code(text: string): string {
  return `\`${text}\``;
}

/** Bars would end a table's cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function plain(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}

/** A heading's anchor, as GitHub makes it. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
