import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesFrames, FrameReader, jsonFrame, MAX_JSON, MAX_PIECE, type Frame } from "../src/protocol/frame.ts";
import { ProtocolError } from "../src/protocol/protocol-error.ts";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7);
const item = fc.oneof(
  fc.record({ value: fc.jsonValue() }).map(({ value }) => ({ sent: [jsonFrame({ value })], read: [{ kind: "json", value: JSON.parse(JSON.stringify({ value })) as unknown }] as Frame[] })),
  fc.record({ call: fc.integer({ min: 0, max: 0xffff_ffff }), channel: fc.integer({ min: 0, max: 255 }), bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }) })
    .map(({ call, channel, bytes }) => ({ sent: bytesFrames(call, channel, bytes), read: [{ kind: "bytes", call, channel, bytes: Uint8Array.from(bytes) }] as Frame[] })),
);

test("frames come out as they went in, cut anywhere", () => {
  fc.assert(fc.property(fc.array(item, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 20 }), (items, cuts) => {
    const wire = Buffer.concat(items.flatMap(({ sent }) => sent)), reader = new FrameReader(), frames: Frame[] = [];
    for (let at = 0, i = 0; at < wire.length; at += cuts[i++ % cuts.length]!) frames.push(...reader.push(new Uint8Array(wire.subarray(at, at + cuts[i % cuts.length]!))));
    expect(frames).toEqual(items.flatMap(({ read }) => read));
    expect(reader.pending).toBe(0);
  }), { numRuns: 200 });
});
test("a long stream goes in pieces", () => {
  const frames = bytesFrames(1, 0, bytes(2 * MAX_PIECE + 5)).flatMap((frame) => new FrameReader().push(frame));
  expect(frames.map((f) => (f.kind === "bytes" ? f.bytes.length : -1))).toEqual([MAX_PIECE, MAX_PIECE, 5]);
});
test("a message that is too long is not sent", () => { expect(() => jsonFrame("x".repeat(MAX_JSON))).toThrow("longer than"); });

const head = (length: number, kind: number): Uint8Array => {
  const frame = new Uint8Array(5 + Math.min(length, 64));
  new DataView(frame.buffer).setUint32(0, length, true);
  frame[4] = kind;
  return frame;
};
test.each([
  ["an unknown kind", head(8, 0), "kind 0"], ["HTTP", new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), "Is this a ringzero client?"], ["a length beyond the limit", head(0xffff_ffff, 1), "may have"],
  ["an empty message", head(0, 1), "may have"], ["bytes without a call", head(3, 2), "may have"], ["bytes beyond the limit", head(MAX_PIECE + 6, 2), "may have"],
  ["no JSON", (() => { const f = head(4, 1); f.set([0x7b, 0x7b, 0x7b, 0x7b], 5); return f; })(), "no JSON"], ["no UTF-8", (() => { const f = head(4, 1); f.set([0x22, 0xff, 0xff, 0x22], 5); return f; })(), "no JSON"],
])("%s is refused", (_, frame, sentence) => { expect(() => new FrameReader().push(frame)).toThrow(sentence); });
test("any bytes are frames, wait for more, or are refused; none is kept beyond a frame", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0, 1, 2, 3), (noise, kind) => {
    const wire = Uint8Array.from([noise.length & 0xff, 0, 0, 0, kind, ...noise]), reader = new FrameReader();
    try {
      reader.push(wire);
      expect(reader.pending).toBeLessThanOrEqual(wire.length);
    } catch (error) {
      expect(error).toBeInstanceOf(ProtocolError);
    }
  }), { numRuns: 1000 });
});
