import type { Kernel } from "@ringzero/kernel";
import type { Credentials, MountNamespace } from "@ringzero/vfs";
import { readText } from "./rootfs/files.ts";
import { StartError } from "./start-error.ts";

/** Who a program runs as, and where that user is at home. */
export interface ResolvedUser {
  /** Rights. */
  readonly credentials: Credentials;
  /** HOME, where /etc/passwd knows the user. */
  readonly home: string;
}

/**
 * The user "name", "uid", "name:group" or "uid:gid" by a container's /etc/passwd and /etc/group: passwd(5), group(5). A number need not be there, a name must.
 * Throws a {@link StartError}. OCI image specification, "config", "User".
 */
export function resolveUser(kernel: Kernel, mounts: MountNamespace, user: string): ResolvedUser {
  const [who = "", group] = user === "" ? ["0"] : user.split(":", 2);
  const passwd = records(readText(kernel, mounts, "/etc/passwd")), groups = records(readText(kernel, mounts, "/etc/group"));
  const entry = isNumber(who) ? passwd.find((fields) => fields[2] === who) : passwd.find((fields) => fields[0] === who);
  if (!entry && !isNumber(who)) throw new StartError(`There is no user "${who}" in the container's /etc/passwd. Give a number, or a name that is there.`, 126);
  const uid = entry ? Number(entry[2]) : Number(who);
  let gid = entry ? Number(entry[3]) : 0;
  if (group !== undefined && group !== "") {
    const named = isNumber(group) ? undefined : groups.find((fields) => fields[0] === group);
    if (!named && !isNumber(group)) throw new StartError(`There is no group "${group}" in the container's /etc/group. Give a number, or a name that is there.`, 126);
    gid = named ? Number(named[2]) : Number(group);
  }
  // A group that is named replaces those that /etc/group lists the user in.
  const more = group === undefined && entry ? groups.filter((fields) => (fields[3] ?? "").split(",").includes(entry[0]!)).map((fields) => Number(fields[2])) : [];
  return { credentials: { uid, gid, groups: [...new Set([gid, ...more])].toSorted((a, b) => a - b), privileged: uid === 0 }, home: entry?.[5] || "/" };
}

function isNumber(text: string): boolean { return /^\d{1,9}$/.test(text); }
/** Lines of fields between colons; what is no record is left out. */
function records(text: string | undefined): string[][] {
  return (text ?? "").split("\n").map((line) => line.split(":")).filter((fields) => fields.length >= 4 || (fields.length === 3 && fields[0] !== "")).filter((fields) => isNumber(fields[2]!));
}
