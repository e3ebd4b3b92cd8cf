import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { chromium, type Browser, type Page } from "playwright";

const STORE = fileURLToPath(new URL("../../../.cache/store", import.meta.url)), MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
/** Debian's Chromium, or the one that CHROMIUM names; undefined where there is none. */
export const CHROMIUM: string | undefined = process.env["CHROMIUM"] ?? (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);

/** Whether Debian's guests are prepared. With REQUIRE_GUESTS=1 an Error where they or the browser are not. */
export async function ready(): Promise<boolean> {
  const guests = new Guests(nodeHost({ storeDirectory: STORE })), there = (await guests.get("linux-i386")) && (await guests.get("busybox-i386")) && (await guests.get("busybox-amd64"));
  if (process.env["REQUIRE_GUESTS"] === "1") {
    if (!there) throw new Error("Guests are not prepared. Run npm run guests.");
    if (!CHROMIUM) throw new Error("There is no Chromium: install Debian's, or name one in CHROMIUM.");
  }
  return there !== undefined && CHROMIUM !== undefined;
}

/** `npm start` without npm, and a browser on its page. */
export class PageDriver implements AsyncDisposable {
  readonly page: Page;
  readonly url: string;
  readonly #server: ChildProcess;
  readonly #browser: Browser;
  /** Errors that the page threw. */
  readonly errors: string[] = [];

  private constructor(server: ChildProcess, browser: Browser, page: Page, url: string) {
    this.#server = server;
    this.#browser = browser;
    this.page = page;
    this.url = url;
    page.on("pageerror", (error) => this.errors.push(error.message));
  }
  static async start(options: readonly string[] = [], query: string = ""): Promise<PageDriver> {
    const server = spawn(process.execPath, [MAIN, "--no-open", "--store", STORE, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const url = await new Promise<string>((resolve, reject) => {
      const hear = (bytes: Buffer): void => {
        said += bytes.toString();
        const match = /http:\/\/localhost:\d+\//.exec(said);
        if (match) resolve(match[0]);
      };
      server.stdout.on("data", hear);
      server.stderr.on("data", hear);
      server.on("exit", (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
    });
    const browser = await chromium.launch({ executablePath: CHROMIUM!, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] }), page = await browser.newPage({ viewport: { width: 1500, height: 1400 } });
    const driver = new PageDriver(server, browser, page, url);
    await page.goto(url + query);
    return driver;
  }
  /** The server's process. */
  get pid(): number { return this.#server.pid!; }
  /** Waits until a tile is in a state. */
  async state(tile: string, state: string): Promise<void> { await this.page.waitForSelector(`[data-tile="${tile}"][data-state="${state}"]`, { timeout: 110_000 }); }
  /** Text of a tile's terminal, lines without the blanks at their ends. */
  async text(tile: string): Promise<string> {
    return await this.page.evaluate((name) => {
      // A tile is there before its terminal.
      const tile = document.querySelector(`[data-terminal="${name}"]`) as unknown as { terminal?: { buffer: { active: { length: number; getLine(i: number): { translateToString(trim: boolean): string } | undefined } } } } | null;
      if (!tile?.terminal) return "";
      const { active } = tile.terminal.buffer;
      return Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? "").join("\n").trimEnd();
    }, tile);
  }
  /** Waits until a tile's terminal shows something. */
  async shows(tile: string, what: RegExp): Promise<string> {
    for (let tries = 0; ; tries++) {
      const text = await this.text(tile);
      if (what.test(text)) return text;
      if (tries === 500) throw new Error(`${tile} never showed ${what}: ${JSON.stringify(text.slice(-300))}`);
      await this.page.waitForTimeout(200);
    }
  }
  /** Types a line into a tile's terminal, as a person does: a click, then keys. */
  async type(tile: string, line: string): Promise<void> {
    await this.page.click(`[data-terminal="${tile}"]`);
    await this.page.keyboard.type(line);
    await this.page.keyboard.press("Enter");
  }
  /** Presses a button, within a tile where one is named. */
  async press(name: string, tile?: string): Promise<void> {
    await this.page.locator(tile === undefined ? "body" : `[data-tile="${tile}"]`).getByRole("button", { name, exact: true }).first().click();
  }
  /** One side's figure in the table of counters. */
  async counter(row: string, side: "vm" | "container"): Promise<string> { return (await this.page.textContent(`[data-row="${row}"] td.${side} b`)) ?? ""; }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#server.on("exit", resolve));
    this.#server.kill("SIGTERM");
    await ended;
  }
}
