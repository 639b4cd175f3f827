/** The report in a browser, opened from disk: what a student does with it, by mouse and by keyboard. */

// biome-ignore-all lint/performance/useDomNodeTextContent: locators are no DOM nodes, and what is asked is what a reader sees

import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, skipWithoutChromium } from "../../support/chromium.ts";
import { reportOf, writePage } from "../../support/report-files.ts";

const LAUNCH_MS = 60_000;

describe.skipIf(skipWithoutChromium())("the report in Chromium", { timeout: 60_000 }, () => {
  let browser: Browser;
  const folders: string[] = [];
  let page: Page;
  /** What the page said or asked for that it should not have. */
  let complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  }, LAUNCH_MS);

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function open(html: string, options: { javaScriptEnabled?: boolean } = {}): Promise<void> {
    const { folder, path } = writePage(html);
    folders.push(folder);
    const url = pathToFileURL(path).href;
    complaints = [];
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, ...options });
    page.on("console", (message) => complaints.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (request.url() !== url) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    if (options.javaScriptEnabled !== false) await page.locator("html[data-ready]").waitFor();
  }

  const loss = () => open(reportOf("scenarios/lessons/loss.yaml"));
  const clock = () => page.locator(".clock");
  /** The number of the event that is shown, from 1; 0 before the first. */
  const eventShown = async () => Number(/event ([\d,]+) of/.exec(await clock().innerText())![1]!.replaceAll(",", ""));
  const packet = (id: number) => page.locator(`.ladder-panel .packet[data-packet="${id}"]`);
  const readout = () => page.locator("#packet-readout");
  const arithmetic = () => page.locator("#arithmetic");
  const until = async (condition: () => Promise<boolean>) => expect.poll(condition, { timeout: 10_000 }).toBe(true);
  const isLit = (id: number) => packet(id).evaluate((element) => element.classList.contains("is-lit"));
  /** Points at a packet's arrow. */
  const pointAt = (id: number) => packet(id).locator(".grip").first().hover({ force: true });

  const frame = () => page.locator(".ladder-frame");
  const scrollTop = () => frame().evaluate((element) => element.scrollTop);
  const veil = () => page.locator(".ladder-panel .veil");
  /** Where the moment is, in px from the picture's top; undefined where nothing is pale. */
  const nowPx = async () => Number((await frame().getAttribute("data-now-px")) || Number.NaN);
  /** The upper and lower end of a packet's arrow, from the picture's top. */
  const ends = (id: number) =>
    packet(id)
      .locator(".line")
      .first()
      .evaluate((line) => [Number(line.getAttribute("y1")), Number(line.getAttribute("y2"))] as const);
  const settle = () => page.evaluate<void>("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))");

  test("verdicts, seed, hash and replay are there, with the interactive views in place of the still pictures", async () => {
    await loss();
    expect(await page.locator("h1").innerText()).toContain("PASS");
    expect(await page.locator(".facts").innerText()).toMatch(/Seed\s+4\s/);
    expect(await page.locator("#replay").innerText()).toBe("npx peerlab run scenarios/lessons/loss.yaml --seed 4");
    expect(await page.locator(".still").isVisible()).toBe(false);
    for (const name of ["Ladder diagram", "Round-trip times", "Over time", "Participants at this moment", "Events"]) {
      expect(await page.getByRole("heading", { name, exact: true }).isVisible()).toBe(true);
    }
  });

  test("one step forward, one step back, and the ends", async () => {
    await loss();
    for (let i = 1; i <= 2; i++) {
      await page.getByRole("button", { name: "One event forward" }).click();
      await until(async () => (await eventShown()) === i);
    }
    await page.getByRole("button", { name: "One event back" }).click();
    await until(async () => (await eventShown()) === 1);
    await page.getByRole("button", { name: "To the start" }).click();
    await until(async () => (await eventShown()) === 0);
    expect(await page.locator(".state-panel").innerText()).toContain("Nobody has done anything yet.");
    await page.getByRole("button", { name: "To the end" }).click();
    await until(async () => (await eventShown()) === 605);
  });

  test("stepping back gives back the states that were", async () => {
    await loss();
    const states = () => page.locator(".cards").innerText();
    await page.keyboard.press("Home");
    const seen: string[] = [];
    for (let i = 1; i <= 12; i++) {
      await page.keyboard.press("ArrowRight");
      await until(async () => (await eventShown()) === i);
      seen.push(await states());
    }
    expect(new Set(seen).size).toBeGreaterThan(8);
    for (let i = 11; i >= 1; i--) {
      await page.keyboard.press("ArrowLeft");
      await until(async () => (await eventShown()) === i);
      expect(await states()).toBe(seen[i - 1]);
    }
  });

  test("the slider goes to a time, and its keys go event by event", async () => {
    await loss();
    const slider = page.getByRole("slider", { name: "Time" });
    await slider.fill("5000");
    // In the middle of the run nothing happens for seconds: the slider stays where it was put.
    await until(async () => (await clock().innerText()).startsWith("14.467"));
    expect(await slider.inputValue()).toBe("5000");
    const shown = await eventShown();
    await slider.press("ArrowRight");
    await until(async () => (await eventShown()) === shown + 1);
    await slider.press("ArrowLeft");
    await slider.press("ArrowLeft");
    await until(async () => (await eventShown()) === shown - 1);
    expect(await slider.getAttribute("aria-valuetext")).toContain(`event ${shown - 1} of 605`);
  });

  test("plays, faster if asked, and stops at the end", async () => {
    await loss();
    await page.keyboard.press("Home");
    await page.getByLabel("Speed").selectOption("32");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Play or pause" }).click();
    await until(async () => (await eventShown()) > 8);
    await page.getByRole("button", { name: "Play or pause" }).click();
    await until(async () => (await page.getByRole("button", { name: "Play or pause" }).innerText()).includes("play"));
    await settle();
    const paused = await eventShown();
    await page.locator("h1").click();
    await page.keyboard.press("ArrowRight");
    await until(async () => (await eventShown()) === paused + 1);
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.getByLabel("Speed").selectOption("128");
    await page.locator("h1").click();
    await page.keyboard.press(" ");
    await until(
      async () =>
        (await page.getByRole("button", { name: "Play or pause" }).innerText()).includes("play") &&
        (await eventShown()) === 605,
    );
  });

  test("opens at the start: the moment, the ladder and the participants agree, and nothing is pale until time moves", async () => {
    await loss();
    expect(await eventShown()).toBe(0);
    expect(await scrollTop()).toBe(0);
    expect(await page.locator(".window-range").innerText()).toBe("Packets 1 to 36 of 237");
    expect(await page.locator(".state-panel").innerText()).toContain("Nobody has done anything yet.");
    expect(await veil().isVisible()).toBe(false);
    expect(await page.locator(".keys strong").isVisible()).toBe(true);
    await page.keyboard.press("ArrowRight");
    await until(() => veil().isVisible());
    expect(await page.locator(".keys strong").isVisible()).toBe(false);
    expect(await scrollTop()).toBe(0);
  });

  test("pointing at something never scrolls the ladder, nor does a click in it; a step from out of sight does", async () => {
    await loss();
    await frame().evaluate((element) => element.scrollIntoView({ block: "center" }));
    const line = (await packet(1).locator(".grip").first().boundingBox())!;
    const [x, y] = [line.x + line.width / 2, line.y + line.height / 2];
    await page.mouse.move(x, y);
    await until(() => isLit(1));
    await page.mouse.move(x, y + 25, { steps: 5 });
    await settle();
    expect(await scrollTop()).toBe(0);
    // Far from the moment shown, all the same.
    await page.keyboard.press("ArrowRight");
    await frame().evaluate((element) => {
      element.scrollTop = 500;
    });
    await page.mouse.move(x, y + 80, { steps: 8 });
    await page.mouse.move(5, 5);
    await settle();
    expect(await scrollTop()).toBe(500);
    await pointAt(11);
    const before = await scrollTop();
    await page.mouse.down();
    await page.mouse.up();
    await until(async () => (await eventShown()) > 10);
    await settle();
    expect(await scrollTop()).toBe(before);
    await page.keyboard.press("Home");
    await until(async () => (await scrollTop()) < 60);
  });

  test("what has not happened yet is pale: a packet on its way and a timer only from the moment on", async () => {
    await loss();
    await page.keyboard.press("Home");
    await until(async () => (await nowPx()) < (await ends(1))[0]);
    // The veil reaches from the moment to the picture's end, and lets the mouse through.
    const cover = () =>
      veil().evaluate((element) => {
        const picture = element.parentElement!.querySelector(".picture")!.getBoundingClientRect();
        const own = element.getBoundingClientRect();
        return { top: own.top - picture.top, below: picture.bottom - own.bottom, width: own.width - picture.width };
      });
    const filter = page.getByRole("searchbox");
    await filter.fill("packet:1 event:send");
    await page.locator(".event").first().click();
    // The picture may be drawn anew meanwhile, in another size.
    await until(async () => Math.abs((await nowPx()) - (await ends(1))[0]) <= 1);
    await settle();
    const [sent, arrives] = await ends(1);
    expect(arrives - sent).toBeGreaterThan(20);
    expect((await cover()).top).toBeCloseTo(sent, 0);
    expect(Math.abs((await cover()).below)).toBeLessThan(2);
    expect(Math.abs((await cover()).width)).toBeLessThan(2);
    await filter.fill("packet:1 event:deliver");
    await page.locator(".event").first().click();
    await until(async () => Math.abs((await nowPx()) - (await ends(1))[1]) <= 1);
    await pointAt(3);
    await until(() => isLit(3));
    await page.locator("h1").click();
    await page.keyboard.press("End");
    await until(async () => (await page.locator(".window-range").innerText()).endsWith("237 of 237"));
    const bottom = await page
      .locator(".ladder-panel .picture svg")
      .evaluate((svg) => svg.getBoundingClientRect().height);
    expect(bottom - (await nowPx())).toBeLessThan(40);
  });

  test("a row of the list stays the same row while others come and go, so that a slow click is not lost", async () => {
    await loss();
    const rows = page.locator(".events-frame");
    const row = page.locator("#event-5");
    await row.evaluate((element) => element.setAttribute("data-mark", "same"));
    await row.hover();
    await page.mouse.down();
    await page.keyboard.press("ArrowRight");
    await rows.evaluate((element) => {
      element.scrollTop += 40;
      element.dispatchEvent(new Event("scroll"));
    });
    await settle();
    expect(await row.getAttribute("data-mark")).toBe("same");
    await page.mouse.up();
    const numbers = await rows
      .locator("[data-row]")
      .evaluateAll((all) => all.map((one) => Number(one.getAttribute("data-row"))));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test("on a narrow screen the words of events are there, sideways", async () => {
    await loss();
    await page.setViewportSize({ width: 420, height: 800 });
    const words = page.locator(".event .words").first();
    expect((await words.boundingBox())!.width).toBeGreaterThan(150);
    const frame = page.locator(".events-frame");
    expect(await frame.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeGreaterThan(200);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(420);
  });

  test("pointing at a packet in the ladder shows it in the chart, with the arithmetic of its sample", async () => {
    await loss();
    await pointAt(11);
    await until(() => isLit(11));
    expect(await readout().innerText()).toMatch(/^DATA 5\/100 from sender to receiver, sent at [\d.]+ ms: packet 11/);
    await until(async () => (await arithmetic().innerText()).includes("packet 11"));
    const text = await arithmetic().innerText();
    expect(text).toMatch(/EstimatedRTT = 0\.875 x [\d.]+ \+ 0\.125 x [\d.]+ = [\d.]+ ms/);
    expect(text).toMatch(/DevRTT = 0\.75 x [\d.]+ \+ 0\.25 x \|[\d.]+ - [\d.]+\| = [\d.]+ ms/);
    // The numbers add up.
    const [, a, b, sum] = /0\.875 x ([\d.]+) \+ 0\.125 x ([\d.]+) = ([\d.]+)/.exec(text)!;
    expect(0.875 * Number(a) + 0.125 * Number(b)).toBeCloseTo(Number(sum), 2);
    // Its ACK belongs to the same sample.
    await page.mouse.move(5, 5);
    await pointAt(12);
    await until(async () => (await arithmetic().innerText()).includes("packet 11"));
  });

  test("pointing at a sample in the chart lights up its packet in the ladder; a click keeps it and goes there", async () => {
    await loss();
    const plot = page.locator(".rtt-panel .u-over");
    await plot.hover({ position: { x: 12, y: 60 } });
    await until(async () => (await page.locator(".ladder-panel .packet.is-lit").count()) > 0);
    expect(await readout().innerText()).toMatch(/^DATA \d+\/100 /);
    await plot.hover({ position: { x: 300, y: 60 } });
    await plot.click({ position: { x: 300, y: 60 } });
    await until(async () => Number.parseFloat(await clock().innerText()) > 15);
    await until(async () => (await page.locator(".ladder-panel .packet.is-lit").count()) > 0);
    await page.mouse.move(5, 5);
    const kept = await readout().innerText();
    expect(kept).toMatch(/^DATA \d+\/100 /);
    await page.keyboard.press("Escape");
    await until(async () => (await readout().innerText()).startsWith("Point at a packet"));
  });

  const rangeOf = (panel: string) => page.locator(`.${panel} .plot`).getAttribute("data-range");
  const range = () => rangeOf("rtt-panel");
  /** Drags over a chart, from and to so many px from its left. */
  async function drag(panel: string, from: number, to: number): Promise<void> {
    const over = page.locator(`.${panel} .u-over`);
    await over.scrollIntoViewIfNeeded();
    const box = (await over.boundingBox())!;
    await page.mouse.move(box.x + from, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + to, box.y + 40, { steps: 5 });
    await page.mouse.up();
  }
  const seconds = async () => [...(await range())!.matchAll(/[\d.]+/g)].map(([digits]) => Number(digits));

  test("the charts zoom by dragging, buttons and keys, and back, and all show the same part of the run", async () => {
    await loss();
    const whole = "0 s to 28.934005 s";
    expect(await range()).toBe(whole);
    await page.getByRole("button", { name: "Zoom in at the moment shown" }).click();
    await until(async () => (await range()) === "0 s to 14.467003 s");
    await page.getByRole("button", { name: "Show the whole run" }).click();
    await until(async () => (await range()) === whole);
    for (const panel of ["rtt-panel", "activity-panel"]) {
      await drag(panel, 60, 200);
      await until(async () => (await range()) !== whole);
      expect(await rangeOf("activity-panel")).toBe(await range());
      const [from, to] = await seconds();
      // With the shift key the same stretch of time is moved to the right: what was before comes into sight.
      await page.keyboard.down("Shift");
      await drag(panel, 100, 140);
      await page.keyboard.up("Shift");
      await until(async () => (await seconds())[0]! < from!);
      const [before, after] = await seconds();
      expect(after! - before!).toBeCloseTo(to! - from!, 3);
      expect(await rangeOf("activity-panel")).toBe(await range());
      await page.getByRole("button", { name: "Later in the run" }).click();
      await until(async () => (await seconds())[0]! > before!);
      await page.locator(".rtt-panel .plot").press("0");
      await until(async () => (await range()) === whole);
    }
    await page.locator(".rtt-panel .plot").press("+");
    await page.locator(".rtt-panel .plot").press("Shift+ArrowRight");
    await until(async () => (await range()) === "7.233501 s to 21.700504 s");
    expect(await eventShown()).toBe(0);
  });

  test("a double click in a chart shows the whole run, and neither keeps a packet nor moves the time", async () => {
    await loss();
    await drag("rtt-panel", 100, 200);
    await until(async () => (await seconds())[0]! > 0);
    await page.locator(".rtt-panel .u-over").dblclick({ position: { x: 100, y: 60 } });
    await until(async () => (await range()) === "0 s to 28.934005 s");
    // Longer than a click waits for a second one.
    await page.waitForFunction("new Promise((resolve) => setTimeout(() => resolve(true), 400))");
    expect(await eventShown()).toBe(0);
    await page.mouse.move(5, 5);
    await until(async () => (await readout().innerText()).startsWith("Point at a packet"));
    await drag("rtt-panel", 100, 200);
    await until(async () => (await seconds())[0]! > 0);
    await page.locator(".activity-panel .u-over").dblclick({ position: { x: 100, y: 60 } });
    await until(async () => (await range()) === "0 s to 28.934005 s");
    await page.locator(".rtt-panel .u-over").click({ position: { x: 100, y: 60 } });
    await until(async () => (await eventShown()) > 0);
  });

  /** Which part of a stripe of the chart's plot has a colour like this one: from the top and the bottom, in px. */
  const share = (top: number, bottom: number, [red, green, blue]: readonly number[]) =>
    page.evaluate<number>(`(() => {
      const chart = document.querySelector(".rtt-panel canvas");
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [chart.width, chart.height];
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(chart, 0, 0);
      const over = document.querySelector(".rtt-panel .u-over").getBoundingClientRect();
      const box = chart.getBoundingClientRect();
      const k = canvas.width / box.width;
      const { data } = context.getImageData((over.left - box.left) * k, (over.top - box.top + ${top}) * k,
        over.width * k, (over.height - ${top} - ${bottom}) * k);
      let hits = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (Math.abs(data[i] - ${red}) + Math.abs(data[i + 1] - ${green}) + Math.abs(data[i + 2] - ${blue}) < 60) hits++;
      }
      return hits / (data.length / 4);
    })()`);
  const RED = [196, 64, 10];

  test("very many timeouts are in a row of their own, below the samples", async () => {
    await open(reportOf("scenarios/lessons/collapse.yaml"));
    const height = await page.locator(".rtt-panel .u-over").evaluate((over) => over.clientHeight);
    expect(await share(height - 30, 0, RED)).toBe(0);
    expect(await share(height + 28, -46, RED)).toBeGreaterThan(0.1);
  });

  test("a dense TimeoutInterval that goes up and down is no solid block", async () => {
    // Backs off and recovers a thousand times: several times in each pixel.
    await open(reportOf("scenarios/lessons/loss.yaml", ["timeline.0.do.send.packets=4000"]));
    const height = await page.locator(".rtt-panel .u-over").evaluate((over) => over.clientHeight);
    // A stripe between the smallest TimeoutInterval and twice that.
    expect(await share(145, height - 157, RED)).toBeLessThan(0.15);
    expect(await share(0, 0, RED)).toBeGreaterThan(0.005);
  });

  test("the legend draws each mark as the chart does; the band is one entry, and hides as one", async () => {
    await loss();
    const legend = page.locator(".rtt-panel .chart-legend");
    expect((await legend.locator("> *").allInnerTexts()).map((text) => text.trim())).toEqual([
      "SampleRTT",
      "refused by Karn's rule",
      "EstimatedRTT",
      "± DevRTT",
      "TimeoutInterval",
      "timeout",
    ]);
    const fills = await legend
      .locator("circle")
      .evaluateAll((circles) => circles.map((one) => one.getAttribute("fill")));
    expect(fills).toEqual(["#00795a", "#fff"]);
    const colours = await page
      .locator(".activity-panel .swatch path")
      .evaluateAll((all) => all.map((one) => one.getAttribute("stroke")));
    expect(colours).toEqual(["#0072b2", "#5c6670"]);
    const before = await share(0, 0, RED);
    await legend.getByRole("button", { name: "TimeoutInterval" }).click();
    await until(async () => (await share(0, 0, RED)) < before / 10);
    expect(await legend.getByRole("button", { name: "TimeoutInterval" }).getAttribute("aria-pressed")).toBe("false");
  });

  test("moments in the arithmetic are whole microseconds", async () => {
    await loss();
    await page.locator(".rtt-panel .plot").press("ArrowRight");
    await until(async () => (await arithmetic().innerText()).startsWith("0.095965 s, packet 1\n"));
  });

  test("the filter box leaves the events that match, says how many, and says what it does not understand", async () => {
    await loss();
    const box = page.getByRole("searchbox", { name: "Filter the events" });
    await page.keyboard.press("/");
    expect(await box.evaluate((element) => element.ownerDocument.activeElement === element)).toBe(true);
    await box.fill("event:timeout");
    await until(async () => (await page.locator("#filter-count").innerText()) === "27 of 605 events");
    const kinds = await page.locator(".events-panel .event .kind").allInnerTexts();
    expect(new Set(kinds)).toEqual(new Set(["timeout"]));
    await box.fill("event:timeout time:<5s");
    await until(async () => (await page.locator("#filter-count").innerText()) === "6 of 605 events");
    await box.fill('note:"given');
    await until(async () => (await page.locator("#filter-count").innerText()).includes("a quote is not closed"));
    await box.fill("event:nothing");
    await until(async () => (await page.locator("#filter-count").innerText()).includes('there is no event "nothing"'));
    expect(await box.getAttribute("aria-invalid")).toBe("true");
    await box.fill("");
    await until(async () => (await page.locator("#filter-count").innerText()) === "605 of 605 events");
  });

  test("works by keyboard alone: events, samples and packets", async () => {
    await loss();
    await page.keyboard.press("Home");
    await page.locator(".events-frame").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await until(async () => (await eventShown()) === 3);
    expect(await page.locator(".event.is-current .number").innerText()).toBe("3");
    await page.locator(".rtt-panel .plot").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await until(async () => (await arithmetic().innerText()).includes("packet "));
    await page.keyboard.press("Enter");
    await until(async () => (await readout().innerText()).startsWith("DATA "));
    await packet(5).focus();
    await until(() => isLit(5));
    await page.keyboard.press("Enter");
    await until(async () => (await readout().innerText()).includes("packet 5,"));
  });

  test("the ladder is one stop of the Tab key; up and down go from packet to packet, and the focus is never lost", async () => {
    await loss();
    /** The packet with the focus, or the class of another element. */
    const focused = () =>
      page.evaluate<string>(
        "document.activeElement.closest('.ladder-panel .packet')?.dataset.packet ?? document.activeElement.className",
      );
    expect(await page.locator(".ladder-panel [tabindex='0']").count()).toBe(1);
    await page.getByLabel("Host").focus();
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("1");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('.ladder-panel')")).toBeNull();
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe("1");
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    expect(await focused()).toBe("4");
    await until(() => isLit(4));
    await page.keyboard.press("Enter");
    await until(async () => (await readout().innerText()).includes("packet 4,"));
    expect(await focused()).toBe("4");
    await page.keyboard.press("Escape");
    await until(async () => !(await isLit(4)));
    expect(await focused()).toBe("4");
    // The picture is drawn anew: where time leaves the window, and where the last packet's next one is asked for.
    await page.keyboard.press("End");
    await until(async () => (await page.locator(".window-range").innerText()).endsWith("237 of 237"));
    expect(Number(await focused())).toBeGreaterThan(200);
    await page.keyboard.press("Home");
    await until(async () => (await page.locator(".window-range").innerText()).startsWith("Packets 1 to 36"));
    for (let i = 1; i < 40; i++) await page.keyboard.press("ArrowDown");
    await until(async () => (await page.locator(".window-range").innerText()).startsWith("Packets 37 to 72"));
    expect(await focused()).toBe("40");
    await page.keyboard.press("ArrowUp");
    expect(await focused()).toBe("39");
  });

  test("earlier and later turn whole windows and back, and leave the moment as it is", async () => {
    await loss();
    await page.keyboard.press("ArrowRight");
    await until(async () => (await eventShown()) === 1);
    const range = () => page.locator(".window-range").innerText();
    const turn = (name: string) => page.getByRole("button", { name, exact: true }).click();
    for (const packets of ["37 to 72", "73 to 108", "109 to 144", "145 to 180", "181 to 216", "217 to 237"]) {
      await turn("The window after");
      expect(await range()).toBe(`Packets ${packets} of 237`);
    }
    await turn("The window after");
    expect(await range()).toBe("Packets 217 to 237 of 237");
    await turn("The window before");
    expect(await range()).toBe("Packets 181 to 216 of 237");
    await settle();
    expect(await eventShown()).toBe(1);
    expect(await veil().isVisible()).toBe(true);
    await turn("The window of the moment shown");
    await until(async () => (await range()) === "Packets 1 to 36 of 237");
  });

  test("the legend stays in sight below the scrolling picture", async () => {
    await loss();
    const legend = page.locator(".ladder-legend g.legend");
    expect(await legend.count()).toBe(1);
    expect(await page.locator(".ladder-frame g.legend").count()).toBe(0);
    const [box, around] = [(await legend.boundingBox())!, (await page.locator(".ladder-legend").boundingBox())!];
    const picture = (await frame().boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(picture.y + picture.height - 1);
    expect(box.y + box.height).toBeLessThanOrEqual(around.y + around.height + 1);
    expect(box.width).toBeGreaterThan(300);
  });

  test("a sample whose packet is in another window says so, and a click goes there", async () => {
    await loss();
    const plot = page.locator(".rtt-panel .u-over");
    await plot.scrollIntoViewIfNeeded();
    await plot.hover({ position: { x: 330, y: 60 } });
    await until(async () => (await readout().innerText()).includes("In another window: click to go there."));
    expect(await page.locator(".ladder-panel .packet.is-lit").count()).toBe(0);
    await plot.click({ position: { x: 330, y: 60 } });
    await until(async () => (await page.locator(".ladder-panel .packet.is-lit").count()) > 0);
    await page.mouse.move(5, 5);
    await until(async () => !(await readout().innerText()).includes("another window"));
    await page.getByRole("button", { name: "The window before", exact: true }).click();
    await page.getByRole("button", { name: "The window before", exact: true }).click();
    await page.getByRole("button", { name: "Show the window with this packet" }).click();
    await until(async () => (await page.locator(".ladder-panel .packet.is-lit").count()) > 0);
    await page.getByLabel("Messages").selectOption("DATA");
  });

  test("a broken expectation leads to its moment", async () => {
    const html = reportOf("scenarios/lessons/loss.yaml", ["network.loss=0.4"]);
    await open(
      html.replace(/(<td>at least 1<\/td><td>\d+)/, '$1<div class="why"><span data-event="99">event 100</span></div>'),
    );
    await page.getByRole("button", { name: "Show this moment" }).click();
    await until(async () => (await eventShown()) === 100);
  });

  test("byte streams and hosts are a choice", async () => {
    await open(reportOf("scenarios/report-2015/3-download.yaml"));
    const segments = () => page.locator(".ladder-panel .line.segment").count();
    await until(async () => (await page.locator(".ladder-panel .packet").count()) > 10);
    expect(await segments()).toBe(0);
    await page.getByLabel("Byte streams").selectOption("segments");
    await page.getByLabel("Host").selectOption("H3");
    const names = page.locator(".ladder-panel .host");
    await until(async () => (await names.count()) === 2);
    await page.getByLabel("Host").selectOption("");
    await page.getByLabel("Messages").selectOption("LOOKUP");
    await until(async () => (await page.locator(".ladder-panel .packet").count()) === 2);
  });

  test("the directory's table at the moment shown", async () => {
    await open(reportOf("scenarios/report-2015/2-delete-a-file.yaml"));
    const table = () => page.locator('.card[data-host="H1"]').innerText();
    await page.keyboard.press("Home");
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    expect(await table()).not.toContain("recv.txt");
    await page.getByRole("searchbox").fill('"added 10.0.0.2:80"');
    await page.locator(".event").first().click();
    await until(async () => (await table()).includes("recv.txt"));
    await page.getByRole("searchbox").fill('"changed 10.0.0.2:80"');
    await until(async () => (await page.locator(".event").count()) === 1);
    await page.locator(".event").first().click();
    await until(async () => !(await table()).includes("recv.txt"));
  });

  test("can be read without its script", async () => {
    await open(reportOf("scenarios/report-2015/3-download.yaml"), { javaScriptEnabled: false });
    expect(await page.locator(".still figure svg").last().isVisible()).toBe(true);
    expect(await page.locator(".still svg.charts").isVisible()).toBe(true);
    expect(await page.locator(".verdicts").isVisible()).toBe(true);
    expect(await page.locator("#live").isVisible()).toBe(false);
  });

  test("prints the verdicts and the still pictures, and no buttons; no picture is higher than a page", async () => {
    await open(reportOf("scenarios/faults/burst-loss-download.yaml"));
    await page.evaluate(
      "addEventListener('beforeprint', () => { document.documentElement.dataset.printed = 'true'; })",
    );
    expect((await page.pdf({ format: "A4" })).subarray(0, 5).toString()).toBe("%PDF-");
    expect(await page.locator("html[data-printed]").count()).toBe(1);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".player").isVisible()).toBe(false);
    expect(await page.locator("#live").isVisible()).toBe(false);
    expect(await page.locator(".scenario summary").isVisible()).toBe(false);
    // A4 and letter, less their margins, at 96 px per inch.
    for (const [width, height] of [
      [703, 1031],
      [725, 965],
    ] as const) {
      await page.setViewportSize({ width, height });
      const heights = await page
        .locator("figure")
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
      expect(heights.length).toBeGreaterThan(4);
      expect(Math.max(...heights)).toBeLessThanOrEqual(height);
    }
    const numbers = await page.locator("figure .heading").allTextContents();
    expect(numbers.at(-1)).toMatch(/^Ladder diagram, (\d+) of \1$/);
  });

  test("many passed verdicts are folded up, failed ones never; on paper and without a script all are there", async () => {
    const html = reportOf("scenarios/lessons/bulk.yaml", ["timeline.0.do.send.packets=40"]);
    await open(html);
    const failed = () => page.locator("table.verdicts .verdict.failed");
    const passed = () => page.locator(".passed-verdicts .verdict.passed").first();
    expect(await failed().first().isVisible()).toBe(true);
    expect(await passed().count()).toBe(0);
    await page.close();
    await open(reportOf("scenarios/report-2015/3-download.yaml"));
    const summary = page.locator(".passed-verdicts summary");
    expect(await summary.innerText()).toMatch(/^all \d+ expectations passed$/);
    expect(await passed().isVisible()).toBe(false);
    await summary.click();
    expect(await passed().isVisible()).toBe(true);
    await summary.click();
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await passed().isVisible()).toBe(true);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await passed().isVisible()).toBe(false);
    await page.close();
    await open(reportOf("scenarios/report-2015/3-download.yaml"), { javaScriptEnabled: false });
    expect(await passed().isVisible()).toBe(true);
  });

  test("100,000 events: the rows in sight are the only ones there, and both ends are a key away", async () => {
    await open(reportOf("scenarios/lessons/independent-loss.yaml"));
    expect(await page.locator("#filter-count").innerText()).toMatch(
      /^100,000 of 100,000 events \([\d,]+ more events of the run are not in this report\)$/,
    );
    await page.keyboard.press("End");
    await until(async () => (await eventShown()) === 100_000);
    await until(async () => (await page.locator(".event.is-current .number").innerText()) === "100,000");
    expect(await page.locator(".event").count()).toBeLessThan(60);
    expect(await page.locator(".ladder-panel .packet").count()).toBeLessThan(120);
    await page.keyboard.press("ArrowLeft");
    await until(async () => (await eventShown()) === 99_999);
    await page.getByRole("searchbox").fill("event:drop -host:nobody");
    await until(async () => /^[\d,]+ of 100,000/.test(await page.locator("#filter-count").innerText()));
  });
});
