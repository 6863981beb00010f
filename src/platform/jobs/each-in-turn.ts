/**
 * Acts on each item, one after the other. An item that fails is logged by `note`, and does not keep the others from their
 * turn.
 * @throws the first fault, after all items have had their turn: the run of a recurring job then counts as failed
 */
export async function eachInTurn<Item>(
  items: Iterable<Item>,
  act: (item: Item) => Promise<unknown>,
  note: (error: unknown, item: Item) => void,
): Promise<void> {
  const faults: unknown[] = [];
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      note(error, item);
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
