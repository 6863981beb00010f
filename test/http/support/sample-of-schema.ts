/** As much of JSON Schema as the contract uses. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
};

export type Components = Readonly<Record<string, Schema>>;

/**
 * A value of a schema's form, with all its fields, so that each of them can be made odd by itself.
 * @param known values for fields whose form the schema does not describe, by their names
 */
export function sampleOf(
  schema: Schema,
  components: Components,
  known: Readonly<Record<string, unknown>>,
  name = '',
): unknown {
  if (schema.$ref !== undefined) {
    const target = components[schema.$ref.split('/').at(-1) ?? ''];
    return target === undefined ? 'unknown' : sampleOf(target, components, known, name);
  }
  if (name in known) return known[name];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.example !== undefined && typeof schema.example !== 'object') return schema.example;
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice !== undefined) return sampleOf(choice, components, known, name);
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map((part) => sampleOf(part, components, known, name))) as unknown;
  }
  return plainSample(schema, components, known, name);
}

function plainSample(
  schema: Schema,
  components: Components,
  known: Readonly<Record<string, unknown>>,
  name: string,
): unknown {
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([field, inner]) => [
          field,
          sampleOf(inner, components, known, field),
        ]),
      );
    case 'array':
      return schema.items === undefined ? [] : [sampleOf(schema.items, components, known, name)];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    default:
      if (schema.format === 'date-time') return '2027-03-20T19:00:00+07:00';
      if (schema.format === 'date') return '2027-03-20';
      if (schema.format === 'email') return 'ayu@example.test';
      return 'Senja'.padEnd(schema.minLength ?? 0, 'x');
  }
}

export type Place = readonly (string | number)[];

/** Every place in a value, the whole of it first. */
export function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, inner]) =>
      placesOf(inner, [...at, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

/** A copy with something else at one place. */
export function withAt(value: unknown, [step, ...rest]: Place, odd: unknown): unknown {
  if (step === undefined) return odd;
  if (Array.isArray(value))
    return value.map((inner: unknown, index) => (index === step ? withAt(inner, rest, odd) : inner));
  const record = value as Record<string, unknown>;
  return { ...record, [step]: withAt(record[step], rest, odd) };
}
