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
