import type { z } from 'zod';
import { type Config, ConfigError } from '../../config.ts';
import { DomainError } from '../../platform/errors.ts';
import { pluginOf, senderForms } from '../channels/whatsapp/registry.ts';
import type { SenderAnswer, SenderConfig, SenderForm } from '../channels/whatsapp/sender-plugin.ts';
import { parseJson } from '../../platform/text/parse-json.ts';

export type AlertConfig = SenderConfig & Pick<Config, 'ALERT_WHATSAPP_SENDER' | 'ALERT_WHATSAPP_TO'>;

/** The operators' own WhatsApp sender. It is part of the configuration, so that it works while the database is down. */
export type AlertSender = {
  /** Phone numbers, digits with the country code. */
  readonly recipients: readonly string[];
  /** Sends one text to one number, with the deadline of the provider's plug-in. */
  send(to: string, text: string, signal: AbortSignal): Promise<SenderAnswer>;
};

/**
 * Reads the sender of alerts; undefined if none is configured.
 * @throws ConfigError if the variables are invalid; the error does not repeat their values
 */
export function createAlertSender(config: AlertConfig): AlertSender | undefined {
  const { ALERT_WHATSAPP_SENDER: text, ALERT_WHATSAPP_TO: recipients } = config;
  if (text === undefined && recipients.length === 0) return undefined;
  if (text === undefined || recipients.length === 0)
    throw new ConfigError(['ALERT_WHATSAPP_SENDER, ALERT_WHATSAPP_TO: set both or neither']);
  const form = readForm(text);
  const plugin = pluginOf(form.kind);
  if (plugin.hasTemplates)
    throw new ConfigError(['ALERT_WHATSAPP_SENDER: must be of a kind that sends texts: waha, fonnte or wablas']);
  const { externalId, credentials } = readSender(form, config);
  return {
    recipients,
    send: (to, message, signal) =>
      plugin.send(
        {
          externalId,
          credentials,
          to,
          deliveryId: '',
          // Only providers with templates read it, and those are refused above.
          message: { template: 'event_practical', locale: 'en', bodyParameters: [] },
          text: message,
          tries: 1,
          signal,
          isProbe: false,
        },
        config,
      ),
  };
}

type KnownForm = z.output<(typeof senderForms)[number]>;

function readForm(text: string): KnownForm {
  for (const form of senderForms) {
    const parsed = form.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
  }
  throw new ConfigError(['ALERT_WHATSAPP_SENDER: must be the JSON of a sender, as an organiser adds one']);
}

function readSender(form: KnownForm, config: SenderConfig) {
  try {
    return pluginOf(form.kind).read(form satisfies SenderForm, config);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new ConfigError(['ALERT_WHATSAPP_SENDER: names an instance that WAHA_INSTANCES does not have']);
  }
}
