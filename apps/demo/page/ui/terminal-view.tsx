import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { MachineClient } from "../state/client.ts";
import type { Tile } from "../state/tile.ts";

const THEME = {
  background: "#14161b", foreground: "#d9dce3", cursor: "#ffffff", selectionBackground: "#3b5b8a", black: "#2a2e37", red: "#ec6a5e", green: "#7cc36e", yellow: "#e0b04c", blue: "#6ca4f0", magenta: "#c78be0", cyan: "#54bcc4", white: "#d9dce3",
  brightBlack: "#6b7280", brightRed: "#ff8a7d", brightGreen: "#9be08b", brightYellow: "#f5cc73", brightBlue: "#8fbdff", brightMagenta: "#dcaaf2", brightCyan: "#7bd9e0", brightWhite: "#ffffff",
};

/** A tenant's terminal. F6 leaves it for the buttons beside it, for Tab is the guest's. */
export function TerminalView({ client, tile }: { readonly client: MachineClient; readonly tile: Tile }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current!, fit = new FitAddon(), input = new TextEncoder();
    const terminal = new Terminal({ fontFamily: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace", fontSize: 12.5, theme: THEME, scrollback: 5000, cursorBlink: true, convertEol: false, screenReaderMode: false });
    terminal.loadAddon(fit);
    terminal.open(element);
    terminal.textarea?.setAttribute("aria-label", `Terminal of ${tile.name}. F6 leaves it.`);
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.key !== "F6") return true;
      if (event.type === "keydown") (element.closest(".tile")?.querySelector("button") as HTMLElement | null)?.focus();
      return false;
    });
    terminal.onData((text) => client.type(tile, input.encode(text)));
    terminal.onBinary((text) => client.type(tile, Uint8Array.from(text, (c) => c.charCodeAt(0))));
    terminal.onResize(({ cols, rows }) => client.resize(tile, cols, rows));
    const watcher = new ResizeObserver(() => { if (element.clientWidth > 0 && element.clientHeight > 0) fit.fit(); });
    watcher.observe(element);
    fit.fit();
    client.resize(tile, terminal.cols, terminal.rows);
    tile.show((bytes) => terminal.write(bytes));
    // For those who test the page: what a person would read.
    (element as HTMLElement & { readonly terminal?: Terminal }) && Object.defineProperty(element, "terminal", { value: terminal });
    return () => {
      watcher.disconnect();
      terminal.dispose();
    };
  }, [tile]);
  return <div class="terminal" ref={place} data-terminal={tile.name} />;
}
