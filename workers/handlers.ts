import { purgeEndedAccess } from '../src/access/index.ts';
import { checkInvariants } from '../src/invariants.ts';
import type { jobs } from '../src/jobs.ts';
import {
  type SendDeliveryDeps,
  notifyOrder,
  notifyStaff,
  recoverDeliveries,
  sendDelivery,
} from '../src/notifications/index.ts';
import { expireHolds } from '../src/orders/index.ts';
import type { Clock } from '../src/platform/clock.ts';
import type { Db } from '../src/platform/db.ts';
import type { Log } from '../src/platform/log.ts';
import type { Handlers } from './run-job.ts';

type AllHandlers = Handlers<typeof jobs>;

/** The jobs of the room that handles money; its acts come with the gateways that compose has opened. */
type PaymentJob =
  | 'order.placed'
  | 'order.closing'
  | 'payment.apply_callback'
  | 'payment.create_attempt'
  | 'payment.replace_attempt'
  | 'payment.check_attempt'
  | 'payment.send_refund'
  | 'payments.reconcile'
  | 'payments.maintain';

export type PaymentHandlers = Pick<AllHandlers, PaymentJob>;

export type HandlerDeps = SendDeliveryDeps & {
  readonly clock: Clock;
  readonly log: Log;
  /** A pool of its own with more time: the invariants read whole tables. */
  readonly auditDb: Db;
};

/** Which act follows which job: one line each. A missing or a surplus one does not compile. */
export function createHandlers(deps: HandlerDeps, payments: PaymentHandlers): AllHandlers {
  return {
    ...payments,
    'order.paid': (order) => notifyOrder(deps, 'tickets', order),
    'order.cancelled': (order) => notifyOrder(deps, 'order_cancelled', order),
    'order.refunded': (order) => notifyOrder(deps, 'order_refunded', order),
    'order.link_requested': (order) => notifyOrder(deps, 'order_link', order),
    'staff.invited': (token) => notifyStaff(deps, 'staff_invitation', token),
    'staff.password_reset': (token) => notifyStaff(deps, 'staff_password_reset', token),
    'delivery.send': (delivery, { signal }) => sendDelivery(deps, delivery, signal),
    'notifications.recover': () => recoverDeliveries(deps),
    'orders.expire_holds': () => expireHolds(deps),
    'access.purge': () => purgeEndedAccess(deps),
    'invariants.check': () => checkInvariants({ db: deps.auditDb, log: deps.log }),
  };
}

const minute = 60;
const day = 24 * 60 * minute;

/** How often the recurring jobs run, in seconds. */
export const recurring: { readonly [Name in keyof typeof jobs]?: number } = {
  'orders.expire_holds': 2,
  'payments.reconcile': 10,
  'notifications.recover': 20,
  'invariants.check': 15 * minute,
  'payments.maintain': day,
  'access.purge': day,
};
