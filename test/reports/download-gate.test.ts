import { expect, test } from 'vitest';
import { createDownloadGate } from '../../src/reports/downloads/download-gate.ts';

/** Guards that downloads hold few places, give them back however they end, and keep one piece in memory. */

function file(count: number) {
  const seen = { read: 0, closed: false };
  const stream = () =>
    new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (seen.read >= count) {
            seen.closed = true;
            return controller.close();
          }
          controller.enqueue(Buffer.from(`piece ${seen.read}\n`));
          seen.read += 1;
        },
        cancel() {
          seen.closed = true;
        },
      },
      { highWaterMark: 0 },
    );
  return { seen, open: () => Promise.resolve(stream()) };
}

let organizers = 0;
const nextOrganizer = () => `org_${(organizers += 1)}`;
const endless = () => file(Number.POSITIVE_INFINITY);
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? 'no code',
  );

test('a file is read piece by piece as the client takes it, and frees its place at its end', async () => {
  const gate = createDownloadGate();
  for (let time = 0; time < 9; time += 1) {
    const { seen, open } = file(3);
    const stream = await gate.stream(nextOrganizer(), open);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.read).toBeLessThanOrEqual(1);
    expect(await new Response(stream).text()).toBe('piece 0\npiece 1\npiece 2\n');
    expect(seen.closed).toBe(true);
  }
});

test('four downloads run, sixteen wait, more are refused; an ended or abandoned download admits the next', async () => {
  const gate = createDownloadGate();
  const running = await Promise.all(Array.from({ length: 4 }, () => gate.stream(nextOrganizer(), endless().open)));
  const waiting = Array.from({ length: 16 }, () => gate.stream(nextOrganizer(), endless().open));
  expect(await codeOf(gate.stream(nextOrganizer(), endless().open))).toBe('service.busy');
  for (const stream of running) await stream.cancel();
  for (const next of waiting) await (await next).cancel();
});

test('a reader that pauses for too long, or never ends, loses its place and gets an error', async () => {
  const gate = createDownloadGate({ pauseMsMax: 40, downloadMsMax: 150 });
  const idle = endless();
  const paused = await gate.stream(nextOrganizer(), idle.open);
  await new Promise((resolve) => setTimeout(resolve, 120));
  await expect(new Response(paused).text()).rejects.toThrow('took too long');
  expect(idle.seen.closed).toBe(true);
  const slow = endless();
  const reader = (await gate.stream(nextOrganizer(), slow.open)).getReader();
  const readOn = async (): Promise<void> => {
    for (;;) {
      await reader.read();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await expect(readOn()).rejects.toThrow('took too long');
  expect(slow.seen.closed).toBe(true);
});

test('an error before or during reading frees the place', async () => {
  const gate = createDownloadGate();
  for (let time = 0; time < 9; time += 1) {
    expect(await codeOf(gate.stream(nextOrganizer(), () => Promise.reject(new Error('no such file'))))).toBe('no code');
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('the storage went away'));
      },
    });
    const stream = await gate.stream(nextOrganizer(), () => Promise.resolve(broken));
    await expect(new Response(stream).text()).rejects.toThrow('went away');
  }
});

test('one organizer has two places at most, even with slow readers, and gets them back', async () => {
  const gate = createDownloadGate();
  for (let time = 0; time < 3; time += 1) {
    const slow = await Promise.all([1, 2].map(() => gate.stream('org_slow', endless().open)));
    expect(await codeOf(gate.stream('org_slow', endless().open))).toBe('service.busy');
    const other = await gate.stream('org_other', file(1).open);
    expect(await new Response(other).text()).toBe('piece 0\n');
    for (const stream of slow) await stream.cancel();
  }
});

test('clients that read slowly keep the places only while nobody waits, whoever they are', async () => {
  const gate = createDownloadGate({ paceMs: 100 });
  const slow = await Promise.all([1, 1, 2, 2].map((number) => gate.stream(`org_${number}`, endless().open)));
  const readers = slow.map((stream) => stream.getReader());
  const readOn = async (): Promise<number> => {
    for (let pieces = 0; ; pieces += 1) {
      const all = await Promise.allSettled(readers.map((reader) => reader.read()));
      if (all.some(({ status }) => status === 'rejected')) return pieces;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  const reading = readOn();
  await new Promise((resolve) => setTimeout(resolve, 400));
  const other = await gate.stream(nextOrganizer(), file(1).open);
  expect(await new Response(other).text()).toBe('piece 0\n');
  expect(await reading).toBeGreaterThan(4);
  const left = await Promise.allSettled(readers.map((reader) => reader.read()));
  expect(left.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  for (const reader of readers) await reader.cancel().catch(() => {});
});

test('a client that reads as fast as the storage allows keeps its place while others wait', async () => {
  const gate = createDownloadGate({ paceMs: 50 });
  const fast = (ms: number) => () =>
    Promise.resolve(
      new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, ms));
            controller.enqueue(Buffer.alloc(ms === 1 ? 8192 : 10));
          },
        },
        { highWaterMark: 0 },
      ),
    );
  const running = await Promise.all([1, 1, 1, 80].map((ms) => gate.stream(nextOrganizer(), fast(ms))));
  const readers = running.map((stream) => stream.getReader());
  let isOver = false;
  const reading = Promise.all(
    readers.map(async (reader) => {
      while (!isOver) await reader.read();
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const waiting = gate.stream(nextOrganizer(), file(1).open);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  isOver = true;
  await expect(reading).resolves.toHaveLength(4);
  for (const reader of readers) await reader.cancel();
  await (await waiting).cancel();
});
