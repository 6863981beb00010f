/**
 * Amounts and counts as people read them. Nothing else in the product formats them. Server and browser share this file,
 * so it imports nothing.
 */

type Language = 'id' | 'en';
type Money = { readonly amount: number; readonly currency: string };

const locales: Readonly<Record<Language, string>> = { id: 'id-ID', en: 'en-GB' };

/** Currencies whose short symbol no other currency shares. `$` alone could be American or Singaporean. */
const ownSymbol: ReadonlySet<string> = new Set(['IDR', 'MYR']);

/**
 * Digits after the decimal point. An amount counts the smallest unit in use: rupiah have no sen in use, whatever ISO
 * 4217 says.
 */
export function minorDigits(currency: string): number {
  if (currency === 'IDR') return 0;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Making a format costs far more than using it. There is one per currency and language. */
const formats = new Map<string, { readonly format: Intl.NumberFormat; readonly unit: number }>();

/**
 * An amount in the reader's language, with the symbol that its currency has in both languages: `Rp 150.000` in Indonesian,
 * `Rp 150,000` in English.
 * @param money.amount in the smallest unit in use: whole rupiah, cents
 */
export function formatMoney({ amount, currency }: Money, language: Language): string {
  const key = `${language} ${currency}`;
  let known = formats.get(key);
  if (known === undefined) {
    const digits = minorDigits(currency);
    const format = new Intl.NumberFormat(locales[language], {
      style: 'currency',
      currency,
      currencyDisplay: ownSymbol.has(currency) ? 'narrowSymbol' : 'symbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    known = { format, unit: 10 ** digits };
    formats.set(key, known);
  }
  return known.format.format(amount / known.unit);
}

const free: Readonly<Record<Language, string>> = { id: 'Gratis', en: 'Free' };

/**
 * What something costs: a category, or an order as a whole. `Gratis` or `Free` where it costs nothing. Sums that may be
 * nothing without being free, such as takings and refunds, are for `formatMoney`.
 */
export function formatPrice(price: Money, language: Language): string {
  return price.amount === 0 ? free[language] : formatMoney(price, language);
}

/** `12.500` in Indonesian, `12,500` in English. */
export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(locales[language]).format(count);
}
