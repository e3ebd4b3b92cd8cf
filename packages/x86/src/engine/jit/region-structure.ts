import type { RegionBlock } from "./region.ts";

/** A block, or a natural loop: control enters it at its head only. Its items come in the order in which they are written, the head's block first. */
export type RegionItem = { readonly block: RegionBlock } | { readonly loop: RegionLoop };
/** A natural loop. */
export interface RegionLoop {
  readonly head: RegionBlock;
  readonly items: readonly RegionItem[];
  /** All its blocks. */
  readonly members: ReadonlySet<RegionBlock>;
}

/** A region's blocks in order, and the dispatch. */
export interface RegionStructure {
  readonly items: readonly RegionItem[];
  /** All blocks in the order in which they are written: their `index` is their place. */
  readonly blocks: readonly RegionBlock[];
  /** Blocks that the dispatch at the region's top leads to: their `entry` is their place. */
  readonly entries: readonly RegionBlock[];
}

/** Depth-first from `roots`: nodes in reverse postorder, so that as many edges as can be lead forward. What is reached last comes first behind its predecessor. */
function reversePostorder<T>(roots: readonly T[], next: (node: T) => readonly T[]): T[] {
  const order: T[] = [], seen = new Set<T>();
  const visit = (root: T): void => {
    if (seen.has(root)) return;
    seen.add(root);
    const path: { node: T; to: readonly T[]; at: number }[] = [{ node: root, to: next(root), at: 0 }];
    while (path.length > 0) {
      const here = path.at(-1)!, node = here.to[here.at++];
      if (node === undefined) {
        order.push(here.node);
        path.pop();
      } else if (!seen.has(node)) {
        seen.add(node);
        path.push({ node, to: next(node), at: 0 });
      }
    }
  };
  for (let n = roots.length - 1; n >= 0; n--) visit(roots[n]!);
  return order.reverse();
}

/** Immediate dominators by place in a reverse postorder; -1 = the way in from outside. Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm". */
function dominators(order: readonly RegionBlock[], place: ReadonlyMap<RegionBlock, number>, predecessors: ReadonlyMap<RegionBlock, readonly RegionBlock[]>, roots: ReadonlySet<RegionBlock>): Int32Array {
  const NONE = -2, dominator = new Int32Array(order.length).fill(NONE);
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      if (a < 0 || b < 0) return -1;
      if (a > b) a = dominator[a]!; else b = dominator[b]!;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = 0; n < order.length; n++) {
      let d = roots.has(order[n]!) ? -1 : NONE;
      for (const p of predecessors.get(order[n]!) ?? []) {
        const at = place.get(p)!;
        if (at !== n && dominator[at] !== NONE) d = d === NONE ? at : meet(d, at);
      }
      if (d !== dominator[n]) { dominator[n] = d; changed = true; }
    }
  }
  return dominator;
}

/** Bodies of the natural loops, by head. */
function naturalLoops(order: readonly RegionBlock[], predecessors: ReadonlyMap<RegionBlock, readonly RegionBlock[]>, roots: ReadonlySet<RegionBlock>): Map<RegionBlock, Set<RegionBlock>> {
  const place = new Map(order.map((b, n) => [b, n])), dominator = dominators(order, place, predecessors, roots), loops = new Map<RegionBlock, Set<RegionBlock>>();
  const dominates = (a: number, b: number): boolean => {
    while (b > a) b = dominator[b]!;
    return a === b;
  };
  for (const head of order) {
    for (const from of predecessors.get(head) ?? []) {
      if (!dominates(place.get(head)!, place.get(from)!)) continue;
      let body = loops.get(head);
      if (!body) loops.set(head, (body = new Set([head])));
      const todo = [from];
      for (let b = todo.pop(); b; b = todo.pop()) {
        if (body.has(b)) continue;
        body.add(b);
        todo.push(...(predecessors.get(b) ?? []));
      }
    }
  }
  return loops;
}

/**
 * Puts blocks in order for structured control flow. `roots`: blocks that control enters from outside. Natural loops lie together and become `loop` constructs; what leads backwards otherwise goes through the
 * dispatch at the region's top. Sets the blocks' `index`, `entry`, `loop`, `innermost`, `heads` and `inherits`.
 */
export function structure(all: readonly RegionBlock[], successors: (b: RegionBlock) => readonly RegionBlock[], roots: readonly RegionBlock[]): RegionStructure {
  const predecessors = new Map<RegionBlock, RegionBlock[]>();
  for (const b of all) {
    for (const to of successors(b)) {
      const from = predecessors.get(to);
      if (from) from.push(b); else predecessors.set(to, [b]);
    }
  }
  const outside = new Set(roots), loops = naturalLoops(reversePostorder(roots, successors), predecessors, outside), blocks: RegionBlock[] = [];
  /** Items of a set of blocks that control enters at `ways`; `head`: of the loop whose body they are. */
  const arrange = (ways: readonly RegionBlock[], within: (b: RegionBlock) => boolean, head: RegionBlock | undefined, outermost: RegionLoop | undefined): RegionItem[] => {
    // The outermost loops of the set count as one node each, their head.
    const inner = new Map<RegionBlock, RegionBlock>();
    for (const [h, body] of loops) if (h !== head && within(h) && !inner.has(h)) {
      const enclosed = [...loops].some(([other, members]) => other !== h && other !== head && within(other) && members.has(h));
      if (!enclosed) for (const b of body) inner.set(b, h);
    }
    const next = (b: RegionBlock): RegionBlock[] => {
      const from = inner.get(b) === b ? [...loops.get(b)!] : [b], to: RegionBlock[] = [];
      for (const f of from) for (const t of successors(f)) if (within(t) && t !== head && (inner.get(t) ?? t) !== b) to.push(inner.get(t) ?? t);
      return to;
    };
    return reversePostorder(ways.map((b) => inner.get(b) ?? b), next).map((b) => {
      if (inner.get(b) !== b) {
        b.index = blocks.push(b) - 1;
        b.loop = outermost;
        return { block: b };
      }
      const members = loops.get(b)!, items: RegionItem[] = [], loop: RegionLoop = { head: b, items, members };
      b.heads = loop;
      items.push(...arrange([b], (x) => members.has(x), b, outermost ?? loop));
      for (const item of items) if ("block" in item) item.block.innermost = items.every((x) => "block" in x);
      return { loop };
    });
  };
  for (;;) {
    const items = arrange(roots, () => true, undefined, undefined), wanted = new Set(roots);
    for (const b of blocks) for (const to of successors(b)) if (to.index <= b.index && !to.heads?.members.has(b)) wanted.add(to);
    // A loop within that has two ways in needs the dispatch, which leads to no block of a loop but its head.
    const within = [...wanted].filter((b) => b.loop && b.loop.head !== b);
    if (within.length === 0) {
      // The interpreter that ends a slice in a loop comes back at its head.
      const entries = blocks.filter((b) => wanted.has(b) || b.heads);
      entries.forEach((b, n) => { b.entry = n; });
      for (const b of blocks) b.inherits = b.entry < 0 && predecessors.get(b)?.length === 1 && !b.heads;
      return { items, blocks, entries };
    }
    for (const [head, members] of loops) if (within.some((b) => b !== head && members.has(b))) loops.delete(head);
    for (const b of blocks.splice(0)) { b.heads = b.loop = undefined; b.innermost = false; }
  }
}
