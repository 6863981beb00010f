import { counter } from '../platform/metrics.ts';

export const credentialLookups = counter(
  'credential_lookups_total',
  'Who is behind a credential: answered from where',
  ['from'],
);
export const signIns = counter('sign_ins_total', 'Sign-ins by result', ['result']);
