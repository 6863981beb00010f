import { invariants } from '../../../src/invariants.ts';
import { type BenchStack, say } from './stack.ts';

const shownPerInvariant = 3;

/** Checks every invariant on the bench's own database. A violation makes the figures void. */
export async function auditFaults(stack: BenchStack): Promise<string[]> {
  say('auditing what was written');
  const faults: string[] = [];
  for (const invariant of invariants) {
    const violations = await invariant.find(stack.owner.db);
    faults.push(...violations.slice(0, shownPerInvariant).map((one) => `${invariant.name}: ${one}`));
  }
  return faults;
}
