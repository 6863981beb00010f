import { randomFillSync } from 'node:crypto';

/** Where a trace continues: the header `traceparent` of W3C Trace Context. It holds random ids and nothing of a person. */
export type TraceParent = {
  /** 32 hex digits. */
  readonly traceId: string;
  /** The parent span: 16 hex digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
};

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const lengthMax = 200;
const sampledFlag = 1;

/** Undefined for an invalid text, as the standard asks; a new trace then begins. */
export function parseTraceparent(text: string | null | undefined): TraceParent | undefined {
  if (text === null || text === undefined || text.length > lengthMax) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = pattern.exec(text) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & sampledFlag) === sampledFlag };
}

export function formatTraceparent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

const traceIdBytes = 16;
const spanIdBytes = 8;
/** Random bytes are drawn in blocks: one system call for some hundred ids. */
const pool = Buffer.allocUnsafe(4096);
let poolOffset = pool.length;

function randomHex(bytes: number): string {
  if (poolOffset + bytes > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  poolOffset += bytes;
  return pool.toString('hex', poolOffset - bytes, poolOffset);
}

export const newTraceId = (): string => randomHex(traceIdBytes);
export const newSpanId = (): string => randomHex(spanIdBytes);
