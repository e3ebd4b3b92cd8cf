import { Guests } from '@ringzero/guests';
import { nodeHost } from '@ringzero/host/node';

/** Debian's i386 kernel and busybox where `npm run guests` has prepared them in this checkout; else undefined. */
export async function preparedGuests(): Promise<{ readonly kernel: Uint8Array; readonly busybox: Uint8Array } | undefined> {
  const guests = new Guests(nodeHost({ storeDirectory: new URL('../../../../.cache/store', import.meta.url).pathname }));
  const kernel = (await guests.get('linux-i386'))?.kernel, busybox = (await guests.get('busybox-i386'))?.busybox;
  return kernel && busybox ? { kernel, busybox } : undefined;
}
