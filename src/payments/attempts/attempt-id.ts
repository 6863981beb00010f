/** `pay_` and the order's 28 characters and the number of the attempt: the id that the gateway knows it by, too. */
export function attemptIdOf(orderId: string, number: number): string {
  return `pay_${orderId.slice(4)}${String(number).padStart(2, '0')}`;
}
