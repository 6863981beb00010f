import { AsyncLocalStorage } from 'node:async_hooks';
import type { RouteClass } from '../route-rules.ts';

/**
 * On whose behalf a call is made, for calls that are limited far below the route. Work of the process itself, which no
 * request asked for, counts as class 1: it is little, and without it nobody is served.
 */
const storage = new AsyncLocalStorage<RouteClass>();
const ownWork: RouteClass = 1;

/** Runs what a request does, so that its calls are made in its class. */
export function asClass<Result>(routeClass: RouteClass, act: () => Result): Result {
  return storage.run(routeClass, act);
}

export function callingClass(): RouteClass {
  return storage.getStore() ?? ownWork;
}
