/** The schema of scenario files for editors: JSON Schema draft 7, with the units' patterns, defaults and examples. */

import { z } from "zod";
import type { Path } from "./problems.ts";
import { scenarioSchema } from "./schema.ts";

/** A node of a JSON Schema, as far as it is used here. */
export interface JsonSchema {
  $ref?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema | JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
  /** Our own: what a value is called in the reference. */
  "x-value"?: string;
  [keyword: string]: unknown;
}

/** The JSON Schema of scenario files, with our own `x-` keywords. */
export function annotatedSchema(): JsonSchema {
  return z.toJSONSchema(scenarioSchema, {
    io: "input",
    target: "draft-7",
    override({ zodSchema, jsonSchema }) {
      // zod keeps back examples of what it transforms; ours are of what is written.
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  }) as JsonSchema;
}

/** The JSON Schema of scenario files, for `scenarios/schema.json`. */
export function scenarioJsonSchema(): JsonSchema {
  const schema = withoutOwnKeywords(annotatedSchema()) as JsonSchema;
  return { ...schema, title: "A peerlab scenario" };
}

/** The path of an option by its key alone, from the root down (not into lists and hosts); undefined where there is none. */
export function homeOf(key: string): Path | undefined {
  const level: { path: Path; schema: JsonSchema }[] = [{ path: [], schema: annotatedSchema() }];
  for (const { path, schema } of level) {
    for (const [name, inner] of Object.entries(schema.properties ?? {})) {
      if (name === key) return [...path, name];
      level.push({ path: [...path, name], schema: inner });
    }
  }
  return undefined;
}

function withoutOwnKeywords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwnKeywords);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith("x-"));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutOwnKeywords(inner)]));
}
