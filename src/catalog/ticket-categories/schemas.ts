import { z } from '@hono/zod-openapi';
import {
  blockOfText,
  givenTimeSchema,
  lineOfText,
  listOf,
  moneySchema,
  plainIdSchema,
  timeSchema,
  organizerEventParams,
} from '../../http/contract/schemas.ts';
import { descriptionLengthMax, nameLengthMax, positionMax, ticketsOfBuyerMax, ticketsOfOrderMax } from '../limits.ts';
import { publicTicketCategorySchema } from '../schemas.ts';

export const ticketCategoryParams = organizerEventParams.extend({ ticketCategoryId: plainIdSchema });
const categoryStatus = z.enum(['on_sale', 'closed']);

const ticketCategoryFields = {
  poolId: plainIdSchema,
  name: lineOfText(nameLengthMax),
  description: blockOfText(descriptionLengthMax),
  nameEn: lineOfText(nameLengthMax).nullable(),
  descriptionEn: blockOfText(descriptionLengthMax).min(1).nullable(),
  price: moneySchema,
  saleOpensAt: givenTimeSchema,
  saleClosesAt: givenTimeSchema,
  perOrderMin: z.int().min(1).max(ticketsOfOrderMax),
  perOrderMax: z.int().min(1).max(ticketsOfOrderMax),
  perBuyerMax: z.int().min(1).max(ticketsOfBuyerMax).nullable(),
  entryOpensAt: givenTimeSchema.nullable(),
  entryClosesAt: givenTimeSchema.nullable(),
  position: z.int().min(0).max(positionMax),
  status: categoryStatus,
  hasHolderNames: z.boolean(),
};

export const createTicketCategorySchema = z
  .strictObject({
    ...ticketCategoryFields,
    description: ticketCategoryFields.description.default(''),
    nameEn: ticketCategoryFields.nameEn.default(null),
    descriptionEn: ticketCategoryFields.descriptionEn.default(null),
    perOrderMin: ticketCategoryFields.perOrderMin.default(1),
    perOrderMax: ticketCategoryFields.perOrderMax.default(10),
    perBuyerMax: ticketCategoryFields.perBuyerMax.default(null),
    entryOpensAt: ticketCategoryFields.entryOpensAt.default(null),
    entryClosesAt: ticketCategoryFields.entryClosesAt.default(null),
    position: ticketCategoryFields.position.default(0),
    status: ticketCategoryFields.status.default('on_sale'),
    hasHolderNames: ticketCategoryFields.hasHolderNames.default(false),
  })
  .openapi('CreateTicketCategory');

export const changeTicketCategorySchema = z
  .strictObject(ticketCategoryFields)
  .partial()
  .openapi('ChangeTicketCategory');

export const organizerTicketCategorySchema = publicTicketCategorySchema
  .extend({
    poolId: plainIdSchema,
    entryOpensAt: timeSchema.nullable(),
    entryClosesAt: timeSchema.nullable(),
    position: z.int(),
    status: categoryStatus,
  })
  .openapi('OrganizerTicketCategory');

export const organizerTicketCategoriesSchema =
  listOf(organizerTicketCategorySchema).openapi('OrganizerTicketCategories');

export type CreateTicketCategory = z.output<typeof createTicketCategorySchema>;

export type ChangeTicketCategory = z.output<typeof changeTicketCategorySchema>;
