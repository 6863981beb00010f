import { expect, test } from 'vitest';
import { createExportGate } from '../../src/orders/desk/export-gate.ts';

/** Guards that exports hold few places, give them back however they end, and keep one page in memory. */

function pages(count: number) {
  const seen = { read: 0, closed: false };
  async function* texts() {
    try {
      for (; seen.read < count; seen.read += 1) yield `page ${seen.read}\n`;
    } finally {
      seen.closed = true;
    }
  }
  return { seen, open: () => Promise.resolve(texts()) };
}

const endless = () => pages(Number.POSITIVE_INFINITY);
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

test('an export is read page by page, as it is taken, and gives its place back at its end', async () => {
  const gate = createExportGate();
  for (let time = 0; time < 5; time += 1) {
    const { seen, open } = pages(3);
    const stream = await gate.stream(open);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.read).toBeLessThanOrEqual(1);
    expect(await new Response(stream).text()).toBe('page 0\npage 1\npage 2\n');
    expect(seen.closed).toBe(true);
  }
});

test('two run at once, eight wait, more are refused; one that ends or leaves lets the next in', async () => {
  const gate = createExportGate();
  const [first, second] = [await gate.stream(endless().open), await gate.stream(endless().open)];
  const waiting = Array.from({ length: 8 }, () => gate.stream(endless().open));
  expect(gate.running).toBe(2);
  expect(await codeOf(gate.stream(endless().open))).toBe('service.busy');
  await first.cancel();
  await second.cancel();
  const third = await waiting[0];
  await third?.cancel();
  await (await waiting[1])?.cancel();
  for (const next of waiting.slice(2)) await (await next).cancel();
});

test('a reader who pauses for too long, or reads without end, loses its place and sees an error', async () => {
  const gate = createExportGate({ pauseMsMax: 40, exportMsMax: 150 });
  const idle = endless();
  const paused = await gate.stream(idle.open);
  await new Promise((resolve) => setTimeout(resolve, 120));
  await expect(new Response(paused).text()).rejects.toThrow('took too long');
  expect(idle.seen.closed).toBe(true);
  const slow = endless();
  const reader = (await gate.stream(slow.open)).getReader();
  const readOn = async (): Promise<void> => {
    for (;;) {
      await reader.read();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await expect(readOn()).rejects.toThrow('took too long');
  expect(slow.seen.closed).toBe(true);
  expect(gate.running).toBe(0);
  // Both places are free again.
  await Promise.all([gate.stream(endless().open), gate.stream(endless().open)]);
});

test('a fault before or while rows are read gives the place back', async () => {
  const gate = createExportGate();
  for (let time = 0; time < 5; time += 1) {
    expect(await codeOf(gate.stream(() => Promise.reject(new Error('no such event'))))).not.toBe('service.busy');
    const stream = await gate.stream(() =>
      Promise.resolve(
        (async function* broken(): AsyncGenerator<string, void> {
          yield 'page';
          throw new Error('the database went away');
        })(),
      ),
    );
    await expect(new Response(stream).text()).rejects.toThrow('went away');
  }
});
