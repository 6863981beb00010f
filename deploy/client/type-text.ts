import type { Contract, Schema } from './contract.ts';

/** The named schemas of the contract, each as an exported type. */
export function schemaTypesText({ components }: Contract): string {
  return Object.entries(components.schemas)
    .map(([name, schema]) => `${commentText(schema.description)}export type ${name} = ${typeText(schema)};\n`)
    .join('\n');
}

/** A schema of the contract as the text of a TypeScript type. Named schemas are types of their own, referred to by name. */
export function typeText(schema: Schema, indent = ''): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return unique(choices.map((choice) => typeText(choice, indent))).join(' | ');
  if (schema.allOf !== undefined) {
    const parts = unique(schema.allOf.map((part) => grouped(typeText(part, indent))));
    // A part that only describes the others adds no type.
    return parts.filter((part) => part !== 'unknown').join(' & ') || 'unknown';
  }
  const kinds = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (kinds.length === 0) return 'unknown';
  return unique(kinds.map((kind) => plainType(kind, schema, indent))).join(' | ');
}

/** The name of a referred schema. */
export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** The description of a schema, also of one that is a named schema with a description of its own. */
function descriptionOf({ description, allOf = [] }: Schema): string | undefined {
  return description ?? allOf.find((part) => part.description !== undefined)?.description;
}

/** A comment above a declaration; empty without a text. */
export function commentText(text: string | undefined, indent = ''): string {
  return text === undefined ? '' : `${indent}/** ${text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */\n`;
}

function plainType(kind: string, schema: Schema, indent: string): string {
  if (kind === 'object') return objectType(schema, indent);
  if (kind === 'array') return `${grouped(typeText(schema.items ?? {}, indent))}[]`;
  if (kind === 'integer' || kind === 'number') return 'number';
  if (kind === 'string' || kind === 'boolean' || kind === 'null') return kind;
  throw new Error(`the contract has a kind of schema that the client does not know: ${kind}`);
}

const lineMax = 80;

function objectType({ properties = {}, required = [], additionalProperties }: Schema, indent: string): string {
  const deeper = `${indent}  `;
  const fields = Object.entries(properties).map(([name, property]) => {
    const optional = required.includes(name) ? '' : '?';
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${commentText(descriptionOf(property), deeper)}${deeper}${key}${optional}: ${typeText(property, deeper)};\n`;
  });
  const rest = typeof additionalProperties === 'object' ? typeText(additionalProperties, deeper) : 'unknown';
  if (fields.length === 0) return additionalProperties === false ? 'Record<string, never>' : `Record<string, ${rest}>`;
  // Most objects are short, such as the parameters of a path. A line for each of their fields would be a fiftieth of the package.
  const line = `{ ${fields
    .map((field) => field.trim())
    .join(' ')
    .slice(0, -1)} }`;
  if (!line.includes('\n') && line.length <= lineMax) return line;
  return `{\n${fields.join('')}${indent}}`;
}

function grouped(text: string): string {
  return /[|&]/.test(text) && !text.startsWith('{') ? `(${text})` : text;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
