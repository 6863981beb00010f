/**
 * For a proxy before Postgres: tells whether these bytes place an order, which is when an order's id passes for the first time. The text of
 * the statement does not tell: a prepared one passes once per connection, before it is executed.
 */
export function seesNewOrders(): (bytes: Buffer) => boolean {
  const seen = new Set<string>();
  return (bytes) => {
    const [, id] = /(ord_\w{28})/.exec(bytes.toString('latin1')) ?? [];
    if (id === undefined || seen.has(id)) return false;
    seen.add(id);
    return true;
  };
}
