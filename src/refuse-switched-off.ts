import { saleNotOpen } from './orders/errors.ts';
import type { DomainError } from './platform/errors.ts';
import { type Switches, browseOnly } from './traffic-control/index.ts';

/** What the switches that reach one event mean for its new orders: an order names its event only in its body. */
export function refuseSwitchedOff(switches: Pick<Switches, 'isOn'>): (eventId: string) => DomainError | undefined {
  return (eventId) => {
    if (switches.isOn('close_sales', eventId)) return saleNotOpen();
    return switches.isOn('browse_only', eventId) ? browseOnly() : undefined;
  };
}
