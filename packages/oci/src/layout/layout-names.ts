import { parseReference, type Reference } from "../reference.ts";
import type { Descriptor } from "../schema/descriptor.ts";

/** Tag, or whole name, of an image in a layout. OCI image specification, "Pre-Defined Annotation Keys". */
export const REF_NAME_ANNOTATION = "org.opencontainers.image.ref.name";
/** Whole name of an image in a layout, as containerd and Docker write it. */
export const CONTAINERD_NAME_ANNOTATION = "io.containerd.image.name";

/**
 * The name that a layout gives an image, or `name` where it gives none. What has neither slash nor colon may be a tag or a name: with `name` it is a tag
 * of that. Undefined where there is no name at all.
 */
export function nameInLayout(descriptor: Descriptor, name: string | undefined): Reference | undefined {
  const whole = descriptor.annotations?.[CONTAINERD_NAME_ANNOTATION], short = descriptor.annotations?.[REF_NAME_ANNOTATION];
  if (whole) {
    // Tools that make one image of another copy what they do not know, and give it another tag.
    const reference = parseReference(whole);
    return short && !/[/:@]/.test(short) && short !== reference.tag ? parseReference(`${withoutTag(whole)}:${short}`) : reference;
  }
  if (!short) return name === undefined ? undefined : parseReference(name);
  if (/[/:@]/.test(short) || name === undefined) return parseReference(short);
  return parseReference(`${withoutTag(name)}:${short}`);
}
function withoutTag(name: string): string {
  const { registry, repository } = parseReference(name);
  return `${registry}/${repository}`;
}

/** Annotations by which others find an image of a layout: its tag alone, but the whole name where `unique` says that the tag is used twice. */
export function namingAnnotations(reference: Reference, unique: boolean): { readonly [key: string]: string } {
  const name = `${reference.registry}/${reference.repository}:${reference.tag ?? "latest"}`;
  return { [CONTAINERD_NAME_ANNOTATION]: name, [REF_NAME_ANNOTATION]: unique ? (reference.tag ?? "latest") : name };
}
