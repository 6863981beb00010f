import type { RouteClass } from '../route-rules.ts';

/**
 * Why a call did not begin: it was told at the first look, there was no room in the line, it waited too long, its
 * deadline came, its room in the line was somebody else's, or whoever asks has its share already.
 */
export type RefusalCause = (typeof refusalCauses)[number];
export const refusalCauses = ['ahead', 'line_full', 'waited', 'deadline', 'evicted', 'share'] as const;

/** Counts of refusals, in a plain array: a refusal must not pay for a metric. */
export type RefusalsSeen = {
  add(routeClass: RouteClass, cause: RefusalCause): void;
  count(routeClass: RouteClass, cause: RefusalCause): number;
};

const classCount = 6;

export function createRefusalsSeen(): RefusalsSeen {
  const counts = new Float64Array(classCount * refusalCauses.length);
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
