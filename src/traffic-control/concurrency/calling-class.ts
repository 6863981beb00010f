import { AsyncLocalStorage } from 'node:async_hooks';
import type { RouteClass } from '../route-rules.ts';

/**
 * The class of the request that a call is made for. Used where calls are limited far below the route. Work that no request
 * asked for counts as class 1: there is little of it, and everything depends on it.
 */
const storage = new AsyncLocalStorage<RouteClass>();
const ownWork: RouteClass = 1;

/** Runs the work of a request, so that its calls get the request's class. */
export function asClass<Result>(routeClass: RouteClass, act: () => Result): Result {
  return storage.run(routeClass, act);
}

export function callingClass(): RouteClass {
  return storage.getStore() ?? ownWork;
}
