// A browser on the page that `npm start` serves, for scripts/fresh-start.ts.
import { chromium, type Browser, type Page } from "playwright";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Milliseconds until a page that has not got there never will. */
const PATIENCE = 120_000;

/** A browser that has started and shows an empty page. */
export class FreshBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }
  static async start(): Promise<FreshBrowser> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
    return new FreshBrowser(browser, await browser.newPage());
  }
  /** Opens the page and waits until all of it is at its prompt; tells `reached` of each. Whether Linux came from a snapshot. */
  async prompts(url: string, reached: (what: string) => void): Promise<boolean> {
    await this.#page.goto(url);
    reached("page loaded");
    const containers = ["busybox32", "busybox64"].map(async (name) => {
      await this.#page.waitForFunction((tile) => {
        const place = document.querySelector(`[data-terminal="${tile}"]`) as unknown as { terminal?: { buffer: { active: { length: number; getLine(i: number): { translateToString(trim: boolean): string } | undefined } } } } | null;
        const active = place?.terminal?.buffer.active;
        return active !== undefined && Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? "").some((line) => /:~#\s*$/.test(line));
      }, name, { timeout: PATIENCE, polling: 20 });
      reached(`container ${name} at its prompt`);
    });
    // The console that came with the snapshot ends in a prompt too: the page says when Linux has answered.
    const linux = this.#page.waitForFunction(() => /(restored from a snapshot|booted cold), at its prompt/.exec(document.querySelector(".boot-state")?.textContent ?? "")?.[1], undefined, { timeout: PATIENCE, polling: 20 });
    await Promise.all([...containers, linux.then(() => reached("virtual machine at its prompt"))]);
    return (await (await linux).jsonValue()) === "restored from a snapshot";
  }
  async [Symbol.asyncDispose](): Promise<void> { await this.#browser.close(); }
}
