import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Config } from '../../config.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, problems } from '../../http/contract/schemas.ts';
import { byOrder, byTicket } from '../../http/contract/security.ts';
import { privateHeaders } from '../../http/private-answer.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns, orderIdOf } from '../../platform/ids.ts';
import { ownOrder, shownTransfer } from '../buyer/order-access.ts';
import { ticketNotFound, walletNotOffered } from '../errors.ts';
import type { TicketKeys } from '../tickets/codes/ticket-keys.ts';
import { ticketParams } from '../tickets/schemas.ts';
import { heldTicketParams } from '../transfers/schemas.ts';
import { type AppleWallet, createAppleWallet } from './apple-pass.ts';
import { type WalletPass, findWalletPass } from './find-wallet-pass.ts';
import { type GoogleWallet, createGoogleWallet } from './google-link.ts';
import { type WalletConfig, walletSettings } from './wallet-settings.ts';

/** The wallets that tickets are offered for. */
export type Wallets = { readonly apple: AppleWallet | undefined; readonly google: GoogleWallet | undefined };

/** @throws ConfigError if a wallet's configuration cannot sign */
export function createWallets(config: WalletConfig, clock: Clock): Wallets {
  const { apple, google } = walletSettings(config);
  return {
    apple: apple === undefined ? undefined : createAppleWallet(apple, clock),
    google: google === undefined ? undefined : createGoogleWallet(google, clock),
  };
}

/** The wallets by name, for pages that offer them. */
export const walletNames = ({ apple, google }: Wallets): ('apple' | 'google')[] => [
  ...(apple === undefined ? [] : ['apple' as const]),
  ...(google === undefined ? [] : ['google' as const]),
];

export type WalletRoutesDeps = {
  readonly db: Db;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
  readonly ticketKeys: TicketKeys;
  readonly wallets: Wallets;
};

const tags = ['Orders'];
const description =
  'For a valid ticket that the caller has now. The code in a pass is dead as soon as the ticket is refunded, replaced or given on.';
const appleResponses = {
  200: {
    description: 'A signed pass.',
    content: { 'application/vnd.apple.pkpass': { schema: { type: 'string' as const, format: 'binary' as const } } },
  },
  ...problems(404, 503),
};
const linkSchema = z
  .object({ url: z.url().openapi({ description: 'Opens Google Wallet. Signed, and created anew for each request.' }) })
  .openapi('GoogleWalletLink');
const googleResponses = { 200: answer(linkSchema, 'The link.'), ...problems(404, 503) };

const appleRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/tickets/{ticketId}/pass.pkpass',
  tags,
  security: byOrder,
  operationId: 'makeApplePass',
  summary: 'A ticket as a pass for Apple Wallet',
  description,
  request: { params: ticketParams },
  responses: appleResponses,
});

const googleRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/tickets/{ticketId}/google-wallet',
  tags,
  security: byOrder,
  operationId: 'linkGoogleWallet',
  summary: 'A link that adds a ticket to Google Wallet',
  description,
  request: { params: ticketParams },
  responses: googleResponses,
});

const heldAppleRoute = createRoute({
  method: 'get',
  path: '/v1/tickets/{ticketId}/pass.pkpass',
  tags,
  security: byTicket,
  operationId: 'makeHeldApplePass',
  summary: 'A ticket that was given to the caller as a pass for Apple Wallet',
  description,
  request: { params: heldTicketParams },
  responses: appleResponses,
});

const heldGoogleRoute = createRoute({
  method: 'get',
  path: '/v1/tickets/{ticketId}/google-wallet',
  tags,
  security: byTicket,
  operationId: 'linkHeldGoogleWallet',
  summary: 'A link that adds a ticket that was given to the caller to Google Wallet',
  description,
  request: { params: heldTicketParams },
  responses: googleResponses,
});

/** Tickets as wallet passes, for the buyer and for people who were given a ticket. */
export function walletRoutes(deps: WalletRoutesDeps) {
  return createRouter()
    .openapi(appleRoute, async (c) => {
      const { id, ticketId } = c.req.valid('param');
      return sendPass(c, deps, await boughtPass(c, deps, id, ticketId));
    })
    .openapi(googleRoute, async (c) => {
      const { id, ticketId } = c.req.valid('param');
      return c.json(await linkOf(deps, await boughtPass(c, deps, id, ticketId)), 200, privateHeaders);
    })
    .openapi(heldAppleRoute, async (c) => sendPass(c, deps, await heldPass(c, deps, c.req.valid('param').ticketId)))
    .openapi(heldGoogleRoute, async (c) =>
      c.json(await linkOf(deps, await heldPass(c, deps, c.req.valid('param').ticketId)), 200, privateHeaders),
    );
}

/** @throws DomainError order.not_found, ticket.not_found */
async function boughtPass(c: Context, deps: WalletRoutesDeps, id: string, ticketId: string): Promise<WalletPass> {
  const orderId = await ownOrder(c, deps, id);
  if (!idPatterns.ticket.test(ticketId) || orderIdOf(ticketId) !== orderId) throw ticketNotFound();
  return findWalletPass(deps, { ticketId, transfer: 0 });
}

/** @throws DomainError ticket.not_found */
async function heldPass(c: Context, deps: WalletRoutesDeps, ticketId: string): Promise<WalletPass> {
  return findWalletPass(deps, { ticketId, transfer: shownTransfer(c, deps, ticketId) });
}

async function sendPass(c: Context, { wallets }: WalletRoutesDeps, pass: WalletPass) {
  if (wallets.apple === undefined) throw walletNotOffered();
  const bytes = await wallets.apple.pass(pass);
  c.header('content-disposition', `attachment; filename="ticket-${pass.ticketId.slice(-3)}.pkpass"`);
  return c.body(bytes, 200, { ...privateHeaders, 'content-type': 'application/vnd.apple.pkpass' });
}

async function linkOf({ wallets }: WalletRoutesDeps, pass: WalletPass): Promise<{ url: string }> {
  if (wallets.google === undefined) throw walletNotOffered();
  return { url: await wallets.google.link(pass) };
}
