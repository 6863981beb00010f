/** The whole place of an event on one line. */
export function placeLine({ venue, address, city }: Readonly<Record<'venue' | 'address' | 'city', string>>): string {
  return [venue, address, city].filter((part) => part !== '').join(', ');
}
