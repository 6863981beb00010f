/** Fields that differ, as `{ field: { from, to } }`; long texts by name alone. */
export function differences<Row extends object>(before: Row, changes: Partial<Row>): Record<string, unknown> {
  const entries = Object.entries(changes).flatMap(([field, to]) => {
    const from: unknown = Reflect.get(before, field);
    if (isSame(from, to)) return [];
    return [[field, longTexts.has(field) ? 'changed' : { from, to }]];
  });
  return Object.fromEntries(entries);
}

const longTexts = new Set(['description', 'summary']);

function isSame(from: unknown, to: unknown): boolean {
  return from instanceof Date && to instanceof Date ? from.getTime() === to.getTime() : from === to;
}
