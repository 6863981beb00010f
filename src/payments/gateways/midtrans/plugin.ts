import type { z } from 'zod';
import { httpUrl, wholeNumber } from '../../../platform/variables.ts';
import type { GatewayConfig, GatewayPlugin } from '../gateway-plugin.ts';
import { account } from './account.ts';
import { createCalls } from './calls.ts';
import { createMidtransCall } from './http.ts';
import { methodMax, methods, methodsFor, refundability, takes } from './methods.ts';
import { readCallback } from './read-callback.ts';

const variables = {
  MIDTRANS_SNAP_URL: httpUrl.default('https://app.midtrans.com'),
  MIDTRANS_API_URL: httpUrl.default('https://api.midtrans.com'),
  MIDTRANS_CREATES_PER_SECOND: wholeNumber(50, 1, 10_000),
};
type MidtransConfig = GatewayConfig & z.output<z.ZodObject<typeof variables>>;

const callbacks = '/v1/callbacks/midtrans';

/** Midtrans with Snap: the buyer pays on its page, so card numbers never reach us. */
export const midtrans: GatewayPlugin = {
  name: 'midtrans',
  title: 'Midtrans',
  takes,
  methods,
  methodMax,
  methodsFor,
  refundability,
  // Snap's own limits.
  expiryMinutes: { min: 5, max: 7 * 24 * 60 },
  callbackPath: `${callbacks}/:organizerSlug`,
  readCallback: ({ rawBody }, keys) => readCallback(rawBody, keys),
  account,
  variables,
  createsPerSecond: (config: MidtransConfig) => config.MIDTRANS_CREATES_PER_SECOND,
  open: (config: MidtransConfig) =>
    createCalls({
      snapUrl: config.MIDTRANS_SNAP_URL,
      apiUrl: config.MIDTRANS_API_URL,
      callbackUrl: ({ organizerSlug }) => `${config.PUBLIC_URL}${callbacks}/${encodeURIComponent(organizerSlug)}`,
      call: createMidtransCall(config.GATEWAY_TIMEOUT_MS),
    }),
};
