import { isGuessable } from './code.ts';
import type { PromoCode } from '../tables.ts';

/** A promo code as the desk sees it. */
export function presentPromoCode(promoCode: PromoCode) {
  return {
    id: promoCode.id,
    code: promoCode.code,
    isGuessable: isGuessable(promoCode.code),
    kind: promoCode.kind,
    value: promoCode.value,
    redemptions: promoCode.redemptions,
    redemptionsMax: promoCode.redemptionsMax,
    validFrom: promoCode.validFrom?.toISOString() ?? null,
    validUntil: promoCode.validUntil?.toISOString() ?? null,
    status: promoCode.status,
  };
}
