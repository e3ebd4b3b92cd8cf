// Prints what Node compiles, for the page to compare with.
import { moduleDigest } from "./module-digest.ts";

console.log(JSON.stringify(await moduleDigest()));
