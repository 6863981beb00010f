import type { Contract, ContractOperation, Schema } from './contract.ts';
import { commentText, schemaTypesText, typeText } from './type-text.ts';

const parts = [
  ['param', 'path'],
  ['query', 'query'],
  ['header', 'header'],
] as const;

/**
 * The contract as a TypeScript type, for callers in this repository: `Api[path][method]` has the parts of the input and the data of
 * the answer. Paths are written as routes write them, `/v1/organizers/:slug`.
 */
export function apiTypesText(contract: Contract): string {
  const paths = Object.entries(contract.paths).map(([path, methods]) => {
    const operations = Object.entries(methods).map(([method, operation]) => operationText(method, operation));
    return `  ${JSON.stringify(path.replaceAll(/\{(\w+)\}/g, ':$1'))}: {\n${operations.join('')}  };\n`;
  });
  return `// Generated from the contract by \`npm run api:types\`.\n\n${schemaTypesText(contract)}\nexport type Api = {\n${paths.join('')}};\n`;
}

function operationText(method: string, operation: ContractOperation): string {
  const content = operation.requestBody?.content;
  const body = content?.['application/json']?.schema;
  const fields = parts.flatMap(([name, place]) => {
    const own = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
    if (own.length === 0) return [];
    const required = own.filter((parameter) => parameter.required === true).map((parameter) => parameter.name);
    const schema: Schema = {
      type: 'object',
      properties: Object.fromEntries(own.map((parameter) => [parameter.name, parameter.schema])),
      required,
    };
    return [`${name}${required.length === 0 ? '?' : ''}: ${typeText(schema, '      ')}`];
  });
  const json = `json${operation.requestBody?.required === true ? '' : '?'}: `;
  const file = content?.['application/octet-stream'] === undefined ? [] : ['bytes: Uint8Array'];
  const input = body === undefined ? [...fields, ...file] : [...fields, `${json}${typeText(body, '      ')}`];
  return `${commentText(operation.summary, '    ')}    ${method}: {
      input: { ${input.join('; ')} };
      data: ${dataText(operation)};
    };
`;
}

/** The JSON of an answer that was not refused. Other answers (files, pages, streams) are no data. */
function dataText({ responses }: ContractOperation): string {
  const texts = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content }]) => {
      const schema = content?.['application/json']?.schema;
      return schema === undefined ? 'undefined' : typeText(schema, '      ');
    });
  return [...new Set(texts)].join(' | ');
}
