/** Snippets by name; each runs at privilege 0 in the program's mode unless it goes elsewhere itself. */
export interface Snippets { readonly [name: string]: string }

/** The text that runs one snippet after the other, says each one's name before and `+` after it, and restores the state behind it: by `restore`, also where it raised an exception. */
export function runEach(snippets: Snippets, bits: 16 | 32, restore: string): string {
  const [size, index] = bits === 16 ? ["word", "si"] : ["dword", "esi"];
  return Object.values(snippets).map((text, i) => `
  mov ${size} [resume], next${i}
  mov ${size} [start], snippet${i}
  mov ${index}, name${i}
  call print
snippet${i}:
${text}
  mov al, '+'
  out 0xe9, al
next${i}:
${restore}
  mov al, 10
  out 0xe9, al`).join("\n");
}

/** The names that `runEach` prints. */
export function snippetNames(snippets: Snippets): string {
  return Object.keys(snippets).map((name, i) => `name${i}: db "${name}: ", 0`).join("\n");
}

/** Handlers of the architecture's 32 vectors at v0 to v31: an error code of 0 where the processor pushes none, the vector, then `common`. */
export function exceptionStubs(push: "push" | "push dword"): string {
  return Array.from({ length: 32 }, (_, v) => `v${v}: ${[8, 10, 11, 12, 13, 14, 17].includes(v) ? "" : `${push} 0`}\n ${push} ${v}\n jmp common`).join("\n");
}
