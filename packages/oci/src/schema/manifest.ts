import { z } from "zod";
import { annotationsSchema, descriptorSchema, type Annotations, type Descriptor } from "./descriptor.ts";

/** One image for one platform. OCI image specification, "OCI Image Manifest Specification". */
export interface Manifest {
  /** Always 2. */
  readonly schemaVersion: 2;
  /** Its own type; older ones leave it out. */
  readonly mediaType?: string | undefined;
  /** Of the configuration. */
  readonly config: Descriptor;
  /** Archives, the lowest first. */
  readonly layers: readonly Descriptor[];
  /** For people and tools. */
  readonly annotations?: Annotations | undefined;
}

/** More layers than any engine makes. */
const LAYERS_MAXIMUM = 500;

/** Checks a manifest. One with `manifests` is an index that says it were a manifest, which two readers could take for two things. */
export const manifestSchema: z.ZodType<Manifest> = z.looseObject({
  schemaVersion: z.literal(2), mediaType: z.string().optional(), config: descriptorSchema, layers: z.array(descriptorSchema).max(LAYERS_MAXIMUM),
  annotations: annotationsSchema.nullable().transform((a) => a ?? undefined).optional(), manifests: z.undefined({ message: "a manifest has no manifests" }).optional(),
});
