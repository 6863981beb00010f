import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDiskStorage } from '../../src/platform/files/disk-storage.ts';
import { createS3Storage } from '../../src/platform/files/s3-storage.ts';
import { createEvent } from '../../testkit/factories.ts';
import { order } from '../../testkit/orders/placing.ts';
import { openReportWorld, readCsv } from '../../testkit/reports/report-world.ts';
import { until } from '../../testkit/until.ts';
import type { FileStorage } from '../../src/platform/files/storage.ts';

/** Guards both storages: a file exists once it is complete, and not before. S3 is a server that checks signatures. */

const folder = mkdtempSync(join(tmpdir(), 'antre-storage-'));
const bucket = 'reports';
let server: S3rver;
let endpoint = '';

beforeAll(async () => {
  server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: bucket }],
  });
  endpoint = `http://127.0.0.1:${(await server.run()).port}`;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const s3 = (secretAccessKey = 'S3RVER') =>
  createS3Storage({ endpoint, bucket, region: 'us-east-1', accessKeyId: 'S3RVER', secretAccessKey });
const storages: Record<string, () => FileStorage> = {
  disk: () => createDiskStorage(join(folder, 'disk')),
  S3: () => s3(),
};

const never = new AbortController().signal;
const pieceBytes = 1024 * 1024;

/** Pieces of a megabyte, each with bytes of its own number. */
async function* pieces(count: number, onPiece: (number: number) => void = () => {}): AsyncGenerator<Uint8Array, void> {
  for (let number = 0; number < count; number += 1) {
    onPiece(number);
    yield Buffer.alloc(pieceBytes, number);
  }
}

async function contentOf(storage: FileStorage, key: string): Promise<Buffer | undefined> {
  const file = await storage.open(key);
  if (file === undefined) return undefined;
  const content = Buffer.from(await new Response(file.pieces).arrayBuffer());
  expect(file.bytes).toBe(content.length);
  return content;
}

describe.each(Object.keys(storages))('%s', (name) => {
  const storage = () => storages[name]?.() as FileStorage;

  test.each([
    ['an empty file', 0],
    ['one piece', 1],
    ['a file of several parts', 19],
  ])('keeps %s as it was written', async (what, count) => {
    const key = `reports/${what.replaceAll(' ', '-')}.csv`;
    expect(await storage().write(key, pieces(count), never)).toBe(count * pieceBytes);
    const content = await contentOf(storage(), key);
    expect(content?.length).toBe(count * pieceBytes);
    for (let number = 0; number < count; number += 1) expect(content?.[number * pieceBytes]).toBe(number);
    await storage().remove(key);
    expect(await storage().open(key)).toBeUndefined();
    await storage().remove(key);
  });

  test('shows nothing of a file that is being written, has failed, or was aborted', async () => {
    const key = 'reports/half.csv';
    let seen: unknown = 'not looked';
    const watched = async function* () {
      yield* pieces(12);
      seen = await storage().open(key);
      throw new Error('the database went away');
    };
    await expect(storage().write(key, watched(), never)).rejects.toThrow('went away');
    expect(seen).toBeUndefined();
    expect(await storage().open(key)).toBeUndefined();
    const stop = new AbortController();
    const stopped = pieces(30, (number) => number === 12 && stop.abort(new Error('cancelled')));
    await expect(storage().write(key, stopped, stop.signal)).rejects.toThrow('cancelled');
    expect(await storage().open(key)).toBeUndefined();
    // The rows are not read on.
    expect(await stopped.next()).toEqual({ done: true, value: undefined });
  });

  test('lets two write one file at once: both succeed, and the file is complete after each', async () => {
    const key = 'reports/twice.csv';
    let goOn = (): void => {};
    const firstIsDone = new Promise<void>((resolve) => (goOn = resolve));
    const slow = async function* () {
      for await (const piece of pieces(2)) {
        yield piece;
        await firstIsDone;
      }
    };
    const second = storage().write(key, slow(), never);
    expect(await storage().write(key, pieces(2), never)).toBe(2 * pieceBytes);
    const written = Buffer.concat([Buffer.alloc(pieceBytes, 0), Buffer.alloc(pieceBytes, 1)]);
    expect((await contentOf(storage(), key))?.equals(written)).toBe(true);
    goOn();
    expect(await second).toBe(2 * pieceBytes);
    expect((await contentOf(storage(), key))?.equals(written)).toBe(true);
  });
});

test('a folder keeps nothing of a file that is deleted, also of a write whose process died', async () => {
  const storage = storages['disk']?.() as FileStorage;
  await storage.write('left/one.csv', pieces(1), never);
  await storage.write('left/one.csv.b', pieces(1), never);
  let goOn = (): void => {};
  const isDead = new Promise<void>((resolve) => (goOn = resolve));
  const half = async function* () {
    yield Buffer.from('half');
    await isDead;
  };
  const writing = storage.write('left/one.csv', half(), never);
  const parts = () => readdirSync(join(folder, 'disk', 'unfinished', 'left'));
  await until(() => parts().length === 1);
  expect(readdirSync(join(folder, 'disk', 'left')).toSorted()).toEqual(['one.csv', 'one.csv.b']);
  await storage.remove('left/one.csv');
  expect([parts(), readdirSync(join(folder, 'disk', 'left'))]).toEqual([[], ['one.csv.b']]);
  goOn();
  await expect(writing).rejects.toThrow('ENOENT');
});

test('S3 refuses a wrong secret', async () => {
  await expect(s3('WRONG').write('reports/x.csv', pieces(1), never)).rejects.toThrow(/403|SignatureDoesNotMatch/);
  expect(await s3().open('reports/x.csv')).toBeUndefined();
});

test('a report is written to S3 where it is configured, and the API streams it from there', async () => {
  const world = await openReportWorld({
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: 'S3RVER',
    S3_SECRET_ACCESS_KEY: 'S3RVER',
  });
  try {
    await order(world.placing, await createEvent(world.db, { organizer: world.organizer }));
    const { id } = (await world.send('POST', '/reports', { kind: 'orders', format: 'csv' })).body;
    await world.make();
    expect(await s3().open(`reports/${world.organizer.id}/${id}-1.csv`)).toBeDefined();
    expect(world.files()).toEqual([]);
    const file = await world.send('GET', `/reports/${id}/file`);
    expect(file.status).toBe(200);
    expect(readCsv(file.text)).toHaveLength(1);
  } finally {
    await world.close();
  }
});
