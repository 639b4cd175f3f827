import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { annotatedSchema, type JsonSchema, scenarioJsonSchema } from "../../src/scenario/reference.ts";
import { scenarioReference } from "../../src/scenario/reference-markdown.ts";

/** Every option of a schema with its path. */
function* options(schema: JsonSchema, path = ""): Generator<[string, JsonSchema]> {
  for (const [key, option] of Object.entries(schema.properties ?? {})) {
    yield [`${path}.${key}`, option];
    yield* options(option, `${path}.${key}`);
  }
  const inner = [schema.items, schema.additionalProperties, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  for (const option of inner.flat()) if (typeof option === "object") yield* options(option, path);
  for (const option of Object.values(schema.definitions ?? {})) yield* options(option, path);
}

describe("the JSON Schema", () => {
  test("every option says what it means", () => {
    const silent = [...options(annotatedSchema())].filter(
      ([path, option]) => option.description === undefined && option.const === undefined && !isPartOfComparator(path),
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test("is draft 7, refuses unknown keys, and has no keyword of our own", () => {
    const schema = scenarioJsonSchema();
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).toEqual(["name", "description", "hosts"]);
    expect(JSON.stringify(schema)).not.toContain('"x-');
  });

  test("units are texts with a pattern and examples that fit it; defaults are written as a scenario writes them", () => {
    const { definitions, properties } = scenarioJsonSchema();
    const [text] = definitions?.Duration?.anyOf ?? [];
    const pattern = new RegExp(String(text?.pattern));
    expect(text?.examples?.every((example) => pattern.test(String(example)))).toBe(true);
    const rto = properties?.protocol?.properties?.rto?.properties;
    expect(rto?.initial?.default).toBe("1s");
    expect(properties?.protocol?.properties?.attempts?.default).toBe(10);
  });
});

/** Comparators have one description for all of their bounds. */
function isPartOfComparator(path: string): boolean {
  return /^\.(equals|not|atLeast|atMost|above|below|between|of)$/.test(path);
}

describe("the reference", () => {
  const reference = scenarioReference();

  test("has a row for every option, or says where it is", () => {
    const missing = [...options(annotatedSchema())].filter(([path]) => {
      const key = path.split(".").at(-1)!;
      return !isPartOfComparator(path) && key !== "within" && !reference.includes(`\`${key}\``);
    });
    expect(missing.map(([path]) => path)).toEqual([]);
  });

  test("links to its own headings", () => {
    const anchors = [...reference.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
    const links = [...reference.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !anchors.includes(link!))).toEqual([]);
  });

  test("shows values, defaults and what is required", () => {
    expect(reference).toContain("| `estimator` | `report`, `rfc6298`, `fixed` | `report` |");
    expect(reference).toContain("| `updatePeriod` | duration | `7.02s` |");
    expect(reference).toContain("| `hosts` | mapping | required |");
  });
});

describe("the committed files follow from the schema (scripts/generate.mjs writes them)", () => {
  const committed = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  test("scenarios/schema.json", () => {
    expect(committed("scenarios/schema.json")).toBe(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  });
  test("docs/scenario-reference.md", () => {
    expect(committed("docs/scenario-reference.md")).toBe(scenarioReference());
  });
});
