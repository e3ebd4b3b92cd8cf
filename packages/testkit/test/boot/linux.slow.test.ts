import { expect, test } from 'vitest';
import { CpuModel } from '@ringzero/x86';
import { bootLinux } from '../../src/boot/boot-linux.ts';
import { preparedGuests } from '../../src/boot/prepared-guests.ts';

const SCRIPT = `busybox --install -s /bin
uname -m
seq 1 500 | awk '{ t += $1 / 7; u = u * 0.99 + t } END { printf "%.10f %.12f\\n", t, u }'
dd if=/dev/zero bs=4096 count=16 2>/dev/null | sha256sum
echo "scale=20; a(1)*4" | bc -l
sh -c 'kill -TERM $$'; echo "ended with $?"
`;
const guests = await preparedGuests();
if (!guests && process.env['REQUIRE_GUESTS'] === '1') throw new Error('The guests are not prepared: run `npm run guests`.');

test.skipIf(!guests)('Debian\'s i386 kernel boots to a script of programs, with and without the JIT alike to the instruction (needs the guest linux-i386)', () => {
  const options = { ...guests!, model: CpuModel.pentium4, script: SCRIPT, limit: 12e9 };
  const jit = bootLinux({ ...options, engine: 'jit' });
  const said = jit.lines.map((line) => line.replace(/^\[ *[\d.]+\] /, ''));
  expect(jit.ended).toBe(true);
  // What busybox prints on Linux on any processor.
  for (const line of ['i686', '17892.8571428571 1221237.181367160287', 'de2f256064a0af797747c2b97505dc0b9f3df0de4f489eac731c23ae9ca9cc31  -', '3.14159265358979323844', 'ended with 143']) expect(said).toContain(line);
  const interpreter = bootLinux({ ...options, engine: 'interpreter' });
  expect(interpreter.lines).toEqual(jit.lines);
  expect(interpreter.retired).toBe(jit.retired);
});
