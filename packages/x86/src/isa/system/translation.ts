import type { InterceptName } from "../../intercepts.ts";
import { instruction, type Feature, type Instruction } from "../instruction.ts";

/** INVLPG — Drops the cached translations of a page, global ones too. The intercept is tested where the address is known. SDM vol. 2A, "INVLPG—Invalidate TLB Entries". */
const INVLPG = instruction("INVLPG", {
  forms: ["0F 01 /7  INVLPG m8"], privileged: true, title: "INVLPG—Invalidate TLB Entries",
  execute(m) { m.escape("invlpg", m.effectiveAddress()); },
});
const INVPCID = instruction("INVPCID", {
  forms: ["66 0F 38 82 /r  INVPCID r32, m128  i64", "66 0F 38 82 /r  INVPCID r64, m128  o64"], feature: "invpcid", privileged: true, protectedOnly: true, intercept: "INVPCID",
  title: "INVPCID—Invalidate Process-Context Identifier",
  execute(m, type, descriptor) { m.escape("invpcid", m.read(type!).zext(64), m.address(descriptor!, 16, "read")); },
});

/** There are no caches to write back or to lose. */
function cache(name: string, form: string, intercept: InterceptName, title: string, feature?: Feature): Instruction {
  return instruction(name, { forms: [`${form}  ${name}`], privileged: true, intercept, title, ...(feature ? { feature } : {}), execute() {} });
}
const INVD = cache("INVD", "0F 08", "INVD", "INVD—Invalidate Internal Caches");
const WBINVD = cache("WBINVD", "0F 09", "WBINVD", "WBINVD—Write Back and Invalidate Cache");
const WBNOINVD = cache("WBNOINVD", "F3 0F 09", "WBINVD", "WBNOINVD—Write Back and Do Not Invalidate Cache", "wbnoinvd");

/** Cached translations and caches. */
export const TRANSLATION: readonly Instruction[] = [INVLPG, INVPCID, INVD, WBINVD, WBNOINVD];
