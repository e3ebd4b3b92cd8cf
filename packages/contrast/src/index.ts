/**
 * Virtual machines and containers side by side: scenarios, counters, figures, labs.
 *
 * @packageDocumentation
 */
export { compare, type ComparedPhase, type ComparedSide, type CompareOptions, type Comparison, type Sides } from "./compare.ts";
export { between, containerFigures, sharedKernelCrossings, vmFigures, type Figures, type FrameFigures } from "./figures.ts";
export { comparableJson, comparisonTable } from "./report.ts";
export { compareOnWorker, serveComparison } from "./compare-worker.ts";
export { runContainer, runVm, type RunOptions, type RunProgress, type Side, type WorkerModules } from "./run-scenario.ts";
export { quickScenario, standardScenario, type ContainerPart, type Phase, type Scenario, type VmPart } from "./scenario.ts";
export { runExperiment, type ContainerCounts, type Counts, type Experiment, type LabExits, type PrintJob, type VmCounts } from "./lab/experiment.ts";
export { AnswersWorker, type AnswersOptions } from "./lab/answers-worker.ts";
export type { Answer, Answers, NothingReturned, NotReturned, Returned, WrongReturned } from "./lab/answers.ts";
export { serveAnswers } from "./lab/serve-answers.ts";
export { grade, type Finding, type GradeOptions, type Lab, type LabReport, type Mistake, type Question } from "./lab/lab.ts";
export { gradeLab, labs } from "./lab/labs.ts";
export { printJob, ringCrossingsLab, type RingCrossingAnswers } from "./lab/ring-crossings.ts";
