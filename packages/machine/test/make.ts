import { virtualHost } from "@ringzero/host/virtual";
import { FrameMap, FrameWriter, GuestMemory, Machine, type MachineOptions, type Owner } from "../src/index.ts";

export const FRAME = 4096;

/** A small machine. */
export function makeMachine(options: Partial<MachineOptions> = {}): Promise<Machine> {
  return Machine.create(virtualHost(), { memory: 8 << 20, shared: false, ...options });
}

/** A tenant with guest memory from address 0. */
export interface Guest {
  readonly owner: Owner;
  readonly map: FrameMap;
  readonly memory: GuestMemory;
}
/** A virtual machine's memory of `frames` guest frames. */
export function makeGuest(machine: Machine, name: string, frames: number): Guest {
  const owner = machine.createOwner({ name, kind: "vm" });
  const engine = machine.createOwner({ name: `${name} engine`, kind: "engine", tenant: owner.id });
  const map = new FrameMap(machine, owner.id, frames);
  map.addMemory(0, frames);
  return { owner, map, memory: new GuestMemory(machine, map, new FrameWriter(machine, owner.id), engine.id) };
}

/** The figures of the pool that must agree with each other at any instant at which nobody works. */
export function consistent(machine: Machine): string[] {
  const problems: string[] = [];
  const { frames, owners, tenants } = machine.ledger();
  const references = new Map<number, number>();
  const holders = new Map<number, Set<number>>();
  const tenantsOf = new Map<number, Set<number>>();
  for (const owner of owners) {
    let count = 0;
    for (let frame = 1; frame < frames.capacity; frame++) {
      const by = machine.pool.referencesBy(owner.id, frame);
      if (by === 0) continue;
      count += by;
      references.set(frame, (references.get(frame) ?? 0) + by);
      (holders.get(frame) ?? holders.set(frame, new Set()).get(frame)!).add(owner.id);
      (tenantsOf.get(frame) ?? tenantsOf.set(frame, new Set()).get(frame)!).add(owner.tenant);
    }
    if (count !== owner.references) problems.push(`${owner.name}: ledger has ${owner.references} references, its table ${count}`);
  }
  for (let frame = 1; frame < frames.capacity; frame++) {
    const expect = (what: string, actual: number, expected: number): void => {
      if (actual !== expected) problems.push(`frame ${frame}: ${what} ${actual}, by the tables ${expected}`);
    };
    // The pool's own tables have no references.
    expect("references", machine.pool.references(frame), references.get(frame) ?? 0);
    expect("holders", machine.pool.holders(frame), holders.get(frame)?.size ?? 0);
    expect("tenants", machine.pool.tenants(frame), tenantsOf.get(frame)?.size ?? 0);
    expect("immutable flag", machine.pool.flags.get(frame) & 2, (tenantsOf.get(frame)?.size ?? 0) > 1 ? 2 : 0);
  }
  if (frames.inUse !== references.size + frames.tables) problems.push(`${frames.inUse} frames in use, but ${references.size} referenced and ${frames.tables} of tables`);
  // The table of frames shared by content is charged only with what nobody else holds.
  const charge = (o: (typeof owners)[number]): number => o.private + (o.kind === "sharing" ? 0 : o.shared - o.saved);
  const privateAndShared = owners.reduce((sum, o) => sum + charge(o), 0);
  if (privateAndShared !== references.size) problems.push(`owners are charged ${privateAndShared} frames, ${references.size} are referenced`);
  const byTenant = tenants.reduce((sum, t) => sum + charge(t), 0);
  if (byTenant !== references.size) problems.push(`tenants are charged ${byTenant} frames, ${references.size} are referenced`);
  return problems;
}
