import { afterAll, describe, expect, test } from "vitest";
import { boot, busybox, canChroot, LinuxRoot, run } from "./run-program.ts";

const linux = new LinuxRoot();
afterAll(() => linux.remove());
const BUSYBOX = "/bin/busybox";

/** Programs whose output depends on nothing but the kernel's answers. */
const PROGRAMS: readonly (readonly [name: string, args: readonly string[], input?: string])[] = [
  ["echo", ["echo", "hello"]],
  ["ls", ["ls", "/"]],
  ["arithmetic through a pipe", ["sh", "-c", "echo $((6*7)) | cat"]],
  ["three stages", ["sh", "-c", "echo c a b | tr ' ' '\\n' | sort | head -n 2"]],
  ["exit status", ["sh", "-c", "false; echo $?; exit 7"]],
  ["death by signal", ["sh", "-c", "kill -9 $$"]],
  ["standard error", ["ls", "/none"]],
  ["files", ["sh", "-c", "cd /tmp && mkdir -p a/b && echo one > a/b/f && echo two >> a/b/f && cat a/b/f && mv a/b/f a/g && ls -R a && rm -r a && ls"]],
  ["links", ["sh", "-c", "cd /tmp; echo x > f; ln -s f l; ln f h; readlink l; cat l h; stat -c '%h %s %F' f l; rm f; cat l; rm l h"]],
  ["permissions", ["sh", "-c", "cd /tmp; umask 027; echo x > f; mkdir d; stat -c '%a %n' f d; chmod 4711 f; stat -c %A f; rm -r f d"]],
  ["standard input", ["sh", "-c", "while read a b; do echo $b-$a; done; wc -l"], "1 2\nx y\n"],
  ["trap", ["sh", "-c", "trap 'echo caught' USR1; kill -USR1 $$; echo after"]],
  ["background and wait", ["sh", "-c", "(exit 3) & wait $!; echo $?"]],
  ["command substitution", ["sh", "-c", "x=$(echo a; echo b); echo $x; echo `expr 6 \\* 7`"]],
  ["broken pipe", ["sh", "-c", "yes | head -n 3"]],
  ["much data", ["sh", "-c", "seq 1 30000 | md5sum"]],
  ["here-document", ["sh", "-c", "cat <<X\nsome $((1+1)) text\nX"]],
  ["sed and awk", ["sh", "-c", "seq 5 | sed -n '2,4s/^/n/p' | awk '{s+=NR; print $1, s}'"]],
  ["dd and seek", ["sh", "-c", "cd /tmp; printf abcdefgh > f; dd if=f bs=2 skip=1 count=2 2>/dev/null; dd if=/dev/zero of=f bs=1 seek=10 count=1 conv=notrunc 2>/dev/null; od -c f; rm f"]],
  ["fifo", ["sh", "-c", "cd /tmp; mkfifo p; echo through > p & cat p; rm p"]],
  ["own path", ["sh", "-c", "readlink /proc/self/exe"]],
  ["sleep in turn", ["sh", "-c", "(sleep 0.2; echo second) & (sleep 0.1; echo first) & wait"]],
  ["tar", ["sh", "-c", "cd /tmp; mkdir t; echo a > t/a; echo b > t/b; tar cf - t | tar tf - | sort; rm -r t"]],
  ["gzip", ["sh", "-c", "seq 1 2000 | gzip -c | gunzip -c | tail -n 1"]],
  ["timeout", ["sh", "-c", "timeout 1 sleep 9; echo $?"]],
  ["script", ["sh", "-c", "cd /tmp; printf '#!/bin/sh\\necho $0 $*\\n' > s; chmod 755 s; ./s a b; rm s"]],
  ["open files by name", ["sh", "-c", "{ echo a > /dev/stdout; echo b > /proc/self/fd/1; } | cat; echo c | cat /dev/stdin; echo d | cat /proc/self/fd/0; exec 5>/tmp/five; echo e >&5; readlink /proc/self/fd/5; cat /dev/fd/5 < /dev/null; rm /tmp/five"]],
  ["names of a namespace", ["unshare", "-u", "sh", "-c", "hostname inside; hostname; uname -n"]],
  ["numbers of a namespace", ["unshare", "-p", "-f", "sh", "-c", "echo $$; sh -c 'echo $$ $PPID'; (exit 4); echo $?"]],
  ["mounts of a namespace", ["unshare", "-m", "sh", "-c", "mkdir /tmp/m; mount -t tmpfs none /tmp/m; echo x > /tmp/m/f; mkdir /tmp/b; mount -o bind /tmp/m /tmp/b; cat /tmp/b/f; cd /tmp/b; umount /tmp/b; echo $?; cd /; umount /tmp/b; umount /tmp/m; ls /tmp/m /tmp/b; rmdir /tmp/m /tmp/b"]],
  ["another root", ["unshare", "-m", "sh", "-c", "mkdir /tmp/r; mount -t tmpfs none /tmp/r; mkdir /tmp/r/bin /tmp/r/old; cp /bin/busybox /tmp/r/bin; cd /tmp/r; pivot_root . old; cd /; /bin/busybox ls /; /bin/busybox ls /old/bin; /bin/busybox rmdir /old/tmp/r 2>&1"]],
  ["the first process of a namespace ends all", ["unshare", "-p", "-f", "sh", "-c", "sleep 100 & exit 3"]],
];

describe.each(["i386", "amd64"] as const)("busybox of %s", (abi) => {
  const program = busybox(abi);
  test.skipIf(!program || !canChroot).for(PROGRAMS)("%s does as on Linux", async ([, args, input = ""]) => {
    const native = linux.run(program!, {}, [BUSYBOX, ...args], input);
    const kernel = await boot(program!);
    const { stdout, stderr, status } = run(kernel, [BUSYBOX, ...args], input);
    expect({ stdout, stderr, status }).toEqual(native);
    expect(Object.fromEntries(kernel.unknownCalls)).toEqual({});
  });

  test.skipIf(!program)("echo, with nothing to compare with", async () => {
    expect(run(await boot(program!), [BUSYBOX, "echo", "hello"])).toMatchObject({ stdout: "hello\n", stderr: "", status: 0 });
  });
  test.skipIf(!program)("a machine in shared memory runs the same", async () => {
    const args = ["/bin/sh", "-c", "seq 1 500 | sort -r | md5sum; echo $((6*7)) | cat"];
    const shared = run(await boot(program!, {}, { shared: true }), args), alone = run(await boot(program!), args);
    expect([shared.stdout, shared.kernel.time.save()]).toEqual([alone.stdout, alone.kernel.time.save()]);
  });
  test.skipIf(!program)("memory that is not shared may grow while one program waits for another", async () => {
    const script = "dd if=/dev/zero bs=65536 count=400 2>/dev/null | cat > /tmp/f; wc -c < /tmp/f";
    expect(run(await boot(program!), ["/bin/sh", "-c", script]).stdout.trim()).toBe(String(400 * 65536));
  });
  test.skipIf(!program)("everything is given back at the end", async () => {
    const kernel = await boot(program!), used = (): number => kernel.machine.ledger().owners.find((o) => o.id === kernel.owner.id)!.references;
    run(kernel, ["/bin/sh", "-c", "echo a | cat"]);
    const before = used();
    for (let i = 0; i < 3; i++) run(kernel, ["/bin/sh", "-c", "echo a | cat; (exit 1); ls /bin | wc"]);
    expect(used() - before).toBe(0);
    expect([kernel.tasks.size, kernel.groups.size]).toEqual([0, 0]);
  });
  test.skipIf(!program)("a program runs the same twice, with both engines", async () => {
    const args = ["/bin/sh", "-c", "seq 1 3000 | sort -r | md5sum; date +%s%N; head -c 8 /dev/urandom | od -x; echo $$"];
    const [a, b, c] = [run(await boot(program!), args), run(await boot(program!), args), run(await boot(program!, {}, { engine: "jit" }), args)];
    expect([b.stdout, b.kernel.time.save()]).toEqual([a.stdout, a.kernel.time.save()]);
    expect([c.stdout, c.kernel.time.save()]).toEqual([a.stdout, a.kernel.time.save()]);
  });
});
