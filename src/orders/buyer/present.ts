import { orderCode } from '../../platform/ids.ts';
import { contractMoney } from '../../platform/text/money.ts';
import type { OrderFacts, OrderLineFacts } from './queries.ts';
import type { PaymentView } from '../ports.ts';
import type { Order } from '../tables.ts';

/** The columns that an order's JSON shows. Placement knows them without reading the row back. */
export type PresentableOrder = Pick<
  Order,
  | 'id'
  | 'eventId'
  | 'status'
  | 'buyerName'
  | 'buyerEmail'
  | 'buyerPhone'
  | 'currency'
  | 'subtotal'
  | 'discount'
  | 'fees'
  | 'total'
  | 'placedAt'
  | 'expiresAt'
  | 'paidAt'
>;

type PresentableFacts = Omit<OrderFacts, 'order'> & { readonly order: PresentableOrder };

/** An order as its buyer sees it. */
export function presentOrder(facts: PresentableFacts, payment: PaymentView) {
  const { order } = facts;
  return {
    ...presentTotals(facts),
    buyer: { name: order.buyerName, email: order.buyerEmail, phone: order.buyerPhone },
    payment,
  };
}

/** An order as the desk sees it, with its flags. The role door sees no email and phone. */
export function presentDeskOrder(facts: OrderFacts, options: { showContact: boolean }) {
  const { order } = facts;
  return {
    ...presentTotals(facts),
    buyer: {
      name: order.buyerName,
      ...(options.showContact ? { email: order.buyerEmail, phone: order.buyerPhone } : {}),
    },
    closedAt: order.closedAt?.toISOString() ?? null,
    cancelledBy: order.cancelledBy,
    flags: order.flags,
  };
}

function presentTotals({ order, eventSlug, lines }: PresentableFacts) {
  return {
    id: order.id,
    code: orderCode(order.id),
    status: order.status,
    eventId: order.eventId,
    eventSlug,
    lines: lines.map((line) => presentLine(line, order.currency)),
    subtotal: contractMoney(order.subtotal, order.currency),
    discount: contractMoney(order.discount, order.currency),
    fees: contractMoney(order.fees, order.currency),
    total: contractMoney(order.total, order.currency),
    placedAt: order.placedAt.toISOString(),
    expiresAt: order.expiresAt.toISOString(),
    ...(order.paidAt === null ? {} : { paidAt: order.paidAt.toISOString() }),
  };
}

function presentLine(line: OrderLineFacts, currency: Order['currency']) {
  return {
    ticketCategoryId: line.ticketCategoryId,
    name: line.name,
    ...(typeof line.nameEn === 'string' ? { nameEn: line.nameEn } : {}),
    quantity: line.quantity,
    unitPrice: contractMoney(line.unitPrice, currency),
  };
}
