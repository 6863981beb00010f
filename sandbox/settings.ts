import { z } from 'zod';
import type { MessageText, MidtransAccount, WhatsappSender } from './demo-accounts.ts';

/** How a sandbox is started; everything has a default. */
export type SandboxOptions = Readonly<{
  /** Where it listens; default 127.0.0.1. */
  host?: string;
  /** 0 takes a free port. */
  port?: number;
  smtpPort?: number;
  /** The journal log. Without it everything is kept in memory. */
  logPath?: string;
  /** Multiplies the retry gaps, the gaps between WhatsApp statuses and the wait for a refund's bank confirmation. */
  timeScale?: number;
  seed?: number;
  /** The address that buyers' browsers use; default the sandbox's own. */
  publicUrl?: string;
  /** Where Midtrans callbacks go when neither account nor create call names an address. */
  notificationUrl?: string;
  /** Where WhatsApp statuses go; `{phoneNumberId}` is replaced. */
  whatsappCallbackUrl?: string;
  callbackConcurrency?: number;
  callbacksPerSecond?: number;
  /** Snap requires at least 5 minutes. Tests of short holds set 0. */
  snapExpiryMinimumMinutes?: number;
  /** Seconds between two rounds of the beacon. Another period is another chain. */
  beaconPeriodSeconds?: number;
  midtransAccounts?: readonly MidtransAccount[];
  whatsappSenders?: readonly WhatsappSender[];
  /** The words in which the page shows messages whose templates were not registered here. */
  whatsappTexts?: readonly MessageText[];
  /** Epoch milliseconds. */
  now?: () => number;
}>;

/** The part of the options that may change while the sandbox runs. */
export type Settings = {
  timeScale: number;
  publicUrl: string;
  notificationUrl: string | undefined;
  whatsappCallbackUrl: string;
  snapExpiryMinimumMinutes: number;
};

/** Reads the SANDBOX_* variables. Throws an Error with one sentence for an invalid value. */
export function readOptions(environment: Readonly<Record<string, string | undefined>>): SandboxOptions {
  const logPath = environment['SANDBOX_LOG'] ?? '.data/sandbox/journal.jsonl';
  const given = {
    publicUrl: environment['SANDBOX_PUBLIC_URL']?.replace(/\/+$/, ''),
    notificationUrl: environment['SANDBOX_NOTIFICATION_URL'],
    whatsappCallbackUrl: environment['SANDBOX_WHATSAPP_CALLBACK_URL'],
    whatsappTexts: textsFrom(environment['SANDBOX_WHATSAPP_TEXTS']),
    callbackConcurrency: numberFrom(environment, 'SANDBOX_CALLBACK_CONCURRENCY', 1, 512),
    callbacksPerSecond: numberFrom(environment, 'SANDBOX_CALLBACKS_PER_SECOND', 0.001, 1_000_000),
    snapExpiryMinimumMinutes: numberFrom(environment, 'SANDBOX_SNAP_EXPIRY_MINIMUM_MINUTES', 0, 1440),
    timeScale: numberFrom(environment, 'SANDBOX_TIME_SCALE', 0, 1000),
    beaconPeriodSeconds: numberFrom(environment, 'SANDBOX_BEACON_PERIOD_SECONDS', 1, 300),
    seed: numberFrom(environment, 'SANDBOX_SEED', 0, 4_294_967_295),
  };
  return {
    port: numberFrom(environment, 'SANDBOX_PORT', 0, 65_535) ?? 4000,
    smtpPort: numberFrom(environment, 'SANDBOX_SMTP_PORT', 0, 65_535) ?? 2525,
    ...(logPath === 'memory' ? {} : { logPath }),
    ...withoutUndefined(given),
  };
}

const textsSchema = z.array(
  z.strictObject({
    name: z.string(),
    language: z.string(),
    body: z.string(),
    button: z.strictObject({ text: z.string(), url: z.string().exactOptional() }).exactOptional(),
  }),
);

function textsFrom(json: string | undefined): readonly MessageText[] | undefined {
  if (json === undefined || json === '') return undefined;
  try {
    return textsSchema.parse(JSON.parse(json));
  } catch {
    throw new Error('SANDBOX_WHATSAPP_TEXTS must be a JSON list of { name, language, body, button }');
  }
}

function numberFrom(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = environment[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isNaN(value) || value < min || value > max)
    throw new Error(`${name} must be a number from ${min} to ${max}`);
  return value;
}

type Defined<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries) as Defined<Value>;
}
