import type { JSX } from "preact";

/** What is shown instead of the page where there can be none. */
export function Trouble({ message }: { readonly message: string }): JSX.Element {
  return <main class="trouble"><h1>Ring Zero</h1><p role="alert">{message}</p></main>;
}
