import { isDigest, type Digest } from "./digest.ts";

/** What names an image, with all that Docker leaves out. */
export interface Reference {
  /** Host, and port if any, of the registry that the name belongs to. */
  readonly registry: string;
  /** Path in the registry. */
  readonly repository: string;
  /** Undefined where the reference has a digest and no tag. */
  readonly tag: string | undefined;
  /** Of the manifest that is meant. */
  readonly digest: Digest | undefined;
  /** The whole: `registry/repository:tag@digest`. */
  readonly canonical: string;
  /** As short as people write it: without `docker.io/library/`. */
  readonly familiar: string;
}

// github.com/distribution/reference, "Grammar".
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const REGISTRY = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`);
const TAG = /^\w[\w.-]{0,127}$/;
const NAME_MAXIMUM = 255;

/**
 * Parses a reference as Docker does: `busybox` is `docker.io/library/busybox:latest`. What stands before the first slash is a registry if it has a dot, a colon or
 * a capital, or is `localhost`. Throws an Error that says what is wrong.
 */
export function parseReference(text: string): Reference {
  const wrong = (why: string): Error => new Error(`${JSON.stringify(text.slice(0, 300))} is no image reference: ${why}`);
  if (text === "") throw new Error("The image reference is empty: write NAME, NAME:TAG or NAME@DIGEST.");
  const at = text.indexOf("@"), beforeDigest = at < 0 ? text : text.slice(0, at), digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) throw wrong(`what follows "@" must be "sha256:" and 64 digits of lower-case hexadecimal.`);
  const colon = beforeDigest.lastIndexOf(":"), hasTag = colon > beforeDigest.lastIndexOf("/");
  const name = hasTag ? beforeDigest.slice(0, colon) : beforeDigest, tag = hasTag ? beforeDigest.slice(colon + 1) : digest === undefined ? "latest" : undefined;
  if (tag !== undefined && !TAG.test(tag)) throw wrong("a tag is up to 128 letters, digits, and _ . - after the first.");
  if (/^[0-9a-f]{64}$/.test(name)) throw wrong("64 digits of hexadecimal are an image's ID, not a name.");
  let [registry, repository] = split(name);
  if (!REGISTRY.test(registry)) throw wrong("what stands before the first slash is no name of a registry.");
  if (repository.toLowerCase() !== repository) throw wrong("the name of a repository must be in lower case.");
  if (!REPOSITORY.test(repository)) throw wrong("a name has lower-case letters and digits, separated by one of . _ __ - and /.");
  if (registry === "index.docker.io") registry = "docker.io";
  if (registry === "docker.io" && !repository.includes("/")) repository = `library/${repository}`;
  if (registry.length + 1 + repository.length > NAME_MAXIMUM) throw wrong(`a name has at most ${NAME_MAXIMUM} characters.`);
  const suffix = (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`);
  const short = registry !== "docker.io" ? `${registry}/${repository}` : repository.startsWith("library/") && !repository.slice(8).includes("/") ? repository.slice(8) : repository;
  return { registry, repository, tag, digest, canonical: `${registry}/${repository}${suffix}`, familiar: short + suffix };
}

/** Registry and path. github.com/distribution/reference, normalize.go:splitDockerDomain(). */
function split(name: string): [registry: string, repository: string] {
  const slash = name.indexOf("/"), first = name.slice(0, slash);
  if (slash < 0 || (!/[.:]/.test(first) && first !== "localhost" && first.toLowerCase() === first)) return ["docker.io", name];
  return [first, name.slice(slash + 1)];
}
