import { doorSettingsWords } from '../../../../i18n/words/desk/events/door-settings.ts';
import type { Html } from '../../../layout.ts';
import type { Data } from '../../api.ts';
import { type Act, type Desk, done } from '../../desk.ts';
import { checkField, fieldGroup, textField } from '../../parts/fields.ts';
import { deskForm } from '../../parts/form.ts';
import { panel } from '../../parts/pieces.ts';
import type { Category } from '../../tickets/tickets.ts';
import { eventParam, eventPath } from '../own-event.ts';

type DoorSettings = Data<'/v1/organizers/:slug/events/:eventId/door-settings'>;

const noteName = (categoryId: string) => `categoryNotes.${categoryId}`;
const noteLengthMax = 120;

export async function doorSettingsOf(desk: Desk): Promise<DoorSettings> {
  return desk.api.get('/v1/organizers/:slug/events/:eventId/door-settings', { param: eventParam(desk) });
}

/** Door settings, on the page of gates: whether devices may keep names, and a note for each category. */
export function doorSettingsPart(
  desk: Desk,
  { settings, categories }: { readonly settings: DoorSettings; readonly categories: readonly Category[] },
): Html {
  const { language } = desk;
  const words = doorSettingsWords[language];
  const form = desk.form('settings');
  const notes = categories.map(({ id, name }) =>
    textField(form, language, {
      name: noteName(id),
      label: name,
      value: settings.categoryNotes[id],
      maxlength: noteLengthMax,
      isOptional: 'silently',
    }),
  );
  const names = checkField(form, {
    name: 'showsNames',
    label: words.showsNames,
    hint: words.showsNamesHint,
    isChecked: settings.showsNames,
  });
  const body = [names, ...(notes.length === 0 ? [] : [fieldGroup(words.notes, notes)])];
  return panel(words.title, deskForm(desk, { form, body, submit: words.save, isChange: true }), 'door');
}

export const changeDoorSettings: Act = async (desk, values) => {
  const [now, categories] = await Promise.all([
    doorSettingsOf(desk),
    desk.api.get('/v1/organizers/:slug/events/:eventId/ticket-categories', { param: eventParam(desk) }),
  ]);
  const notes = categories.data.flatMap(({ id }) => {
    const name = noteName(id);
    const note = values.isChanged(name) ? values.optional(name) : now.categoryNotes[id];
    return note === undefined ? [] : [[id, note]];
  });
  const showsNames = values.isChanged('showsNames') ? values.has('showsNames') : now.showsNames;
  await desk.api.patch('/v1/organizers/:slug/events/:eventId/door-settings', {
    param: eventParam(desk),
    json: { showsNames, categoryNotes: Object.fromEntries(notes) as Record<string, string> },
  });
  return done(eventPath(desk, '/gates'), 'saved');
};
