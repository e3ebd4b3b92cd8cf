import { protectedProgram } from "../protected-program.ts";
import type { Snippets } from "../snippets.ts";
import { because, type SystemProgram } from "./system-program.ts";

/** Changes a vector's gate, `@` standing for its address. */
const gate = (vector: number, word: string) => `mov ${word.replace("@", `idt+${vector}*8`)}\n`;
const absent = (vector: number) => gate(vector, "byte [@+5], 0x0e"), present = (vector: number) => gate(vector, "byte [@+5], 0x8e");
const limit = (bytes: number) => `mov word [idtr], ${bytes - 1}\n lidt [idtr]\n`;

const SNIPPETS: Snippets = {
  "#UD, gate absent": absent(6) + "ud2",
  "INT 6, gate absent": "int 6",
  "back": present(6),
  "#UD, gate of another type": gate(6, "byte [@+5], 0x8c") + "ud2",
  "#UD, gate of a segment": gate(6, "byte [@+5], 0x9e") + "ud2",
  "#UD, null selector": present(6) + gate(6, "word [@+2], 3") + "ud2",
  "#UD, data segment": gate(6, "word [@+2], 0x10") + "ud2",
  "INT 6, data segment": "int 6",
  "#UD, code of a lower privilege": gate(6, "word [@+2], 0x1b") + "ud2",
  "#UD, absent segment": gate(6, "word [@+2], 0x60") + "ud2",
  "#UD, beyond the GDT": gate(6, "word [@+2], 0x1f8") + "ud2",
  "#UD, beyond the segment": gate(6, "word [@+2], 0x38") + gate(6, "word [@+6], 1") + "ud2",
  "back again": gate(6, "word [@+2], 8") + gate(6, "word [@+6], 0"),
  "#DE, gate absent": absent(0) + "xor ecx, ecx\n div ecx",
  "#GP, gate absent": present(0) + absent(13) + "mov ax, 0x1f8\n mov ds, ax",
  "#NP, gate absent": present(13) + absent(11) + "mov ax, 0x60\n mov ds, ax",
  "#BR, gate absent": present(11) + absent(5) + "mov dword [0x6000], 6\n mov dword [0x6004], 7\n xor eax, eax\n bound eax, [0x6000]",
  "#DB, gate absent": present(5) + present(11) + absent(1) + "pushf\n or dword [esp], 0x100\n popf\n nop",
  "INT3, gate absent": present(1) + absent(3) + "int 3",
  "INTO, gate absent": present(3) + absent(4) + "mov al, 0x7f\n inc al\n into",
  "INT 14 beyond the IDT": present(4) + limit(14 * 8) + "int 14",
  "full IDT": limit(256),
  "#PF, gate absent": `mov dword [0x10000], 0x83\n mov eax, cr4\n or al, 0x10\n mov cr4, eax\n mov eax, 0x10000\n mov cr3, eax\n` + absent(14) + `mov eax, cr0\n or eax, 0x80000000\n mov cr0, eax\n mov al, [0x400000]`,
};

const EXPECTED: SystemProgram["expected"] = {
  "#UD, gate absent": "#b:33@7,8",
  "INT 6, gate absent": "#b:32@0,8",
  "back": "+",
  "#UD, gate of another type": "#d:33@7,8",
  "#UD, gate of a segment": "#d:33@7,8",
  "#UD, null selector": "#d:1@10,8",
  "#UD, data segment": "#d:11@9,8",
  "INT 6, data segment": "#d:10@0,8",
  "#UD, code of a lower privilege": "#d:19@9,8",
  "#UD, absent segment": "#d:61@9,8",
  "#UD, beyond the GDT": "#d:1f9@9,8",
  "#UD, beyond the segment": "#d:1@12,8",
  "back again": "+",
  "#DE, gate absent": "#8:0@9,8",
  "#GP, gate absent": "#8:0@12,8",
  "#NP, gate absent": "#8:0@12,8",
  "#BR, gate absent": "#b:2b@24,8",
  "#DB, gate absent": "#b:b@1f,8",
  "INT3, gate absent": "#b:1a@e,8",
  "INTO, gate absent": "#b:22@12,8",
  "INT 14 beyond the IDT": "#d:72@17,8",
  "full IDT": "+",
  "#PF, gate absent": "#8:0@2c,8",
};

/** Exceptions in the delivery of others. */
export const DOUBLE_FAULT: SystemProgram = {
  name: "exceptions in the delivery of others",
  snippets: SNIPPETS,
  build: (snippets) => protectedProgram(snippets),
  expected: EXPECTED,
  deviations: {
    bochs: {},
    qemu: {
      ...because(`An exception met while another is delivered has EXT set in its error code: we do as Bochs, QEMU leaves EXT clear. SDM vol. 3A, "Error Code", names an earlier exception among the causes; APM vol. 2, "Selector-Error Code", says no more than that the source is external.`, {
        "#UD, gate absent": "#b:32@7,8", "#UD, gate of another type": "#d:32@7,8", "#UD, gate of a segment": "#d:32@7,8", "#UD, null selector": "#d:0@10,8", "#UD, data segment": "#d:10@9,8", "#UD, code of a lower privilege": "#d:18@9,8", "#UD, absent segment": "#d:60@9,8", "#UD, beyond the GDT": "#d:1f8@9,8", "#BR, gate absent": "#b:2a@24,8", "#DB, gate absent": "#b:a@1f,8",
      }),
      ...because(`A handler beyond its code segment's limit is #GP(EXT): Bochs is right, QEMU goes there. SDM vol. 2A, "INT n/INTO/INT3/INT1—Call to Interrupt Procedure".`, {
        "#UD, beyond the segment": "lost",
      }),
    },
  },
};
