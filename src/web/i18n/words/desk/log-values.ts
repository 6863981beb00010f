import type { InEach, Language } from '../../language.ts';
import { kindText } from '../kinds.ts';
import { actText } from './acts.ts';
import { operatorWords } from '../operator.ts';
import { connectionWords } from './connections.ts';
import { announcementWords } from './messages/announcements.ts';
import { gateWords } from './events/gates.ts';
import { fieldText } from './log-fields.ts';
import { statusWords } from './statuses.ts';
import { teamWords } from './team.ts';
import { toolWords } from './tools.ts';

/** Names that are the same in each language. */
const names = {
  email: 'Email',
  whatsapp: 'WhatsApp',
  whatsapp_cloud: 'WhatsApp Cloud',
  fonnte: 'Fonnte',
  wablas: 'Wablas',
  waha: 'WAHA',
  csv: 'CSV',
  csv_semicolon: 'CSV (;)',
  xlsx: 'Excel',
};

/** The API's codes that only the log of changes shows. */
const codes: InEach<Readonly<Record<string, string>>> = {
  id: {
    all: 'Semua',
    undelivered: 'Yang belum sampai',
    amount: 'Potongan tetap',
    percent: 'Persen',
    ...names,
    day: 'hari',
    week: 'minggu',
    everything: 'Semuanya',
    period: 'Sejak laporan sebelumnya',
    opaque: 'Acak, diperiksa di server',
    signed: 'Bertanda tangan',
    automatic: 'Langsung dikirim',
    confirmed: 'Setelah disetujui',
    invitation: 'Undangan',
    password_reset: 'Ganti kata sandi',
    done: 'Sudah dikerjakan',
    refund: 'Minta gateway mengembalikan uangnya',
    moved: 'Dipindahkan',
    postponed: 'Ditunda',
    gone: 'Server penerima tidak ada lagi',
    failing: 'Server penerima terus gagal',
    no_such_mailbox: 'Alamat tidak ada',
    complaint: 'Ditandai sebagai spam',
    no_whatsapp: 'Tidak punya WhatsApp',
    id: 'Indonesia',
    en: 'Inggris',
  },
  en: {
    all: 'All',
    undelivered: 'What was not delivered',
    amount: 'Amount off',
    percent: 'Percent',
    ...names,
    day: 'day',
    week: 'week',
    everything: 'Everything',
    period: 'Since the report before',
    opaque: 'Random, checked by the server',
    signed: 'Signed',
    automatic: 'Sent at once',
    confirmed: 'After confirmation',
    invitation: 'Invitation',
    password_reset: 'Change of password',
    done: 'Done by hand',
    refund: 'The gateway is asked to give the money back',
    moved: 'Moved',
    postponed: 'Postponed',
    gone: 'The receiving server is gone',
    failing: 'The receiving server kept failing',
    no_such_mailbox: 'The address does not exist',
    complaint: 'Marked as spam',
    no_whatsapp: 'Has no WhatsApp',
    id: 'Indonesian',
    en: 'English',
  },
};

/** Fields that hold a code of the API. In all others, a word like "open" was typed by a person. */
const codeFields: ReadonlySet<string> = new Set([
  'action',
  'changeNotices',
  'channel',
  'codes',
  'covers',
  'every',
  'format',
  'include',
  'kind',
  'locale',
  'phase',
  'purpose',
  'reason',
  'sales',
  'status',
  'tickets',
]);

/** One text of an entry as people read it. Text that a person wrote stays unchanged. */
export function codeText(field: string, value: string, language: Language): string {
  if (field === 'because') return actText(value, language);
  if (field === 'fields') return fieldText(value, language);
  if (field === 'category') return kindText(value, language);
  const known = wordsOf(field, language);
  if (field === 'gateway') return value.charAt(0).toUpperCase() + value.slice(1);
  return Object.hasOwn(known, value) ? (known[value] ?? value) : value;
}

function wordsOf(field: string, language: Language): Readonly<Record<string, string>> {
  if (field === 'role') return teamWords[language].roles;
  if (field === 'scopes') return teamWords[language].scopeNames;
  if (field === 'types') return connectionWords[language].typeNames;
  if (field === 'switch') return operatorWords[language].switchNames;
  if (field === 'reEntry') return gateWords[language].reEntryRules;
  if (!codeFields.has(field)) return {};
  const tools = toolWords[language];
  const kinds = field === 'kind' ? { ...announcementWords[language].kinds, ...tools.taskKinds, ...tools.kinds } : {};
  return { ...statusWords[language], ...codes[language], ...kinds };
}
