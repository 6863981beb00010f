import type { PlacementItem } from '../../../src/orders/placement/queries.ts';
import { sha256 } from '../../../src/platform/crypto.ts';
import { newOrderId } from '../../../src/platform/ids.ts';
import { type TestEvent, someBuyer } from '../../../testkit/factories.ts';

/** An order of one ticket as the placement call takes it, of a buyer of its own. */
export function itemOf(event: TestEvent, key: string): PlacementItem {
  const buyer = someBuyer();
  return {
    id: newOrderId(event.id),
    key_hash: sha256(key).toString('hex'),
    fingerprint: sha256('body').toString('hex'),
    ...buyer,
    buyer_keys: [buyer.email.slice(0, 22), buyer.phone.slice(0, 22)],
    network_key: 'network',
    locale: 'id',
    promo: null,
    pass_index: null,
    pass_account: null,
    confirmed: null,
    expected_total: null,
    jitter_seconds: 0,
    categories: [event.categories[0]?.id ?? ''],
    quantities: [1],
  };
}
