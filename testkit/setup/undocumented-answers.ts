import { readContract } from '../../deploy/client/contract.ts';
import { refusalsOf } from '../../src/contract.ts';

/**
 * Codes of refusals, and headers of successes, that tests have seen and the contract does not list for their operation.
 * @param noted lines of method, path, and code or header
 */
export function undocumentedAnswers(noted: string): readonly string[] {
  const operations = Object.entries(readContract().paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      literals: path.length - path.replaceAll('{', '').length,
      operationId: operation.operationId,
      listed: new Set<string>([
        ...refusalsOf(operation as Parameters<typeof refusalsOf>[0], path),
        ...Object.entries(operation.responses).flatMap(([status, { headers = {} }]) =>
          status.startsWith('2') ? Object.keys(headers).map((name) => name.toLowerCase()) : [],
        ),
      ]),
    })),
  );
  // The router prefers the path with fewer parameters.
  operations.sort((one, other) => one.literals - other.literals);
  const missing = new Set<string>();
  for (const line of new Set(noted.split('\n'))) {
    const [method = '', path = '', fact = ''] = line.split(' ');
    const operation = operations.find((one) => one.method === method && one.pattern.test(path));
    if (operation !== undefined && !operation.listed.has(fact)) missing.add(`${operation.operationId}: ${fact}`);
  }
  return [...missing].toSorted();
}
