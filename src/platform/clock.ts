/**
 * Time as a dependency, so that tests can set it. Rules about money, stock and sale windows use Postgres' time instead.
 */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
