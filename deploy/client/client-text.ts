import type { OperationFacts } from '../../src/client/operation.ts';
import type { Contract, ContractOperation, Schema } from './contract.ts';
import { commentText, nameOf, schemaTypesText, typeText } from './type-text.ts';

type Named = { readonly method: string; readonly path: string; readonly operation: ContractOperation };

const keyHeader = 'idempotency-key';
const parameterGroups = [
  ['path', 'path'],
  ['query', 'query'],
  ['headers', 'header'],
] as const;

/** Every operation of the contract that answers at once, in its order. A live stream is no call: it is read as it comes. */
function operationsOf(contract: Contract): readonly Named[] {
  return Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { responses }]) => responses['200']?.content?.['text/event-stream'] === undefined)
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** What the client needs to call each operation, by its name. */
export function factsOf(contract: Contract): Readonly<Record<string, OperationFacts>> {
  const entries = operationsOf(contract).map(({ method, path, operation }): [string, OperationFacts] => [
    operation.operationId,
    {
      ...(method === 'GET' ? {} : { method }),
      path,
      ...(hasKey(operation) ? { keyed: true } : {}),
      ...securityOf(operation),
      ...(itemOf(contract, operation) === undefined ? {} : { paged: true }),
    },
  ]);
  return Object.fromEntries(entries);
}

/** The declarations of the package: the named schemas, the codes of problems, and a client with all operations. */
export function declarationText(contract: Contract, codes: readonly string[]): string {
  const methods = operationsOf(contract).map(({ operation }) => methodText(contract, operation));
  const webhooks = Object.values(contract.webhooks).map(({ post }) => {
    const body = post.requestBody?.content?.['application/json']?.schema;
    return `  | ${typeText(body ?? {}, '  ')}`;
  });
  return `import type { ClientOptions } from './call.js';
import type { CallAnswer, CallOptions, Signal } from './operation.js';
import { AntreProblem } from './problem.js';
export type { CallAnswer, CallOptions, ClientOptions, Signal };
export { AntreProblem };

/** Every code that the service refuses with. */
export type ProblemCode =
${codes.map((code) => `  | ${JSON.stringify(code)}`).join('\n')};

/** Whether this is a refusal of the service, and, with codes, one of these. */
export declare function isProblem<Code extends ProblemCode | 'network'>(
  error: unknown,
  ...codes: Code[]
): error is AntreProblem & { readonly code: Code };

/** A client of the service at \`options.url\`. */
export declare function createClient(options: ClientOptions): Client;

type Operation<Input, Data> = (input: Input & CallOptions) => Promise<CallAnswer<Data>>;
type OpenOperation<Input, Data> = (input?: Input & CallOptions) => Promise<CallAnswer<Data>>;
/** Pages are fetched as the caller iterates. */
type Pages<Input, Data, Item> = {
  pages(input: Input & CallOptions): AsyncGenerator<CallAnswer<Data>, void>;
  items(input: Input & CallOptions): AsyncGenerator<Item, void>;
};
type OpenPages<Input, Data, Item> = {
  pages(input?: Input & CallOptions): AsyncGenerator<CallAnswer<Data>, void>;
  items(input?: Input & CallOptions): AsyncGenerator<Item, void>;
};

${schemaTypesText(contract)}
/** The body of a webhook, by its type. */
export type WebhookBody =
${webhooks.join('\n')};

export interface Client {
${methods.join('\n')}}
`;
}

function methodText(contract: Contract, operation: ContractOperation): string {
  const { text: input, isOpen } = inputText(operation);
  const data = dataText(operation);
  const item = itemOf(contract, operation);
  const base = `${isOpen ? 'Open' : ''}Operation<${input}, ${data}>`;
  const paged = item === undefined ? '' : ` & ${isOpen ? 'Open' : ''}Pages<${input}, ${data}, ${typeText(item, '  ')}>`;
  return `${commentText(operation.summary, '  ')}  ${operation.operationId}: ${base}${paged};\n`;
}

function inputText(operation: ContractOperation): { text: string; isOpen: boolean } {
  const parameters = (operation.parameters ?? []).filter(
    (parameter) => parameter.in !== 'cookie' && parameter.name.toLowerCase() !== keyHeader,
  );
  const parts = parameterGroups.flatMap(([name, place]) => {
    const own = parameters.filter((parameter) => parameter.in === place);
    if (own.length === 0) return [];
    const properties = own.map(({ name: key, schema, description }) => [key, { ...schema, description }]);
    const required = own.filter((parameter) => parameter.required === true).map(({ name: key }) => key);
    const schema: Schema = { type: 'object', properties: Object.fromEntries(properties), required };
    return [{ name, isNeeded: required.length > 0, schema }];
  });
  const content = operation.requestBody?.content;
  const body = content?.['application/json']?.schema;
  const isBodyNeeded = operation.requestBody?.required === true;
  const all = body === undefined ? parts : [...parts, { name: 'body', isNeeded: isBodyNeeded, schema: body }];
  const fields = all.map(({ name, isNeeded, schema }) => `${name}${isNeeded ? '' : '?'}: ${typeText(schema, '  ')}`);
  const isFile = content?.['application/octet-stream'] !== undefined;
  if (isFile) fields.push('body: Uint8Array');
  return {
    text: fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`,
    isOpen: !isFile && all.every(({ isNeeded }) => !isNeeded),
  };
}

function dataText(operation: ContractOperation): string {
  const texts = Object.entries(operation.responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content = {} }]) => {
      const media = Object.entries(content);
      if (media.length === 0) return ['undefined'];
      return media.map(([type, { schema }]) => {
        if (/[/+]json\b/.test(type)) return typeText(schema, '  ');
        return /^text\/|svg/.test(type) ? 'string' : 'Uint8Array';
      });
    });
  return [...new Set(texts)].join(' | ');
}

/** An operation that works without a credential gets one only if the caller gives it with the call. */
function securityOf({ security = [] }: ContractOperation): Pick<OperationFacts, 'secured'> {
  if (security.length === 0) return {};
  return { secured: security.some((kinds) => Object.keys(kinds).length === 0) ? 'on request' : 'always' };
}

function hasKey({ parameters = [] }: ContractOperation): boolean {
  return parameters.some((parameter) => parameter.in === 'header' && parameter.name.toLowerCase() === keyHeader);
}

/** The schema of one item where answers come in pages; undefined elsewhere. */
function itemOf({ components }: Contract, { parameters = [], responses }: ContractOperation): Schema | undefined {
  if (!parameters.some((parameter) => parameter.in === 'query' && parameter.name === 'cursor')) return undefined;
  const answered = responses['200']?.content?.['application/json']?.schema;
  const page = answered?.$ref === undefined ? answered : components.schemas[nameOf(answered.$ref)];
  return page?.properties?.['nextCursor'] === undefined ? undefined : page.properties['data']?.items;
}
