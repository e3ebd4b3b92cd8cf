/**
 * This user's machine on this computer: where it is, how it is started, and how to become it.
 *
 * @packageDocumentation
 */
export { connect, connectOrStart, machineProgram } from "./connect.ts";
export { gradeFile, labExperiment, labs, type LabGrading, type LabLine, type LabReport } from "./lab.ts";
export { places, type Places } from "./places.ts";
export { release } from "./version.ts";
