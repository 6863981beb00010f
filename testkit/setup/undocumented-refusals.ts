import { readContract } from '../../deploy/client/contract.ts';
import { refusalsOf } from '../../src/contract.ts';

/**
 * Refusals seen in tests that the contract does not list for their operation.
 * @param noted lines of method, path and code
 */
export function undocumentedRefusals(noted: string): readonly string[] {
  const operations = Object.entries(readContract().paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      literals: path.length - path.replaceAll('{', '').length,
      operationId: operation.operationId,
      codes: new Set<string>(refusalsOf(operation as Parameters<typeof refusalsOf>[0], path)),
    })),
  );
  // The router prefers the path with fewer parameters.
  operations.sort((one, other) => one.literals - other.literals);
  const missing = new Set<string>();
  for (const line of new Set(noted.split('\n'))) {
    const [method = '', path = '', code = ''] = line.split(' ');
    const operation = operations.find((one) => one.method === method && one.pattern.test(path));
    if (operation !== undefined && !operation.codes.has(code)) missing.add(`${operation.operationId}: ${code}`);
  }
  return [...missing].toSorted();
}
