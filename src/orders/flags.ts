/** Why a person should look at an order. */
export const orderFlags = [
  'late_payment',
  'late_no_stock',
  'double_payment',
  'underpaid',
  'overpaid',
  'over_limit',
  'wrong_facts',
  'external_refund',
  'reversed',
  'charged_back',
  'partially_charged_back',
  'released_unconfirmed',
  'hold_stuck',
] as const;
export type OrderFlag = (typeof orderFlags)[number];
