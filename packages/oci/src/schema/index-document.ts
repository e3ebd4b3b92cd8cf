import { z } from "zod";
import { annotationsSchema, descriptorSchema, type Annotations, type Descriptor } from "./descriptor.ts";

/** Images for several platforms, or of a layout. OCI image specification, "OCI Image Index Specification". */
export interface IndexDocument {
  /** Always 2. */
  readonly schemaVersion: 2;
  /** Its own type; older ones leave it out. */
  readonly mediaType?: string | undefined;
  /** Of manifests, and of further indexes. */
  readonly manifests: readonly Descriptor[];
  /** For people and tools. */
  readonly annotations?: Annotations | undefined;
}

/** More images than any index of one name has. */
const MANIFESTS_MAXIMUM = 10_000;

/** Checks an index. */
export const indexSchema: z.ZodType<IndexDocument> = z.looseObject({
  schemaVersion: z.literal(2), mediaType: z.string().optional(), manifests: z.array(descriptorSchema).max(MANIFESTS_MAXIMUM),
  annotations: annotationsSchema.nullable().transform((a) => a ?? undefined).optional(),
  config: z.undefined({ message: "an index has no config" }).optional(), layers: z.undefined({ message: "an index has no layers" }).optional(),
});
