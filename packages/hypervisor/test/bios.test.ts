import { assemble } from "@ringzero/x86";
import { describe, expect, test } from "vitest";
import { ownGuests } from "@ringzero/guests";
import { makeVm, runOut } from "./guests.ts";

/** A boot sector with routines that print on COM1: `put` AL, `hex` AX, `line`. */
function sector(body: string, more = ""): Uint8Array {
  return assemble(`bits 16
    jmp 0:main
put: push dx
    mov dx, 0x3f8
    out dx, al
    pop dx
    ret
hex: push cx
    mov cx, 4
.n: rol ax, 4
    push ax
    and al, 15
    add al, '0'
    cmp al, '9' + 1
    jb .d
    add al, 'a' - '9' - 1
.d: call put
    pop ax
    loop .n
    mov al, ' '
    call put
    pop cx
    ret
main: xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7c00
    ${body}
    cli
    hlt
    ${more}`, { format: "boot" }).bytes;
}
async function boot(floppy: Uint8Array, date = Date.UTC(2024, 1, 29, 13, 14, 15)): Promise<Awaited<ReturnType<typeof makeVm>>> {
  const made = await makeVm({ floppy }, { date });
  runOut(made.vm);
  return made;
}
const row = (vm: Awaited<ReturnType<typeof makeVm>>["vm"], n: number): string => String.fromCharCode(...vm.screen().cells.subarray(n * 160, n * 160 + 160).filter((_, i) => i % 2 === 0)).trimEnd();

// Ralf Brown's Interrupt List.
describe("our BIOS", () => {
  test("a disk without a signature does not boot, and says so", async () => {
    const { vm } = await boot(new Uint8Array(1024));
    expect(row(vm, 0)).toBe("No bootable disk");
  });
  test("INT 10h: teletype, cursor, scrolling of a full screen", async () => {
    const { vm, text } = await boot(sector(`
    mov cx, 27
.line: mov ah, 0x0e
    mov al, 'a' + 27
    sub al, cl
    int 0x10
    mov al, 13
    int 0x10
    mov al, 10
    int 0x10
    loop .line
    mov ah, 3
    mov bh, 0
    int 0x10
    mov ax, dx
    call hex
    mov ah, 2
    mov dx, 0x0205
    int 0x10
    mov ah, 8
    int 0x10
    call hex
    mov ax, 0x0941
    mov bx, 0x1e
    mov cx, 3
    int 0x10
    mov ah, 0x0f
    int 0x10
    call hex`));
    // 27 lines went by on 25 rows: three have left the screen, the last row is empty.
    expect([row(vm, 0), row(vm, 1), row(vm, 23), row(vm, 24), text().trim()]).toEqual(["d", "e", "{", "", "1800 0720 5003"]);
    const { cells, cursor } = vm.screen();
    expect([row(vm, 2), cells[2 * 160 + 11], cursor]).toEqual(["f    AAA", 0x1e, { row: 2, column: 5 }]);
  });
  test("INT 10h: windows scroll up and down, and are blanked", async () => {
    const { vm } = await boot(sector(`
    mov cx, 24
.line: mov ah, 0x0e
    mov al, 'a' + 24
    sub al, cl
    int 0x10
    int 0x10
    int 0x10
    mov al, 13
    int 0x10
    mov al, 10
    int 0x10
    loop .line
    mov bh, 0x1e
    mov ax, 0x0701           ; down by 1: rows 1 to 4, columns 1 and 2
    mov cx, 0x0101
    mov dx, 0x0402
    int 0x10
    mov ax, 0x0602           ; up by 2: rows 6 to 9, columns 0 and 1
    mov cx, 0x0600
    mov dx, 0x0901
    int 0x10
    mov ax, 0x0600           ; all: rows 11 and 12, column 1
    mov cx, 0x0b01
    mov dx, 0x0c01
    int 0x10
    mov ax, 0x0609           ; more rows than the window has: row 14, column 2
    mov cx, 0x0e02
    mov dx, 0x0e02
    int 0x10`));
    expect(Array.from({ length: 15 }, (_, n) => row(vm, n))).toEqual([
      "aaa", "b", "cbb", "dcc", "edd", "fff", "iig", "jjh", "  i", "  j", "kkk", "l l", "m m", "nnn", "oo",
    ]);
    const { cells } = vm.screen(), attribute = (r: number, c: number): number => cells[r * 160 + c * 2 + 1]!;
    expect([attribute(1, 0), attribute(1, 1), attribute(1, 2), attribute(2, 1), attribute(9, 1), attribute(14, 2)]).toEqual([7, 0x1e, 0x1e, 7, 0x1e, 0x1e]);
  });
  test("INT 13h reads where cylinder, head and sector say; errors are told", async () => {
    const disk = new Uint8Array(1_474_560);
    disk.set(sector(`
    mov ax, 0x0202
    mov bx, 0x8000
    mov cx, 0x0102
    mov dx, 0x0100
    int 0x13
    pushf
    call hex
    pop ax
    and ax, 1
    call hex
    mov ax, [0x8000]
    call hex
    mov ax, [0x8200]
    call hex
    mov ax, 0x0201
    mov cx, 0x5001
    int 0x13
    sbb bx, bx
    call hex
    mov ax, bx
    call hex
    mov ah, 8
    mov dl, 0
    int 0x13
    mov ax, cx
    call hex
    mov ax, dx
    call hex`));
    // Cylinder 1, head 1, sector 2: (1 × 2 + 1) × 18 + 1.
    disk.set([0x34, 0x12], 55 * 512);
    disk.set([0x78, 0x56], 56 * 512);
    const { text } = await boot(disk);
    expect(text().trim()).toBe("0002 0000 1234 5678 0400 ffff 4f12 0101");
  });
  test("INT 1Ah: time of day in ticks and by the clock; the timer moves it on", async () => {
    const { text } = await boot(sector(`
    mov ah, 0
    int 0x1a
    push dx
    mov ax, cx
    call hex
    pop ax
    push ax
    call hex
    pop bx
.wait: hlt
    mov ah, 0
    int 0x1a
    cmp dx, bx
    je .wait
    sub dx, bx
    mov ax, dx
    call hex
    mov ah, 2
    int 0x1a
    mov ax, cx
    call hex
    mov ah, 4
    int 0x1a
    mov ax, cx
    call hex
    mov ax, dx
    call hex`));
    // And one at once: the timer's output rises when its mode is set.
    const ticks = (Math.floor(((13 * 3600 + 14 * 60 + 15) * 1_193_182) / 65_536) + 1).toString(16).padStart(8, "0");
    expect(text().trim()).toBe(`${ticks.slice(0, 4)} ${ticks.slice(4)} 0001 1314 2024 0229`);
  });
  test("INT 11h, 12h, 15h: equipment, memory, the map, A20", async () => {
    const { text } = await boot(sector(`
    int 0x12
    call hex
    mov ah, 0x88
    int 0x15
    call hex
    xor ebx, ebx
.map: mov eax, 0xe820
    mov edx, 0x534d4150
    mov ecx, 20
    mov di, 0x8000
    int 0x15
    jc .done
    mov ax, [0x8002]
    call hex
    mov ax, [0x8010]
    call hex
    test ebx, ebx
    jnz .map
.done: mov ax, 0x2400
    int 0x15
    mov ax, 0x2402
    int 0x15
    call hex
    mov ax, 0xc000
    int 0x15
    sbb bx, bx
    mov ax, bx
    call hex`));
    expect(text().trim()).toBe("027f 1c00 0000 0001 0009 0002 000e 0002 0010 0001 0000 ffff");
  });
  test("INT 16h: keys as they are pressed, with shift; waiting costs nothing", async () => {
    const { vm, text } = await makeVm({ floppy: sector(`
.again: mov ah, 1
    int 0x16
    jz .none
    mov al, '!'
    call put
.none: mov ah, 0
    int 0x16
    call hex
    cmp al, 27
    jmp .again`) }, { date: 0 });
    for (let i = 0; i < 5; i++) vm.advance(100_000);
    vm.press([0x1e, 0x9e, 0x2a, 0x30, 0xb0, 0xaa, 0x1c, 0x9c]);
    for (let i = 0; i < 20; i++) vm.advance(100_000);
    expect(text().replaceAll("!", "").trim()).toBe("1e61 3042 1c0d");
    expect(vm.counters.idle / vm.counters.time).toBeGreaterThan(0.9);
  });
  test("the project's boot sector says hello and waits for the clock", async () => {
    const { vm, text } = await boot(ownGuests["boot-sector"].assemble());
    expect(text()).toMatch(/^Hello from real mode\r\nticks since midnight: 000d[0-9a-f]{4}, then 000d[0-9a-f]{4}\r\nboot sector done\r\n$/);
    expect(row(vm, 0)).toBe("Hello from real mode");
  });
});

test.each(["interpreter", "jit"] as const)("the project's ring tour crosses its rings (%s)", async (engine) => {
  const { vm, text } = await makeVm({ multiboot: ownGuests["ring-tour"].assemble() }, { engine, date: 0 });
  for (let i = 0; i < 100 && vm.advance(100_000).kind === "ran"; i++);
  expect(text()).toContain("ring 3");
  expect([vm.failure, vm.counters.exits.shutdown]).toEqual([undefined, 0]);
});
