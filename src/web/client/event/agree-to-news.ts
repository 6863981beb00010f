import { call } from '../shared/calls/api.ts';
import { pageLanguage } from '../shared/page-language.ts';
import type { PlacedOrder } from './place-order.ts';

/** The buyer waits for the order's page meanwhile. A consent that does not arrive was not given. */
const deadlineMs = 2000;

/** Stores the consent to news with the order, if its box is ticked. */
export async function agreeToNews({ id, accessToken }: PlacedOrder): Promise<void> {
  const box = document.querySelector<HTMLInputElement>('#news');
  const wording = box?.dataset['wording'];
  if (box?.checked !== true || wording === undefined) return;
  const body = { wording, locale: pageLanguage };
  await call('PUT', `/v1/orders/${id}/news-consent`, { body, token: accessToken, deadlineMs });
}
