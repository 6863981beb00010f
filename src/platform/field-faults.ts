/** What is wrong with one field of a request, in words for people and by a code that stays the same. */

type Texts = { readonly en: string; readonly id: string };

/**
 * Every fault that a field can have. `{name}` stands for a parameter. The English text follows the name of the field
 * ("phone must be ..."), the Indonesian one too.
 */
export const fieldFaults = {
  'field.required': { en: 'is required', id: 'wajib diisi' },
  'field.unknown': { en: 'has fields that are not known', id: 'berisi kolom yang tidak dikenal' },
  'field.type': { en: 'must be of type {expected}', id: 'harus bertipe {expected}' },
  'field.not_allowed': {
    en: 'is not one of the values that are allowed here',
    id: 'bukan salah satu nilai yang boleh dipakai',
  },
  'field.format': { en: 'does not have the right form', id: 'bentuknya tidak sesuai' },
  'field.invalid': { en: 'is not valid', id: 'tidak valid' },
  'field.nothing_to_change': { en: 'must name what changes', id: 'harus menyebut apa yang diubah' },
  'body.not_json': { en: 'must be valid JSON', id: 'harus berupa JSON yang valid' },
  'body.not_utf8': { en: 'must be valid UTF-8', id: 'harus berupa UTF-8 yang valid' },
  'body.forbidden_text': {
    en: 'must not contain U+0000, lone surrogates or "__proto__"',
    id: 'tidak boleh berisi U+0000, surrogate tunggal, atau "__proto__"',
  },
  'body.too_deep': {
    en: 'must not be nested deeper than {limit}',
    id: 'tidak boleh bersarang lebih dari {limit} tingkat',
  },
  'value.not_storable': { en: 'has a value that cannot be stored', id: 'berisi nilai yang tidak dapat disimpan' },
  'address.malformed': {
    en: 'has percent escapes in the address that stand for no text',
    id: 'berisi kode persen di alamat yang bukan teks',
  },
  'body.cut_short': { en: 'ended before it was whole', id: 'terputus sebelum lengkap' },
  'text.too_short': { en: 'must have at least {limit} characters', id: 'minimal {limit} karakter' },
  'text.too_long': { en: 'must have at most {limit} characters', id: 'maksimal {limit} karakter' },
  'text.not_one_line': { en: 'must be one line of text', id: 'harus berupa satu baris teks' },
  'text.control_characters': { en: 'must not hold control characters', id: 'tidak boleh berisi karakter kontrol' },
  'text.unknown_variable': {
    en: 'must not use the variable {variable}, which this message does not have',
    id: 'tidak boleh memakai variabel {variable}, yang tidak ada pada pesan ini',
  },
  'text.missing_variable': { en: 'must use the variable {variable}', id: 'harus memakai variabel {variable}' },
  'text.broken_variable': {
    en: 'must hold double braces only around the name of a variable',
    id: 'hanya boleh memakai kurung kurawal ganda di sekitar nama variabel',
  },
  'number.too_small': { en: 'must be at least {limit}', id: 'minimal {limit}' },
  'number.too_large': { en: 'must be at most {limit}', id: 'maksimal {limit}' },
  'number.step': { en: 'must be a multiple of {limit}', id: 'harus kelipatan {limit}' },
  'list.too_short': { en: 'must have at least {limit} entries', id: 'minimal {limit} isian' },
  'list.too_long': { en: 'must have at most {limit} entries', id: 'maksimal {limit} isian' },
  'list.doubled': { en: 'must name each one once', id: 'masing-masing hanya boleh disebut satu kali' },
  'time.invalid': {
    en: 'must be a time such as 2027-03-20T19:00:00+07:00',
    id: 'harus berupa waktu seperti 2027-03-20T19:00:00+07:00',
  },
  'time.out_of_range': { en: 'must be between the years {from} and {to}', id: 'harus antara tahun {from} dan {to}' },
  'time.order': { en: 'must come after {other}', id: 'harus setelah {other}' },
  'time.past': { en: 'must lie in the future', id: 'harus di masa depan' },
  'time.too_far': { en: 'must be within {limit} of {other}', id: 'harus dalam {limit} dari {other}' },
  'day.invalid': { en: 'must be a day such as 2027-03-20', id: 'harus berupa tanggal seperti 2027-03-20' },
  'zone.unknown': {
    en: 'must be a time zone such as Asia/Jakarta',
    id: 'harus berupa zona waktu seperti Asia/Jakarta',
  },
  'name.not_a_name': {
    en: "must be a person's name: letters, without links, phone numbers or signs such as < or *",
    id: 'harus berupa nama orang: huruf, tanpa tautan, nomor telepon, atau tanda seperti < atau *',
  },
  'name.invisible': { en: 'must have a visible character', id: 'harus memiliki karakter yang terlihat' },
  'slug.invalid': {
    en: 'must be {min} to {max} characters of a-z, 0-9 and -',
    id: 'harus {min} sampai {max} karakter dari a-z, 0-9, dan -',
  },
  'code.six_digits': { en: 'must be six digits', id: 'harus enam digit' },
  'text.not_visible_ascii': {
    en: 'must be visible ASCII characters without spaces',
    id: 'harus karakter ASCII yang terlihat, tanpa spasi',
  },
  'promo_code.format': {
    en: 'must be 3 to 32 letters, digits and hyphens',
    id: 'harus 3 sampai 32 huruf, angka, dan tanda hubung',
  },
  'email.invalid': {
    en: 'must be an email address such as ayu@example.com',
    id: 'harus berupa alamat email seperti ayu@example.com',
  },
  'phone.invalid': {
    en: 'must be a mobile number such as 0812 3456 7890, or begin with + and the code of its country',
    id: 'harus berupa nomor ponsel seperti 0812 3456 7890, atau diawali + dan kode negaranya',
  },
  'phone.not_mobile': {
    en: 'must be a mobile number: no messages reach this one',
    id: 'harus berupa nomor ponsel: nomor ini tidak menerima pesan',
  },
  'phone.ambiguous': {
    en: 'may be a number of another country: begin it with + and the code of the country, or name its country',
    id: 'mungkin nomor negara lain: awali dengan + dan kode negaranya, atau pilih negaranya',
  },
  'country.unknown': {
    en: 'must be a country in two letters, such as ID',
    id: 'harus berupa negara dalam dua huruf, seperti ID',
  },
  'money.other_currency': {
    en: 'must be {currency}, the currency of the event',
    id: 'harus {currency}, mata uang acara ini',
  },
  'cursor.invalid': { en: 'is not a cursor of this list', id: 'bukan kursor dari daftar ini' },
  'key.invalid': {
    en: 'must be 16 to 255 visible ASCII characters',
    id: 'harus 16 sampai 255 karakter ASCII yang terlihat',
  },
  'version.mismatch': {
    en: 'must be the ETag of the event, and agree with version',
    id: 'harus berupa ETag acara dan sesuai dengan version',
  },
  'version.required': {
    en: 'or the header If-Match must say which version was read',
    id: 'atau header If-Match harus menyebut versi yang dibaca',
  },
  'event.other': { en: 'names another event than {other}', id: 'menyebut acara lain dari {other}' },
  'one_of.required': { en: 'must have exactly one of {names}', id: 'harus memiliki tepat satu dari {names}' },
  'reason.required': { en: 'must say why', id: 'harus menyebut alasannya' },
  'limit.order': { en: 'must not be less than {other}', id: 'tidak boleh kurang dari {other}' },
  'limit.above': { en: 'must not be more than {other}', id: 'tidak boleh lebih dari {other}' },
  'room.lead': {
    en: 'must come {limit} seconds after {other}, or later',
    id: 'harus paling cepat {limit} detik setelah {other}',
  },
  'room.lead_end': {
    en: 'must end {limit} seconds before {other}, or earlier',
    id: 'harus berakhir paling lambat {limit} detik sebelum {other}',
  },
  'time.before_end': { en: 'must come before the event ends', id: 'harus sebelum acara berakhir' },
  'scan.one_subject': { en: 'give a code or a ticketId, one of the two', id: 'isi code atau ticketId, salah satu' },
  'scan.direction': { en: 'must fit the direction', id: 'harus sesuai dengan arahnya' },
} as const satisfies Record<string, Texts>;

export type FieldFaultCode = keyof typeof fieldFaults;
export type FaultParameters = Readonly<Record<string, string | number>>;

/** One fault of the input: where it is (JSON path or parameter name) and what is expected. Never the value itself. */
export type InputFault = {
  readonly path: string;
  readonly code: FieldFaultCode;
  /** In English. */
  readonly message: string;
  readonly messages: Texts;
};

export function inputFault(path: string, code: FieldFaultCode, parameters: FaultParameters = {}): InputFault {
  const messages = { en: filled(fieldFaults[code].en, parameters), id: filled(fieldFaults[code].id, parameters) };
  return { path, code, message: messages.en, messages };
}

function filled(text: string, parameters: FaultParameters): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? name));
}
