import { counter } from '../platform/metrics.ts';

export const credentialLookups = counter(
  'credential_lookups_total',
  'Look-ups of the actor of a credential, by the layer that answered',
  ['from'],
);
export const signIns = counter('sign_ins_total', 'Sign-ins by result', ['result']);
/** verdict: allowed, limited, budget_spent. */
export const verificationsAsked = counter(
  'buyer_verifications_total',
  'Codes that buyers requested, by channel and verdict',
  ['channel', 'verdict'],
);
/** result: confirmed, refused, limited. */
export const confirmationsTried = counter('buyer_confirmations_total', 'Codes that were tried, by result', ['result']);
