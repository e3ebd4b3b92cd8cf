import { I32, I64, routine, type Routine } from "../ir/routine.ts";
import { STATE } from "../state/state.ts";

/** A result of `frameAddress` and of the walks below any real address: nothing but a device can be there. */
export const DEVICE = 1;

/**
 * Host address of a guest-physical address through the frame map; DEVICE where no memory answers there; 0 where the fill failed
 * (event set). Frame map entries: host page address | bit 0 present | bit 1 writable (else write faults to TypeScript: shared, logged).
 */
export const frameAddress: Routine = routine("frameAddress", { params: [I64, I32], results: [I32], mayFault: true }, (m, physical, write) => {
  const address = physical!.and(m.state(STATE.addressMask));
  const frame = address.shrU(12);
  m.if(frame.geU(m.state(STATE.frameCount).zext(64)), () => {
    m.setState(STATE.slowPhysical, address);
    m.return(m.i32(DEVICE));
  });
  const slot = m.state(STATE.frameMap).add(frame.trunc(32).shl(2));
  const entry = m.local(m.hostLoad("i32.load", slot));
  // Absent, or write to a frame that is not this tenant's alone: TypeScript fills the map.
  m.if(entry.get().bit(0).eqz().or(write!.and(entry.get().bit(1).eqz())), () => {
    const kind = m.callOut("frameFault", "i32", address, write!);
    m.if(kind.eq(0), () => {
      m.setState(STATE.slowPhysical, address);
      m.return(m.i32(DEVICE));
    });
    entry.set(m.hostLoad("i32.load", slot));
  });
  m.return(entry.get().and(~0xfff).or(address.trunc(32).and(0xfff)));
});

/** Tells TypeScript where a walker's own write hit a frame that holds decoded code or is logged. */
export const noteWrite: Routine = routine("noteWrite", { params: [I32] }, (m, host) => {
  const flags = m.hostLoad("i32.load8_u", m.state(STATE.frameFlags).add(host!.shrU(12)));
  m.if(flags.nez(), () => { m.callOut("frameWritten", "i32", host!, m.i32(8)); });
  m.return();
});

/** Writes the low byte (accessed and dirty bits) of the table entry at a guest-physical address. */
export const setEntryBits: Routine = routine("setEntryBits", { params: [I64, I32], mayFault: true }, (m, at, entry) => {
  const host = m.call1(frameAddress, at!, m.i32(1));
  m.if(host.gtU(DEVICE), () => {
    m.hostStore("i32.store8", host, entry!.and(0xff).trunc(8));
    m.call(noteWrite, host);
  });
  m.return();
});
