import { z } from '@hono/zod-openapi';
import {
  blockOfText,
  givenTimeSchema,
  lineOfText,
  optionalLine,
  plainIdSchema,
  organizerEventParams,
} from '../../http/contract/schemas.ts';
import { descriptionLengthMax, nameLengthMax, placeLengthMax } from '../limits.ts';

export const scheduleItemParams = organizerEventParams.extend({ scheduleItemId: plainIdSchema });

const scheduleItemFields = {
  title: lineOfText(nameLengthMax),
  stage: optionalLine(placeLengthMax),
  description: blockOfText(descriptionLengthMax),
  titleEn: lineOfText(nameLengthMax).nullable(),
  stageEn: lineOfText(placeLengthMax).nullable(),
  descriptionEn: blockOfText(descriptionLengthMax).min(1).nullable(),
  startsAt: givenTimeSchema,
  endsAt: givenTimeSchema,
};

export const createScheduleItemSchema = z
  .strictObject({
    ...scheduleItemFields,
    stage: scheduleItemFields.stage.default(''),
    description: scheduleItemFields.description.default(''),
    titleEn: scheduleItemFields.titleEn.default(null),
    stageEn: scheduleItemFields.stageEn.default(null),
    descriptionEn: scheduleItemFields.descriptionEn.default(null),
  })
  .openapi('CreateScheduleItem');

export const changeScheduleItemSchema = z.strictObject(scheduleItemFields).partial().openapi('ChangeScheduleItem');

export type CreateScheduleItem = z.output<typeof createScheduleItemSchema>;

export type ChangeScheduleItem = z.output<typeof changeScheduleItemSchema>;
