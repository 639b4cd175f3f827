/** What expectations refer to: hosts, directories, message types. */

import { checkExpectations } from "../expect/check.ts";
import type { ScenarioParts } from "../parts.ts";
import type { Finding } from "../problems.ts";

export function checkExpectationParts({ expect, names, hosts }: ScenarioParts): Finding[] {
  const directories = names.keys().filter((key) => hosts.get(key)?.role === "directory");
  const context = { hostNames: names.all(), directories: directories.flatMap((key) => names.members(key)) };
  const areRead = names.keys().every((key) => hosts.has(key));
  const findings = checkExpectations(
    expect.map(({ value }) => value),
    areRead ? context : { hostNames: context.hostNames },
  );
  return findings.map(({ path: [index, ...inside], ...rest }) => ({
    path: [...expect[Number(index)]!.path, ...inside],
    ...rest,
  }));
}
