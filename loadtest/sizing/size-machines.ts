import { type SentClass, mix } from '../bench/surge/mix.ts';

/** Microseconds of processor time of each part for one request, by class, as `npm run bench -- surge` measures them. */
export type Costs = Readonly<Record<SentClass, Readonly<Record<string, number>>>>;

/** Requests per second by class. */
export type Demand = Readonly<Record<SentClass, number>>;

export const parts = ['nginx', 'API', 'worker', 'PgBouncer', 'Postgres', 'Redis'] as const;
export type Part = (typeof parts)[number];

/** Above this use of its cores, a part's queues grow faster than its work. */
export const utilisationMax = 0.5;
/** A page with an open waiting room reads the counter this often. */
export const pollEverySeconds = 10;
/** A waiting room opens this long before its draw. */
const joinedWithinSeconds = 600;

/** The mix at a rate: every class by its share, with the joins beside it. */
export function demandOfMix(perSecond: number): Demand {
  const of = (name: SentClass) => perSecond * mix[name].share;
  return {
    browse: of('browse'),
    orders: of('orders'),
    status: of('status'),
    'check-ins': of('check-ins'),
    joins: of('joins'),
  };
}

/** Waiting people: all join within ten minutes, and each reads the counter every ten seconds. */
export function demandOfWaiting(people: number): Demand {
  return {
    browse: people / pollEverySeconds,
    orders: 0,
    status: 0,
    'check-ins': 0,
    joins: people / joinedWithinSeconds,
  };
}

/** Cores of each part for a demand, at the use that leaves room for its bursts. */
export function coresFor(costs: Costs, demand: Demand): Readonly<Record<Part, number>> {
  const cores = parts.map((part): [Part, number] => {
    const microseconds = Object.entries(demand).reduce(
      (sum, [name, perSecond]) => sum + perSecond * (costs[name as SentClass][part] ?? 0),
      0,
    );
    return [part, microseconds / 1e6 / utilisationMax];
  });
  return Object.fromEntries(cores) as Record<Part, number>;
}

/** Cores of a machine that carries processes which scale by their number. */
export const machineCores = 8;
/** Cores of a machine for one Postgres primary. Beyond them, events are spread over several. */
export const primaryCores = 32;
/** One machine of a kind may fail or be replaced at any time. */
const machinesMin = 2;
/** One server for each role. A server uses one core. */
const redisServersMin = 2;

/** What to order for the cores of each part; PgBouncer runs beside the API. A primary's standby is not counted. */
export function machinesFor(cores: Readonly<Record<Part, number>>) {
  const ofEight = (needed: number) => Math.max(machinesMin, Math.ceil(needed / machineCores));
  return {
    nginx: ofEight(cores.nginx),
    API: ofEight(cores.API + cores.PgBouncer),
    worker: ofEight(cores.worker),
    primaries: Math.max(1, Math.ceil(cores.Postgres / primaryCores)),
    redisServers: Math.max(redisServersMin, Math.ceil(cores.Redis)),
  };
}
