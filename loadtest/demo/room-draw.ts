import { positionAt } from '../audit-draw/order.ts';
import { type Step, type Story, at, expectThat, call, until } from './http.ts';
import type { DemoPlace } from './room-join.ts';

export type DrawnPlace = DemoPlace & {
  /** Counted from 0. */
  readonly position: number;
};

/** The list is frozen and hashed, then the beacon's round comes, then each buyer computes their position. */
export async function drawPlaces(story: Story, step: Step, places: readonly DemoPlace[]): Promise<DrawnPlace[]> {
  const queue = async () => (await call(`${story.api}/v1/events/${story.slug}/queue`)).body;
  const root = await step('the list is frozen, and its root is public before the beacon speaks', async () => {
    const frozen = await until(30, 'no root was published', async () => {
      const now = await queue();
      return at(now, 'draw', 'merkleRoot') === undefined ? undefined : now;
    });
    const roundAt = Date.parse(String(at(frozen, 'draw', 'beaconRoundAt')));
    expectThat(Date.now() < roundAt, 'the root came after the beacon’s round');
    expectThat(at(frozen, 'draw', 'seed') === undefined, 'the seed was shown before the round');
    expectThat(Number(at(frozen, 'draw', 'frozenPlaces')) === places.length, 'the frozen list has another length');
    return at(frozen, 'draw', 'merkleRoot');
  });
  return step('the beacon has spoken; each buyer computes the own position, from public data', async () => {
    const drawn = await until(60, 'the draw was not made', async () => {
      const now = await queue();
      return at(now, 'draw', 'drawKey') === undefined ? undefined : now;
    });
    expectThat(at(drawn, 'draw', 'merkleRoot') === root, 'the root has changed');
    const key = Buffer.from(String(at(drawn, 'draw', 'drawKey')), 'hex');
    const withPositions = places.map((place) => ({ ...place, position: positionAt(key, places.length, place.index) }));
    expectThat(new Set(withPositions.map(({ position }) => position)).size === places.length, 'two share a position');
    return withPositions.sort((a, b) => a.position - b.position);
  });
}
