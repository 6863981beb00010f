import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../testkit/processes/browser.ts';
import { delayMsOf, openThrottledPage, paintMsOf, throttledPhone } from '../../../testkit/web/throttled-phone.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { timedResult } from '../../generator/tally.ts';
import type { BenchOptions } from '../harness/options.ts';
import { type BenchReport, type MeasuredRun, type Measurement, measurementOf } from '../harness/report.ts';
import { say, startBenchStack } from '../harness/stack.ts';
import { type PageCase, preparePages, seedPages } from './page-world.ts';

const visitsPerRun = 3;
const settleMs = 500;
const pageMs = 60_000;
const paintMsBelow = 1500;
const delayMsBelow = 200;

type Visit = { readonly paintMs: number; readonly delayMs: number };

/**
 * The largest contentful paint of a first visit, and the longest delay of an interaction with the page, on a throttled phone. The
 * control of the paint is the same page with its scripts and images held back: what is left is network, document and styles.
 */
export async function benchPages(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('pages', options);
  const browser = await launchBrowser();
  try {
    await seedPages(stack);
    const api = await stack.startApi({ tied: false });
    const origin = `http://127.0.0.1:${api.port}`;
    const measurements: Measurement[] = [];
    for (const one of await preparePages(stack, browser, origin))
      measurements.push(...(await measurePage({ browser, origin, options }, one)));
    await api.stop();
    return {
      measurements,
      faults: [],
      facts: {
        machine: `a phone of ${throttledPhone.width} x ${throttledPhone.height}, its processor at 1/${throttledPhone.cpuRate} of this one, 1.6 Mbit/s down, ${throttledPhone.network.latency} ms a round trip; a fresh browser for each of ${visitsPerRun} visits a run`,
        pinned: 'nothing tied',
      },
    };
  } finally {
    await browser.close();
    await stack.close();
  }
}

type Means = { readonly browser: Browser; readonly origin: string; readonly options: BenchOptions };

async function measurePage(means: Means, one: PageCase): Promise<Measurement[]> {
  const paints: MeasuredRun[] = [];
  const delays: MeasuredRun[] = [];
  const plain: MeasuredRun[] = [];
  for (let run = 1; run <= means.options.runs; run += 1) {
    const visits = await visitOften(means, one, false);
    paints.push(visits.paints);
    delays.push(visits.delays);
    plain.push((await visitOften(means, one, true)).paints);
    say(`${one.name}, run ${run} of ${means.options.runs}`);
  }
  const control = measurementOf(`  control: ${one.name} without scripts and images`, plain);
  const paint = measurementOf(`${one.name}: largest contentful paint`, paints);
  const delay = measurementOf(`${one.name}: longest interaction (INP)`, delays);
  const felt = { ...delay, bar: { p99MsBelow: delayMsBelow } };
  // The door shows nothing until its script knows who scans.
  if (control.maxMs === 0) return [{ ...paint, bar: { p99MsBelow: paintMsBelow } }, felt];
  return [{ ...paint, ratio: paint.p50Ms / control.p50Ms, bar: { p99MsBelow: paintMsBelow } }, control, felt];
}

async function visitOften(means: Means, one: PageCase, isPlain: boolean) {
  const paints = createLatencies();
  const delays = createLatencies();
  const began = performance.now();
  for (let visit = 0; visit < visitsPerRun; visit += 1) {
    const { paintMs, delayMs } = await visitOnce(means, one, isPlain);
    paints.add(paintMs);
    delays.add(delayMs);
  }
  const seconds = (performance.now() - began) / 1000;
  const runOf = (latencies: typeof paints): MeasuredRun => ({ ...timedResult(latencies, seconds), cores: {} });
  return { paints: runOf(paints), delays: runOf(delays) };
}

async function visitOnce({ browser, origin }: Means, one: PageCase, isPlain: boolean): Promise<Visit> {
  const page = await openThrottledPage(browser);
  const context = page.context();
  try {
    context.setDefaultTimeout(pageMs);
    await context.addCookies(one.cookies);
    if (isPlain) {
      await page.route('**/*', (route) =>
        /^(?:script|image)$/.test(route.request().resourceType()) ? route.abort() : route.continue(),
      );
    }
    await page.goto(`${origin}${one.path}`, { waitUntil: 'load' });
    if (!isPlain) await page.waitForSelector(one.ready);
    await page.waitForTimeout(settleMs);
    const paintMs = await paintMsOf(page);
    if (paintMs === 0 && !isPlain) throw new Error(`${one.name}: nothing was painted`);
    if (isPlain) return { paintMs, delayMs: 0 };
    await one.act(page);
    await page.waitForTimeout(settleMs);
    return { paintMs, delayMs: await delayMsOf(page) };
  } finally {
    await context.close();
  }
}
