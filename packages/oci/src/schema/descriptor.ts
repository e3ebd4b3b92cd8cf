import { z } from "zod";
import { isDigest, type Digest } from "../digest.ts";

/** Keys and values that are for people and tools. OCI image specification, "Annotations". */
export type Annotations = { readonly [key: string]: string };

/** A processor and an operating system. OCI image specification, "OCI Image Index Specification", `platform`. */
export interface Platform {
  /** As GOARCH has it: `amd64`, `386`. */
  readonly architecture: string;
  /** As GOOS has it: `linux`. */
  readonly os: string;
  /** Of the processor. */
  readonly variant?: string | undefined;
}

/** Says what contents are, which, and how many bytes. OCI image specification, "OCI Content Descriptors". */
export interface Descriptor {
  /** What the contents are. */
  readonly mediaType: string;
  /** Of the contents. */
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** In an index: what the image runs on. */
  readonly platform?: Platform | undefined;
  /** For people and tools. */
  readonly annotations?: Annotations | undefined;
}

const digest: z.ZodType<Digest> = z.string().refine(isDigest, { message: "a digest is \"sha256:\" and 64 digits of lower-case hexadecimal" }) as unknown as z.ZodType<Digest>;
const mediaType = z.string().max(255).regex(/^[A-Za-z0-9][\w!#$&^.+-]*\/[A-Za-z0-9][\w!#$&^.+-]*$/, "a media type is TYPE/SUBTYPE");
/** Checks annotations. */
export const annotationsSchema: z.ZodType<Annotations> = z.record(z.string(), z.string());
/** Checks a digest. */
export const digestSchema: z.ZodType<Digest> = digest;
/** Checks one of a platform's names: they are shown to people, on terminals too. */
export const platformNameSchema: z.ZodType<string> = z.string().max(64).regex(/^[\w.+-]*$/, "names of platforms are letters and digits");
/** Checks a platform. */
export const platformSchema: z.ZodType<Platform> = z.looseObject({ architecture: platformNameSchema, os: platformNameSchema, variant: platformNameSchema.optional() });
/** Checks a descriptor. */
export const descriptorSchema: z.ZodType<Descriptor> = z.looseObject({
  mediaType, digest, size: z.number().int().nonnegative(), platform: platformSchema.optional(), annotations: annotationsSchema.nullable().transform((a) => a ?? undefined).optional(),
});

/** As `--platform` has it: `linux/386`. */
export function platformName({ os, architecture, variant }: Platform): string { return `${os}/${architecture}${variant ? `/${variant}` : ""}`; }
/** A platform of `linux/386`. Throws an Error where it is none. */
export function parsePlatform(name: string): Platform {
  const match = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9]+))?$/.exec(name);
  if (!match) throw new Error(`${JSON.stringify(name.slice(0, 100))} is no platform: write linux/amd64 or linux/386.`);
  const [, os, architecture, variant] = match;
  return { os: os!, architecture: architecture!, ...(variant === undefined ? {} : { variant }) };
}
