import type { Config } from '../../config.ts';
import { type MessageName, type MessageVariable, definitionOf } from '../message-texts/catalog.ts';

/** The template that Meta is asked to approve: one message in one language. */
export type TemplateRequest = {
  readonly name: MessageName;
  readonly language: 'id' | 'en';
  readonly category: 'UTILITY' | 'MARKETING' | 'AUTHENTICATION';
  readonly components: readonly unknown[];
};

/** An organiser's text that omits a variable cannot be a template, because the message fills in all of them. */
export type TemplateFault = { readonly missing: MessageVariable };

const samples: Readonly<Record<MessageVariable, string>> = {
  name: 'Ayu Lestari',
  event: 'Senja di Selatan',
  time: 'Sabtu, 6 Maret 2027, 19.30 WIB',
  place: 'Lapangan Selatan, Jakarta',
  order: '9QX4T-0RBVE',
  organizer: 'Panggung Selatan',
  text: 'Pintu dibuka pukul 16.00.',
  code: '123456',
  link: '',
};
export const buttonTexts = { id: 'Buka pesanan', en: 'Open the order' } as const;
/** Goes before a text that begins with a variable. */
const opening = 'Info:';
const sampleSuffix = 'ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE';

/** The template of a message, made of the text that senders without templates send. */
export function templateRequest(
  { PUBLIC_URL }: Pick<Config, 'PUBLIC_URL'>,
  { name, language, text }: { name: MessageName; language: 'id' | 'en'; text: string },
): TemplateRequest | TemplateFault {
  const { button, parameters } = definitionOf(name);
  if (button === 'code') return { name, language, category: 'AUTHENTICATION', components: codeComponents };
  const body = templateBody(text, parameters);
  if (typeof body !== 'string') return body;
  return {
    name,
    language,
    category: name === 'event_news' ? 'MARKETING' : 'UTILITY',
    components: [
      { type: 'BODY', text: body, example: { body_text: [parameters.map((variable) => samples[variable])] } },
      ...(button === 'none'
        ? []
        : [
            {
              type: 'BUTTONS',
              buttons: [
                {
                  type: 'URL',
                  text: buttonTexts[language],
                  url: `${PUBLIC_URL}/orders/{{1}}`,
                  example: [`${PUBLIC_URL}/orders/${sampleSuffix}`],
                },
              ],
            },
          ]),
    ],
  };
}

/** Meta itself words the messages with codes. */
const codeComponents = [
  { type: 'BODY', add_security_recommendation: true },
  { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
];

/**
 * The text with numbers for its variables. The link is the template's button, so it is removed from the text, with its
 * line if nothing else is on it. A template may neither begin nor end with a variable.
 */
export function templateBody(text: string, parameters: readonly MessageVariable[]): string | TemplateFault {
  const missing = parameters.find((variable) => !variablePattern(variable).test(text));
  if (missing !== undefined) return { missing };
  const lines = text.split('\n').flatMap((line) => {
    if (!variablePattern('link').test(line)) return [line];
    const rest = line.replaceAll(variablePattern('link', 'g'), '').replace(/[\s:]+$/u, '');
    return rest.includes('{{') ? [rest] : [];
  });
  const numbered = parameters.reduce(
    (body, variable, index) => body.replaceAll(variablePattern(variable, 'g'), `{{${index + 1}}}`),
    lines
      .join('\n')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim(),
  );
  const begun = /^\W*\{\{/u.test(numbered) ? `${opening} ${numbered}` : numbered;
  return /\}\}\W*$/u.test(begun) && !/[.!?]\W*$/u.test(begun) ? `${begun}.` : begun;
}

const variablePattern = (variable: MessageVariable, flags = '') => new RegExp(`\\{\\{\\s*${variable}\\s*\\}\\}`, flags);
