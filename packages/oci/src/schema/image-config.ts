import { z } from "zod";
import type { Digest } from "../digest.ts";
import { digestSchema, platformNameSchema } from "./descriptor.ts";
import { orNull } from "./json.ts";

/** How a container of the image is run, where nothing else is asked for. OCI image specification, "OCI Image Configuration", `config`. */
export interface ExecutionConfig {
  /** `user`, `uid`, `user:group`, `uid:gid`. */
  readonly User?: string | undefined;
  /** Keys are `port/tcp`, `port/udp`, `port`. */
  readonly ExposedPorts?: { readonly [port: string]: unknown } | undefined;
  /** `NAME=VALUE`. */
  readonly Env?: readonly string[] | undefined;
  /** Goes before the arguments. */
  readonly Entrypoint?: readonly string[] | undefined;
  /** Arguments, where none are given. */
  readonly Cmd?: readonly string[] | undefined;
  /** Keys are directories for data of the container's own. */
  readonly Volumes?: { readonly [path: string]: unknown } | undefined;
  /** Where the program begins. */
  readonly WorkingDir?: string | undefined;
  /** For people and tools. */
  readonly Labels?: { readonly [key: string]: string } | undefined;
  /** What ends the container, as `SIGTERM` or its number. */
  readonly StopSignal?: string | undefined;
}

/** One step of the image's making. */
export interface History {
  /** RFC 3339. */
  readonly created?: string | undefined;
  /** The command. */
  readonly created_by?: string | undefined;
  /** Who. */
  readonly author?: string | undefined;
  /** What was said about it. */
  readonly comment?: string | undefined;
  /** It made no layer. */
  readonly empty_layer?: boolean | undefined;
}

/** OCI image specification, "OCI Image Configuration". */
export interface ImageConfig {
  /** RFC 3339. */
  readonly created?: string | undefined;
  /** Who made it. */
  readonly author?: string | undefined;
  /** As GOARCH has it. */
  readonly architecture: string;
  /** As GOOS has it. */
  readonly os: string;
  /** Of the processor. */
  readonly variant?: string | undefined;
  /** How a container of it is run. */
  readonly config?: ExecutionConfig | undefined;
  /** What its layers are once they are not compressed, in the order of the manifest. */
  readonly rootfs: {
    /** There is no other. */
    readonly type: "layers";
    /** The lowest first. */
    readonly diff_ids: readonly Digest[];
  };
  /** How it was made. */
  readonly history?: readonly History[] | undefined;
}

const words = z.array(z.string());
const executionConfigSchema = z.looseObject({
  User: orNull(z.string()), ExposedPorts: orNull(z.record(z.string(), z.unknown())),
  Env: orNull(z.array(z.string().regex(/^[^=\0][^=\0]*=[^\0]*$/, "a variable is NAME=VALUE"))),
  Entrypoint: orNull(words), Cmd: orNull(words), Volumes: orNull(z.record(z.string(), z.unknown())), WorkingDir: orNull(z.string()),
  Labels: orNull(z.record(z.string(), z.string())), StopSignal: orNull(z.string()),
});
const historySchema = z.looseObject({
  created: z.string().optional(), created_by: z.string().optional(), author: z.string().optional(), comment: z.string().optional(), empty_layer: z.boolean().optional(),
});

/** Checks a configuration. */
export const imageConfigSchema: z.ZodType<ImageConfig> = z.looseObject({
  created: orNull(z.string().max(64).regex(/^[\dTZtz:.+-]*$/, "a time is written as in RFC 3339")), author: z.string().optional(), architecture: platformNameSchema, os: platformNameSchema, variant: platformNameSchema.optional(),
  config: orNull(executionConfigSchema), rootfs: z.looseObject({ type: z.literal("layers"), diff_ids: orNull(z.array(digestSchema)).transform((ids) => ids ?? []) }),
  history: orNull(z.array(historySchema)),
}) as unknown as z.ZodType<ImageConfig>;
