import { z } from 'zod';

/** An amount in the smallest unit in use of its currency: whole rupiah for IDR, cents for USD. */
export type Money = { readonly amount: number; readonly currency: string };

export const currencies = ['IDR', 'USD', 'SGD', 'MYR'] as const;
export type Currency = (typeof currencies)[number];
/** Of an event and of a price, if none is named. */
export const currencyDefault: Currency = 'IDR';

/** 9,000 billion rupiah: far above any order, and within the precision of a double. */
export const amountMax = 9_000_000_000_000;

export const amountSchema = z.int().min(0).max(amountMax);
/** An amount that may be a loss. */
export const signedAmountSchema = z.int().min(-amountMax).max(amountMax);

export function money(amount: number | bigint | string, currency: string): Money {
  const value = Number(amount);
  if (!Number.isSafeInteger(value)) throw new RangeError('an amount must be a safe integer of minor units');
  return { amount: value, currency };
}

/**
 * Money as the contract has it, in one of the contract's currencies.
 * @throws RangeError for any other amount or currency; our rows hold none
 */
export function contractMoney(
  amount: number | bigint | string,
  currency: string,
): { amount: number; currency: Currency } {
  return { amount: money(amount, currency).amount, currency: contractCurrency(currency) };
}

/** @throws RangeError for a currency that the contract does not name */
export function contractCurrency(code: string): Currency {
  const currency = currencies.find((known) => known === code);
  if (currency === undefined) throw new RangeError(`the contract names no currency ${code}`);
  return currency;
}
