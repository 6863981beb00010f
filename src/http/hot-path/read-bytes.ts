import type { Context } from 'hono';
import { DomainError, requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';

export function tooLarge(bytesMax: number): DomainError {
  return new DomainError('request.too_large', `The body is larger than ${bytesMax} bytes.`, { details: { bytesMax } });
}

/** A client that hangs up has the same error code as an unreachable database. They must not be confused. */
export const cutShort = () => requestInvalid([inputFault('', 'body.cut_short')]);

/**
 * Reads a body of at most `bytesMax` bytes, whatever its framing says.
 * @throws DomainError request.too_large, request.invalid when the client hangs up
 */
export async function readBytes(c: Context, bytesMax: number): Promise<Buffer> {
  if (Number(c.req.header('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  try {
    return await readBody(c, bytesMax);
  } catch (error) {
    // A client that hangs up has the same error code as an unreachable database.
    throw error instanceof Error && 'code' in error && error.code === 'ECONNRESET' ? cutShort() : error;
  }
}

async function readBody(c: Context, bytesMax: number): Promise<Buffer> {
  if (c.req.header('transfer-encoding') === undefined) {
    const bytes = Buffer.from(await c.req.arrayBuffer());
    if (bytes.length > bytesMax) throw tooLarge(bytesMax);
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
