import { sql } from 'drizzle-orm';
import type { Context } from 'hono';
import { presentedByToken, presentedLink } from '../../access/buyers/order-access.ts';
import { presentedTransfer } from '../../access/buyers/ticket-token.ts';
import type { Config } from '../../config.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns } from '../../platform/ids.ts';
import { orderNotFound } from '../../access/errors.ts';
import { ticketNotFound } from '../errors.ts';

type Deps = { readonly db: Db; readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'> };

/** An order with the version of the link that the caller presented. */
export type OrderLink = { readonly orderId: string; readonly version: number };

/**
 * The order and link version that the caller presented, by token or cookie. The version may be old, so this is only for
 * acts that compare it with the order's row.
 * @throws DomainError order.not_found, the same for every other case
 */
export function shownLink(c: Context, deps: Pick<Deps, 'config'>, id: string): OrderLink {
  const version = idPatterns.order.test(id) ? presentedLink(c, deps, id) : undefined;
  if (version === undefined) throw orderNotFound();
  return { orderId: id, version };
}

/**
 * The id of an order, after the caller has proven that it is theirs. A stranger costs no query.
 * @throws DomainError order.not_found, the same for every other case
 */
export async function ownOrder(c: Context, deps: Deps, id: string): Promise<string> {
  const { orderId, version } = shownLink(c, deps, id);
  if ((await linkVersionOf(deps.db, orderId)) !== version) throw orderNotFound();
  return orderId;
}

/**
 * Like `ownOrder`, by the bearer token alone, with the version that the order's cookie is for.
 * @throws DomainError order.not_found
 */
export async function ownOrderByToken(c: Context, deps: Deps, id: string): Promise<OrderLink> {
  const version = idPatterns.order.test(id) ? presentedByToken(c, deps, id) : undefined;
  if (version === undefined || (await linkVersionOf(deps.db, id)) !== version) throw orderNotFound();
  return { orderId: id, version };
}

/**
 * The number of the transfer whose holder presents the link of a ticket. It may be an earlier one, so this is only for acts
 * that compare it with the ticket's row. A stranger costs no query.
 * @throws DomainError ticket.not_found
 */
export function shownTransfer(c: Context, { config }: Pick<Deps, 'config'>, ticketId: string): number {
  const number = idPatterns.ticket.test(ticketId)
    ? presentedTransfer(c.req.header('authorization'), config.ORDER_TOKEN_SECRET, ticketId)
    : undefined;
  if (number === undefined) throw ticketNotFound();
  return number;
}

/** The version of the link that opens an order now; undefined if there is no such order. */
export async function linkVersionOf(db: Db, orderId: string): Promise<number | undefined> {
  const [row] = await rowsOf<{ version: number }>(
    db,
    sql`select link_version as version from orders where event_id = ${eventIdOf(orderId)} and id = ${orderId}`,
  );
  return row?.version;
}

/** The versions of the links that open these orders now; an order that does not exist has none. */
export async function linkVersionsOf(db: Db, orderIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await rowsOf<{ id: string; version: number }>(
    db,
    sql`
      select o.id, o.link_version as version
      from unnest(${arrayText(orderIds.map(eventIdOf))}::text[], ${arrayText(orderIds)}::text[]) as asked(event_id, id)
      cross join lateral (select o.id, o.link_version from orders o where o.event_id = asked.event_id and o.id = asked.id) o`,
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}
