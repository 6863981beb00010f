import { createRoutes } from '../../src/api-routes.ts';
import type { Service } from '../../src/compose.ts';
import { contractOf } from '../../src/contract.ts';
import { createRouter } from '../../src/http/contract/router.ts';

export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly contentSchema?: Schema;
};

type Content = {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
  readonly description?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
};

export type ContractOperation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    readonly in: 'path' | 'query' | 'header' | 'cookie';
    readonly name: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content>>;
};

/** The parts of the published document that tools of ours read. */
export type Contract = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ContractOperation>>>>;
  readonly webhooks: Readonly<Record<string, { readonly post: ContractOperation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

/** The published contract, made without a database or Redis. */
export function readContract(publicUrl = 'https://tickets.antre.example'): Contract {
  return contractOf(describedRoutes(), publicUrl) as unknown as Contract;
}

/**
 * All routes as they describe themselves when they are created. No handler runs. While a room creates its routes, everything that it
 * reads from the service is a stand-in that answers every use with itself.
 */
export function describedRoutes() {
  return createRouter().route('/', createRoutes(standIn() as Service));
}

function standIn(): unknown {
  const one: unknown = new Proxy(() => one, {
    get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : one),
    apply: () => one,
  });
  return one;
}
