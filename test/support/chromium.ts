/**
 * The system's Chromium, for tests of the page. Where there is none they are skipped, with the reason printed; in CI
 * (CI=true) they fail instead.
 */

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = [
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

const found = PLACES.find((path) => path !== "" && existsSync(path));

/** Why there is nothing to test with; undefined where there is. */
export const noChromium =
  found === undefined ? "no Chromium here: install the package chromium, or set CHROMIUM to its path" : undefined;

/** Is the test to be skipped? Prints why. In CI it is not: `launchChromium` will say what is missing. */
export function skipWithoutChromium(): boolean {
  if (noChromium === undefined || process.env.CI === "true") return false;
  process.stderr.write(`skipped: tests of the report in a browser; ${noChromium}\n`);
  return true;
}

/** Each launch has a profile of its own (playwright's), and touches no network by itself. */
export function launchChromium(): Promise<Browser> {
  if (found === undefined) throw new Error(noChromium);
  return chromium.launch({
    executablePath: found,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
