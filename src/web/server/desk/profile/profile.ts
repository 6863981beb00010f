import { html } from 'hono/html';
import { legalTextLengthMax } from '../../../../catalog/index.ts';
import { profileWords } from '../../../i18n/words/desk/profile.ts';
import type { Html } from '../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import type { Form } from '../forms.ts';
import { areaField, fieldGroup, textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';

const path = '/desk/profile';

/** What buyers read about the organiser: contact, privacy notice, terms. */
export function profilePage(addPage: AddPage): void {
  addPage(path, showProfile, { save });
}

async function showProfile(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = profileWords[language];
  const { contact, privacy, terms } = await desk.api.get('/v1/organizers/:slug/profile', { param: { slug } });
  const form = desk.form('save');
  return {
    title: words.title,
    section: 'profile',
    body: html`<p class="lead">${words.lead}</p>${deskForm(desk, {
      form,
      body: html`${fieldGroup(words.contact, [
        textField(form, language, {
          name: 'contact.email',
          label: words.email,
          value: contact.email ?? '',
          type: 'email',
          maxlength: 254,
          isOptional: true,
        }),
        textField(form, language, {
          name: 'contact.phone',
          label: words.phone,
          value: contact.phone ?? '',
          type: 'tel',
          maxlength: 64,
          isOptional: true,
        }),
      ])}${legalFields(form, desk, 'privacy', privacy)}${legalFields(form, desk, 'terms', terms)}`,
      submit: words.save,
      isChange: true,
    })}`,
  };
}

function legalFields(
  form: Form,
  { language }: Desk,
  name: 'privacy' | 'terms',
  texts: { readonly id: string; readonly en: string },
): Html {
  const words = profileWords[language];
  const field = (of: 'id' | 'en', label: string) =>
    areaField(form, language, {
      name: `${name}.${of}`,
      label,
      value: texts[of],
      maxlength: legalTextLengthMax,
      rows: 8,
      isOptional: true,
    });
  return html`<fieldset class="field-group"><legend>${words[name]}</legend><p class="hint">${words[`${name}Hint`]}</p>
${field('id', words.inIndonesian)}${field('en', words.inEnglish)}</fieldset>`;
}

const save: Act = async (desk, values) => {
  const param = { slug: desk.slug };
  const now = await desk.api.get('/v1/organizers/:slug/profile', { param });
  const chosen = <Value>(name: string, typed: Value, kept: Value): Value => (values.isChanged(name) ? typed : kept);
  const contact = (of: 'email' | 'phone') =>
    chosen(`contact.${of}`, values.optional(`contact.${of}`) ?? null, now.contact[of]);
  const text = (name: 'privacy' | 'terms', of: 'id' | 'en') =>
    chosen(`${name}.${of}`, values.text(`${name}.${of}`), now[name][of]);
  await desk.api.put('/v1/organizers/:slug/profile', {
    param,
    json: {
      contact: { email: contact('email'), phone: contact('phone') },
      privacy: { id: text('privacy', 'id'), en: text('privacy', 'en') },
      terms: { id: text('terms', 'id'), en: text('terms', 'en') },
    },
  });
  return done(path, 'saved');
};
