import type { JSX } from "preact";
import type { MachineClient } from "../state/client.ts";
import { Comparison } from "./comparison.tsx";
import { Header } from "./header.tsx";
import type { LabClient } from "../state/lab.ts";
import { Lab } from "./lab.tsx";
import { MemoryMap } from "./memory-map.tsx";
import { Notes } from "./notes.tsx";
import { Trouble } from "./trouble.tsx";
import { Traps } from "./traps.tsx";
import { ContainerWorld } from "./container-world.tsx";
import { VmWorld } from "./vm-world.tsx";

/** The page: one machine, and the two ways in which it is shared. */
export function Page({ client, lab }: { readonly client: MachineClient; readonly lab: LabClient }): JSX.Element {
  if (client.failure.value && !client.machine.value) return <Trouble message={client.failure.value} />;
  return (
    <>
      <Header client={client} />
      <Notes client={client} />
      <main>
        <MemoryMap client={client} />
        <div class="worlds">
          <VmWorld client={client} />
          <ContainerWorld client={client} />
        </div>
        <Traps client={client} />
        <Comparison client={client} />
        <Lab lab={lab} />
      </main>
    </>
  );
}
