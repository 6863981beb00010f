import type { FieldFaultCode, FaultParameters } from '../../platform/field-faults.ts';
import { type MessageName, definitionOf, variablesOf } from './catalog.ts';

/** WhatsApp's limits for the body of a template. All texts keep to them, so that one text fits every kind of sender. */
export const messageTextMax = 1024;

const variable = /\{\{([^{}]*)\}\}/g;

export type TextFault = { readonly code: FieldFaultCode; readonly parameters: FaultParameters };

/** The faults of an organiser's text for a message; empty if it may be sent. Lengths are checked by the schema. */
export function faultsOfText(name: MessageName, text: string): TextFault[] {
  const allowed: readonly string[] = variablesOf(name);
  const used = new Set([...text.matchAll(variable)].map((match) => (match[1] ?? '').trim()));
  const unknown = [...used].filter((word) => !allowed.includes(word));
  const missing = definitionOf(name).required.filter((word) => !used.has(word));
  const stray = /\{\{|\}\}/.test(text.replace(variable, ''));
  return [
    ...unknown.map(
      (word): TextFault => ({ code: 'text.unknown_variable', parameters: { variable: word.slice(0, 40) } }),
    ),
    ...missing.map((word): TextFault => ({ code: 'text.missing_variable', parameters: { variable: word } })),
    ...(stray ? [{ code: 'text.broken_variable', parameters: {} } satisfies TextFault] : []),
  ];
}

/** The text with its variables filled in. Variables inside values are not expanded. */
export function filledText(text: string, values: Readonly<Partial<Record<string, string>>>): string {
  return text.replace(variable, (_, word: string) => values[word.trim()] ?? '');
}
