/** Writes what follows from the scenario schema: the JSON Schema for editors, and the reference. Run after a build. */

import { writeFileSync } from "node:fs";
import { scenarioJsonSchema } from "../dist/scenario/reference.js";
import { scenarioReference } from "../dist/scenario/reference-markdown.js";

const root = new URL("../", import.meta.url);
writeFileSync(new URL("scenarios/schema.json", root), `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
writeFileSync(new URL("docs/scenario-reference.md", root), scenarioReference());
