import type { ArgsOf, CallName, ResultOf } from "../protocol/calls.ts";
import type { CallContext } from "./call-context.ts";

/** Who answers each call. A thrown Error's message is what the client hears. */
export type Handlers = { readonly [N in CallName]: (args: ArgsOf<N>, context: CallContext<N>) => Promise<ResultOf<N>> };
