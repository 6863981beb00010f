import type { SenderKind } from '../../tables.ts';
import { cloud, cloudForm } from './cloud/plugin.ts';
import { fonnte, fonnteForm } from './fonnte.ts';
import type { SenderPlugin } from './sender-plugin.ts';
import { wablas, wablasForm } from './wablas.ts';
import { waha, wahaForm } from './waha.ts';

// Each plug-in gets only values that its own schemas have parsed.
const plugins = { whatsapp_cloud: cloud, waha, fonnte, wablas } as unknown as Readonly<
  Record<SenderKind, SenderPlugin>
>;

/** The provider behind a sender of this kind. */
export function pluginOf(kind: SenderKind): SenderPlugin {
  return plugins[kind];
}

/** The kind whose callbacks come to this address; undefined if there is none. */
export function kindOfCallback(name: string): SenderKind | undefined {
  return Object.values(plugins).find((plugin) => plugin.callbackName === name)?.kind;
}

export const callbackNames = ['whatsapp', 'waha', 'fonnte', 'wablas'] as const;

/** The forms to add a sender, one for each kind. */
export const senderForms = [cloudForm, wahaForm, fonnteForm, wablasForm] as const;
