import { type RouteClass, classNames } from '../route-rules.ts';

/**
 * Why a call did not begin: refused at the first check, wait line full, waited too long, deadline passed, evicted from the
 * line by another partition, or the caller's share was used up.
 */
export type RefusalCause = (typeof refusalCauses)[number];
export const refusalCauses = ['ahead', 'line_full', 'waited', 'deadline', 'evicted', 'share'] as const;

/** Counts refusals in a plain array, so that a refusal does not pay for a metric. */
export type RefusalsSeen = {
  add(routeClass: RouteClass, cause: RefusalCause): void;
  count(routeClass: RouteClass, cause: RefusalCause): number;
};

export function createRefusalsSeen(): RefusalsSeen {
  const counts = new Float64Array(classNames.length * refusalCauses.length);
  const indexOf = (routeClass: RouteClass, cause: RefusalCause): number =>
    routeClass * refusalCauses.length + refusalCauses.indexOf(cause);
  return {
    add: (routeClass, cause) => {
      const index = indexOf(routeClass, cause);
      counts[index] = (counts[index] ?? 0) + 1;
    },
    count: (routeClass, cause) => counts[indexOf(routeClass, cause)] ?? 0,
  };
}
