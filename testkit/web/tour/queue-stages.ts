import type { Page } from 'playwright-core';
import { tourQueueSlug } from './world.ts';

/** The stages of a waiting room, as one buyer sees them. The document comes from the API and is moved on in time. */
export const queueStages = [
  'not_yet',
  'join',
  'joined',
  'drawing',
  'drawn',
  'waiting',
  'called',
  'passed',
  'lapsed',
  'spent',
  'sold_out',
  'over',
] as const;
export type QueueStage = (typeof queueStages)[number];

type Change = { readonly queue: Record<string, unknown>; readonly held?: Record<string, unknown> };

const minute = 60_000;
const at = (minutes: number) => new Date(Date.now() + minutes * minute).toISOString();

/** A place that came after the freeze is its own position, so no draw is needed to know it. */
const index = 12_480;
const frozenPlaces = 9000;
const place = {
  token: 'none',
  index,
  accountKey: 'none',
  salt: 'none',
  address: { kind: 'email', text: 'ayu.lestari@contoh.example' },
};
/** The times count from now, because the page tells no waiting time from figures that are old. */
function changesNow(): Readonly<Record<QueueStage, Change>> {
  const drawn = {
    number: 1,
    state: 'drawn',
    seedHash: 'ab'.repeat(32),
    beaconRound: 1,
    beaconRoundAt: at(-30),
    frozenPlaces,
    drawKey: 'cd'.repeat(32),
    merkleRoot: 'ef'.repeat(32),
  };
  const past = { preQueueOpensAt: at(-90), freezesAt: at(-60), opensAt: at(-20) };
  const open = {
    ...past,
    phase: 'open',
    places: 18_220,
    serving: 9600,
    servingAt: at(0),
    ratePerSecond: 4,
    draw: drawn,
  };
  const drawing = { preQueueOpensAt: at(-60), freezesAt: at(-1), opensAt: at(9), phase: 'drawing', places: 18_220 };

  return {
    not_yet: { queue: { phase: 'closed', preQueueOpensAt: at(50), freezesAt: at(80), opensAt: at(90) } },
    join: { queue: { phase: 'pre_queue', places: 4210 } },
    joined: { queue: { phase: 'pre_queue', places: 4210 }, held: { place: { ...place, index: 411 } } },
    drawing: { queue: { ...drawing, draw: null }, held: { place } },
    drawn: { queue: { ...drawing, draw: drawn }, held: { place } },
    waiting: { queue: open, held: { place } },
    called: { queue: { ...open, serving: 13_000 }, held: { place } },
    passed: {
      queue: { ...open, serving: 13_000 },
      held: { place, pass: { text: 'none', expiresAt: at(9) } },
    },
    lapsed: { queue: { ...open, serving: 14_000, lapsedBelow: 13_000 }, held: { place } },
    spent: { queue: open, held: { place, spentBy: '' } },
    sold_out: { queue: { ...open, phase: 'probably_sold_out', ratePerSecond: 0, stock: 'none' }, held: { place } },
    over: { queue: { ...past, phase: 'over' } },
  };
}

/** Puts the page into this stage before it is opened. */
export async function enterStage(page: Page, stage: QueueStage): Promise<void> {
  const { queue, held } = changesNow()[stage];
  const stored = JSON.stringify(JSON.stringify(held ?? {}));
  await page.evaluate(`localStorage.setItem('antre.place.${tourQueueSlug}', ${stored})`);
  await page.route(`**/v1/events/${tourQueueSlug}/queue`, async (route) => {
    const response = await route.fetch();
    const real = (await response.json()) as Record<string, unknown>;
    await route.fulfill({ response, json: { ...real, ...queue } });
  });
  await page.route(`**/v1/events/${tourQueueSlug}/stream`, (route) => route.abort());
  // Otherwise the page exchanges the turn for a pass at once.
  await page.route(`**/v1/events/${tourQueueSlug}/queue/passes`, () => undefined);
}
