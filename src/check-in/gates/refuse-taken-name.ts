import { violatedConstraint } from '../../platform/database/db-errors.ts';
import { gateNameTaken } from '../errors.ts';

/** Runs a write of a gate; @throws DomainError gate.name_taken when the event has one of that name */
export async function refuseTakenName<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violatedConstraint(error) === 'gates_name') throw gateNameTaken();
    throw error;
  }
}
