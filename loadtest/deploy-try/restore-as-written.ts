import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { until } from '../../testkit/until.ts';
import type { Machine } from './machine.ts';

const documentFile = 'docs/operations.md';
const introduction = 'To restore on such a machine, to the moment before a mistake:';
const exampleMoment = /--target='[^']+'/;
const readyWithinMs = 60_000;
/** Operations ports of the processes that the commands start: two for the API, one for the worker. */
const operationsPorts = [9101, 9102, 9150];

/** The indented block that follows a sentence of the document and the rest of its paragraph. */
export function commandsAfter(document: string, sentence: string): string {
  const block = document.split(sentence)[1]?.split('\n\n')[1] ?? '';
  return `${block}\n`.replaceAll(/^ {4}/gm, '');
}

/** The commands of the document, with another moment. */
export function restoreCommands(document: string, moment: string): string {
  const commands = commandsAfter(document, introduction);
  if (!exampleMoment.test(commands)) throw new Error(`${documentFile} has no commands after "${introduction}"`);
  return commands.replace(exampleMoment, `--target='${moment}'`);
}

/**
 * Makes a mistake on the machine, and undoes it by the commands of docs/operations.md, exactly as written.
 * @returns how many orders existed before and exist again
 * @throws Error if a command fails, an order is missing, the mistake is still there, or a process does not become ready
 */
export async function restoreAsWritten(machine: Machine): Promise<number> {
  const ask = async (statement: string) => {
    const asPostgres = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'];
    return (await machine.run(...asPostgres, 'psql', '--no-psqlrc', '-tAX', '-d', 'antre', '-c', statement)).trim();
  };
  const before = await ask('select count(*) from orders');
  const moment = await ask('select clock_timestamp()');
  await ask('create table mistake as select generate_series(1, 1000)');
  const document = readFileSync(join(repositoryFolder, documentFile), 'utf8');
  const said = await machine.run('bash', '-euc', restoreCommands(document, moment));
  if (!said.includes('The audit is clean.')) throw new Error(`the audit of the restored database:\n${said}`);
  const after = await ask("select count(*) || ' ' || (to_regclass('mistake') is null) from orders");
  if (after !== `${before} true`) throw new Error(`there were ${before} orders, and after the restore: ${after}`);
  for (const port of operationsPorts) {
    const isReady = () =>
      machine.run('curl', '--silent', '--fail', '--max-time', '2', `http://127.0.0.1:${port}/readyz`).then(
        () => true,
        () => false,
      );
    await until(isReady, readyWithinMs);
  }
  return Number(before);
}
