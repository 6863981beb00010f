import { S3mini, type UploadPart } from 's3mini';
import type { FileStorage } from './storage.ts';

/** S3 takes parts from 5 MiB. One part is in memory at a time. */
const partBytes = 8 * 1024 * 1024;
const partsMax = 10_000;
/** For one call: sending a part, or beginning, completing or aborting an upload. */
const callMsMax = 60_000;
/** From the request of a file to its last byte. */
const readMsMax = 15 * 60_000;
const contentType = 'application/octet-stream';

export type S3Options = {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

/**
 * Files in a bucket of S3 or of a server that speaks its protocol. A file of more than one part is a multipart upload,
 * which nobody can open before it is complete. Parts left by a worker that died can be removed only by a rule of the
 * bucket (`docs/features/reports.md`).
 */
export function createS3Storage({ endpoint, bucket, ...options }: S3Options): FileStorage {
  const address = `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  const client = new S3mini({ ...options, endpoint: address, requestAbortTimeout: callMsMax });
  const reader = new S3mini({ ...options, endpoint: address, requestAbortTimeout: readMsMax });
  return {
    write: async (key, pieces, signal) => {
      const parts = partsOf(pieces);
      try {
        const start = (await parts.next()).value ?? Buffer.alloc(0);
        const second = await parts.next();
        if (second.done !== true)
          return await writeParts(client, key, { start, second: second.value, rest: parts }, signal);
        signal.throwIfAborted();
        await client.putObject(key, start, contentType);
        return start.length;
      } finally {
        // Ends the queries of a report whose write failed.
        await parts.return();
      }
    },
    open: async (key) => {
      const response = await reader.getObjectResponse(key);
      if (response === null || response.body === null) return undefined;
      return { bytes: Number(response.headers.get('content-length')), pieces: response.body };
    },
    remove: async (key) => {
      await client.deleteObject(key);
    },
  };
}

type Parts = { readonly start: Buffer; readonly second: Buffer; readonly rest: AsyncGenerator<Buffer, void> };

async function writeParts(client: S3mini, key: string, { start, second, rest }: Parts, signal: AbortSignal) {
  const uploadId = await client.getMultipartUploadId(key, contentType);
  const sent: UploadPart[] = [];
  let bytes = 0;
  const send = async (part: Buffer): Promise<void> => {
    signal.throwIfAborted();
    if (sent.length >= partsMax) throw new Error(`a file has at most ${partsMax} parts`);
    sent.push(await client.uploadPart(key, uploadId, part, sent.length + 1));
    bytes += part.length;
  };
  try {
    await send(start);
    await send(second);
    for await (const part of rest) await send(part);
    signal.throwIfAborted();
    await client.completeMultipartUpload(key, uploadId, sent);
    return bytes;
  } catch (error) {
    await client.abortMultipartUpload(key, uploadId).catch(() => {});
    throw error;
  }
}

/** The pieces joined to parts of at least `partBytes`; the last one may be shorter. */
async function* partsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < partBytes) continue;
    yield Buffer.concat(held, bytes);
    [held, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
}
