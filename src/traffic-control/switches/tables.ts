import type { TrafficControlErrorCode } from '../errors.ts';
import type { RouteClass } from '../route-rules.ts';

/**
 * The table of switches: the name, reach and refusals of each. Where class, method and path decide, a new switch is
 * only a new row here.
 */
export type SwitchKind = {
  /** For one event, for all events at once, or for either. */
  readonly scopes: readonly ('event' | 'all')[];
  /** The text for the operator who lists them. */
  readonly means: string;
  /** The requests refused by their address alone. Without it, the room concerned asks `isOn`. */
  readonly refuses?: (request: { routeClass: RouteClass; method: string; path: string }) => boolean;
  readonly code?: TrafficControlErrorCode;
};

const isWrite = (method: string): boolean => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';

export const switchTable = {
  close_sales: {
    scopes: ['event', 'all'],
    means: 'No new order is placed. Orders that are there can be paid, read and cancelled; a retry finds its order.',
  },
  browse_only: {
    scopes: ['event', 'all'],
    means: 'Every write is refused but callbacks, paying an order that is there, and the door.',
    refuses: ({ routeClass, method }) => routeClass >= 2 && isWrite(method),
    code: 'traffic.browse_only',
  },
  waiting_room: {
    scopes: ['event'],
    means: 'Orders need a pass, whatever the phase of the waiting room that is planned for the event.',
  },
  drop_class_5: {
    scopes: ['all'],
    means: 'Organisers’ lists, exports and everything else of class C5 is refused.',
    refuses: ({ routeClass }) => routeClass === 5,
    code: 'traffic.switched_off',
  },
  drop_listings: {
    scopes: ['all'],
    means: 'Lists of events and searches by the API are answered only from what a process has at hand. Pages stay.',
    refuses: ({ routeClass, path }) => routeClass === 4 && path === '/v1/events',
    code: 'traffic.switched_off',
  },
} as const satisfies Record<string, SwitchKind>;

export type SwitchName = keyof typeof switchTable;

export const switchNames = Object.keys(switchTable).filter(isSwitchName);

export function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(switchTable, name);
}

/** A row of the table, without its narrower literal type. */
export const switchKind = (name: SwitchName): SwitchKind => switchTable[name];
