import { sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { type Invariant, invariantOf, invariantSampleMax } from '../../platform/invariant.ts';
import { randomnessOf } from './beacon/beacon-chain.ts';
import { drawKeyOf, seedHashOf } from './order/draw-key.ts';
import { listChunkRoots } from './tree/queries.ts';
import { rootOf } from './tree/merkle.ts';
import { leavesPerChunk } from './order/method.ts';
import type { DrawRow } from '../tables.ts';
import { listDrawnDraws } from './queries.ts';

/** The number of latest draws whose hashes each check computes again. */
const recomputedMax = 50;

/** Invariants of draws: published values are consistent, and lead to the key that decides the order. */
export const drawInvariants: readonly Invariant[] = [
  invariantOf(
    'draws.one_counts',
    'A waiting room has one draw that counts, the last one, and every draw before it is void with its reason.',
    sql`select format('draw %s of %s is %s, and a later one exists', d.number, d.event_id, d.state) as sentence
      from draws d
      where d.state <> 'void' and exists (select from draws later where later.event_id = d.event_id and later.number > d.number)
      union all
      select format('the waiting room of %s is %s, and its last draw is void', d.event_id, r.phase)
      from draws d join waiting_rooms r using (event_id)
      where d.state = 'void' and not exists (select from draws later where later.event_id = d.event_id and later.number > d.number)
      union all
      select format('the waiting room of %s is %s and has no draw', r.event_id, r.phase)
      from waiting_rooms r
      where r.phase not in ('closed', 'over') and not exists (select from draws d where d.event_id = r.event_id)`,
  ),
  invariantOf(
    'draws.in_order',
    'Seed and beacon round are bound before anybody can know the round; the list is fixed and rooted before it, too.',
    sql`select format('draw %s of %s: %s', number, event_id, fault) as sentence
      from draws cross join lateral (values
        (case when state in ('frozen', 'drawn') and (frozen_at is null or frozen_at >= beacon_round_at)
          then 'its list was fixed after its beacon round' end),
        (case when state = 'drawn' and (rooted_at is null or rooted_at >= beacon_round_at)
          then 'its root was written after its beacon round' end),
        (case when state <> 'void' and revealed_at < beacon_round_at then 'its seed was revealed too early' end)
      ) as faults(fault)
      where fault is not null`,
  ),
  invariantOf(
    'draws.leaves_complete',
    'The published list has one leaf for each place that was there at the freeze, no more and no fewer.',
    sql`select format('draw %s of %s: its list of %s places has %s leaves', d.number, d.event_id, d.places,
        coalesce(l.leaves, 0)) as sentence
      from draws d
      left join lateral (
        select sum(octet_length(leaves) / 32) as leaves, count(*) as chunks, max(chunk) as last
        from draw_leaves l where l.event_id = d.event_id
      ) l on true
      where d.merkle_root is not null
        and (coalesce(l.leaves, 0) <> d.places
          or l.chunks <> ceil(d.places::numeric / ${leavesPerChunk}::integer)
          or coalesce(l.last, -1) <> l.chunks - 1)`,
  ),
  invariantOf(
    'draws.list_as_frozen',
    'Places, void places and the room agree with the list that was drawn.',
    sql`select format('draw %s of %s has %s places, its room froze %s', d.number, d.event_id, d.places, r.frozen_places)
        as sentence
      from draws d join waiting_rooms r using (event_id)
      where d.state in ('frozen', 'drawn') and d.places is distinct from r.frozen_places
      union all
      select format('place %s of %s is %s, and the drawn list says otherwise', p.place_index, p.event_id,
        case when p.voided_at is null then 'good' else 'void' end)
      from draws d
      join places p on p.event_id = d.event_id and p.voided_at is not null and p.place_index < d.places
      where d.state in ('frozen', 'drawn') and not p.place_index = any(d.voided_places)`,
  ),
  {
    name: 'draws.recompute',
    promise: 'Seed, beacon value, root and key of a draw follow from each other, computed again.',
    find: async (db) => {
      const faults: string[] = [];
      for (const draw of await listDrawnDraws(db, recomputedMax)) {
        const fault = await faultOf(db, draw);
        if (fault !== undefined) faults.push(`draw ${draw.number} of ${draw.eventId}: ${fault}`);
      }
      return faults.slice(0, invariantSampleMax);
    },
  },
];

async function faultOf(db: Db, draw: DrawRow): Promise<string | undefined> {
  const { seed, merkleRoot, beaconSignature, beaconRandomness, drawKey, places, voidedPlaces, eventId, number } = draw;
  if (seed === null || merkleRoot === null || beaconSignature === null || beaconRandomness === null)
    return 'something that must be public is missing';
  if (drawKey === null || places === null || voidedPlaces === null) return 'its key or its list is missing';
  if (!seedHashOf(seed).equals(draw.seedHash)) return 'its seed is not the one that was committed to';
  if (!randomnessOf(beaconSignature).equals(beaconRandomness)) return 'its beacon value is not that of its signature';
  const roots = await listChunkRoots(db, eventId);
  if (!merkleRoot.equals(rootOf(roots))) return 'its root is not that of its leaves';
  if (!drawKey.equals(drawKeyOf({ eventId, number, seed, beaconRandomness, merkleRoot, places, voidedPlaces })))
    return 'its key does not follow from what is published';
  return undefined;
}
