import { html } from 'hono/html';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { formatCount } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import { toolWords } from '../../../i18n/words/desk/tools.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import type { Form } from '../forms.ts';
import { numberField, selectField } from '../parts/fields.ts';
import { deskForm, rowForm } from '../parts/form.ts';
import { chip, panel } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';

const kinds = ['attendees', 'orders', 'payments', 'refunds', 'ledger', 'check_ins', 'deliveries'] as const;
const formats = ['xlsx', 'csv_semicolon', 'csv'] as const;
const eventsShownMax = 100;

/** Reports: request, download, and schedules. */
export function reportPages(addPage: AddPage): void {
  addPage('/desk/reports', showReports, { ask, download, cancel, schedule, endSchedule });
}

async function showReports(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = toolWords[language];
  const [reports, schedules, events] = await Promise.all([
    desk.api.get('/v1/organizers/:slug/reports', { param: { slug }, query: pageQuery(desk) }),
    desk.api.get('/v1/organizers/:slug/report-schedules', { param: { slug }, query: {} }),
    desk.api.get('/v1/organizers/:slug/events', { param: { slug }, query: { limit: eventsShownMax } }),
  ]);
  const eventOptions = [
    { value: '', label: words.allEvents },
    ...events.data.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return {
    title: words.reports,
    section: 'reports',
    body: html`<p class="lead">${words.reportsLead}</p>${panel(words.newReport, newReportForm(desk, eventOptions))}
${reports.data.length === 0 ? html`<p class="nothing">${words.noReports}</p>` : reportTable(desk, reports.data)}${paging(desk, reports.nextCursor)}
<h2>${words.schedules}</h2>
${schedules.data.length === 0 ? html`<p class="nothing">${words.noSchedules}</p>` : scheduleTable(desk, schedules.data)}${panel(words.newSchedule, newScheduleForm(desk, eventOptions))}`,
  };
}

type Report = Data<'/v1/organizers/:slug/reports'>['data'][number];
type Schedule = Data<'/v1/organizers/:slug/report-schedules'>['data'][number];

function reportTable(desk: Desk, rows: readonly Report[]): Html {
  const { language } = desk;
  const words = toolWords[language];
  return table({
    caption: words.reports,
    rows,
    columns: [
      { label: words.kind, cell: ({ kind, format }) => `${words.kinds[kind]}, ${words.formats[format]}` },
      { label: words.at, cell: ({ createdAt }) => formatDateTime(createdAt, homeTimeZone, language, 'medium') },
      {
        label: words.status,
        cell: ({ status }) => chip(statusWords[language][status] ?? status, status === 'ready' ? 'good' : 'plain'),
      },
      { label: words.rows, cell: ({ rows: count }) => formatCount(count, language), isNumber: true },
      {
        label: '',
        cell: ({ id, status }) => {
          const row = { idField: 'reportId', id };
          if (status === 'ready') return rowForm(desk, { ...row, act: 'download', submit: words.download });
          const isRunning = status === 'waiting' || status === 'making';
          return isRunning ? rowForm(desk, { ...row, act: 'cancel', submit: words.cancel }) : '';
        },
      },
    ],
  });
}

function scheduleTable(desk: Desk, rows: readonly Schedule[]): Html {
  const { language } = desk;
  const words = toolWords[language];
  return table({
    caption: words.schedules,
    rows,
    columns: [
      { label: words.kind, cell: ({ kind, format }) => `${words.kinds[kind]}, ${words.formats[format]}` },
      {
        label: words.every,
        cell: ({ weekday, hour }) =>
          `${weekday === null ? words.day : words.weekdays[weekday - 1]}, ${String(hour).padStart(2, '0')}:00`,
      },
      { label: words.nextRun, cell: ({ nextRunAt }) => formatDateTime(nextRunAt, homeTimeZone, language, 'medium') },
      {
        label: '',
        cell: ({ id }) =>
          rowForm(desk, {
            act: 'endSchedule',
            idField: 'scheduleId',
            id,
            submit: words.end,
            asks: askWords[language].reportSchedule,
          }),
      },
    ],
  });
}

type Options = readonly { readonly value: string; readonly label: string }[];

function contentFields(desk: Desk, form: Form, eventOptions: Options): Html[] {
  const { language } = desk;
  const words = toolWords[language];
  return [
    selectField(form, language, {
      name: 'kind',
      label: words.kind,
      options: kinds.map((kind) => ({ value: kind, label: words.kinds[kind] })),
    }),
    selectField(form, language, {
      name: 'eventId',
      label: words.event,
      value: desk.query('event') ?? '',
      options: eventOptions,
      isOptional: true,
    }),
    selectField(form, language, {
      name: 'format',
      label: words.format,
      options: formats.map((format) => ({ value: format, label: words.formats[format] })),
      hint: words.formatHint,
    }),
  ];
}

function newReportForm(desk: Desk, eventOptions: Options): Html {
  const form = desk.form('ask');
  return deskForm(desk, { form, body: contentFields(desk, form, eventOptions), submit: toolWords[desk.language].ask });
}

function newScheduleForm(desk: Desk, eventOptions: Options): Html {
  const { language } = desk;
  const words = toolWords[language];
  const form = desk.form('schedule');
  return deskForm(desk, {
    form,
    body: [
      ...contentFields(desk, form, eventOptions),
      selectField(form, language, {
        name: 'weekday',
        label: words.every,
        options: [
          { value: '', label: words.day },
          ...words.weekdays.map((label, index) => ({ value: String(index + 1), label })),
        ],
        isOptional: true,
      }),
      numberField(form, language, { name: 'hour', label: words.hour, value: 7 }),
    ],
    submit: words.schedule,
  });
}

function contentOf(values: Parameters<Act>[1]) {
  const eventId = values.optional('eventId');
  return {
    kind: kinds.find((kind) => kind === values.text('kind')) ?? kinds[0],
    format: formats.find((format) => format === values.text('format')) ?? formats[0],
    ...(eventId === undefined ? {} : { eventId }),
  };
}

const ask: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/reports', { param: { slug: desk.slug }, json: contentOf(values) });
  return done('/desk/reports', 'reportAsked');
};

const reportParam = (desk: Desk, values: Parameters<Act>[1]) => ({
  slug: desk.slug,
  reportId: values.text('reportId'),
});

/** Redirects to a link whose token is in the fragment, which browsers do not send. */
const download: Act = async (desk, values) => {
  const { url } = await desk.api.post('/v1/organizers/:slug/reports/:reportId/links', {
    param: reportParam(desk, values),
  });
  return url;
};

const cancel: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/reports/:reportId/cancellation', { param: reportParam(desk, values) });
  return done('/desk/reports', 'reportCancelled');
};

const schedule: Act = async (desk, values) => {
  const weekday = values.optional('weekday');
  await desk.api.post('/v1/organizers/:slug/report-schedules', {
    param: { slug: desk.slug },
    json: {
      ...contentOf(values),
      hour: values.number('hour'),
      every: weekday === undefined ? 'day' : 'week',
      ...(weekday === undefined ? {} : { weekday: Number(weekday) }),
    },
  });
  return done('/desk/reports', 'scheduled');
};

const endSchedule: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/report-schedules/:scheduleId', {
    param: { slug: desk.slug, scheduleId: values.text('scheduleId') },
  });
  return done('/desk/reports', 'scheduleEnded');
};
