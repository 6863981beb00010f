import { type Contract, type ContractOperation, readContract } from '../../deploy/client/contract.ts';
import { examples } from '../../src/contract-examples.ts';

/** Every published operation, and requests to it. */
export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Names of the kinds of credential; empty for an operation that reads none. */
  readonly kinds: readonly string[];
  /** Whether it may also be called without a credential. */
  readonly isOpen: boolean;
  readonly parameters: readonly string[];
  readonly hasJsonBody: boolean;
};

export function readOperations(contract: Contract = readContract()): Operation[] {
  return Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationOf(method, path, operation)),
  );
}

function operationOf(method: string, path: string, { operationId, security, requestBody }: ContractOperation) {
  if (security === undefined) throw new Error(`${operationId} does not say who may call it`);
  const kinds = security.flatMap((one) => Object.keys(one));
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    kinds,
    isOpen: security.length === 0 || security.some((one) => Object.keys(one).length === 0),
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    hasJsonBody: requestBody?.content?.['application/json'] !== undefined,
  };
}

/** The path with these values in place of its parameters. */
export function pathOf({ path }: Pick<Operation, 'path'>, ids: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`no value for {${name}} of ${path}`);
    return id;
  });
}

/** The ids that the examples of the contract name, and the parameter of the object that each stands for. */
const exampleIds: Readonly<Record<string, string>> = {
  evt_7K3M9XQ2: 'eventId',
  cat_06FJ2V1H8C9QX4T0RBVE: 'ticketCategoryId',
  pol_06FJ2V1H8C3MZ8K5DAYN: 'poolId',
  tsk_06FJ2V1H8C9QX4T0RBVE: 'taskId',
};

/** The parameters of the objects that the example of an operation's body names. */
export function bodyReferences({ id }: Pick<Operation, 'id'>): string[] {
  const text = JSON.stringify(examples[id] ?? null);
  return Object.entries(exampleIds).flatMap(([example, name]) => (text.includes(example) ? [name] : []));
}

/** The example of an operation's body with these ids in it; undefined for an operation without a JSON body. */
export function bodyOf({ id, hasJsonBody }: Operation, ids: Readonly<Record<string, string>>): unknown {
  if (!hasJsonBody) return undefined;
  let text = JSON.stringify(examples[id] ?? {});
  for (const [example, name] of Object.entries(exampleIds)) text = text.replaceAll(example, ids[name] ?? example);
  return JSON.parse(text);
}

function idsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** The least role that each operation of an organiser needs. An operation in none of the lists fails the test. */
export const leastRoles: Readonly<Record<'owner' | 'manager' | 'door', readonly string[]>> = {
  owner: idsOf(`
    setMidtransAccount showMidtransAccount testMidtransAccount createSender listSenders changeSender disableSender submitSenderTemplates
    sendMessageTest showMessageTest
    listSenderTemplates createWebhookEndpoint changeWebhookEndpoint deleteWebhookEndpoint rotateWebhookSecret
    changeStaffRole createApiKey listApiKeys endApiKey`),
  manager: idsOf(`
    showWaitingRoom planWaitingRoom closeWaitingRoom pauseWaitingRoom resumeWaitingRoom showTicketCodes
    changeTicketCodes rotateTicketKey changeDoorSettings requestRefund listRefunds previewRefund summarizeRefunds listTasks showTask resolveTask resolveTasks
    resendTickets summarizeDeliveries listMessageTexts changeMessageText resetMessageText draftAnnouncement
    listAnnouncements showAnnouncement confirmAnnouncement cancelAnnouncement showMessageSettings setMessageSettings
    countNewsAudience listInboundMessages previewChange listChangeNotices showChangeNotice confirmChangeNotice cancelChangeNotice
    listSuppressions liftSuppression listWebhookEndpoints showWebhookEndpoint testWebhookEndpoint listWebhookDeliveries
    showWebhookDelivery replayWebhook replayWebhooks inviteStaff listStaff disableStaff showStaffAccess
    endStaffSessions createDevice listDevices endDevice listAuditLog createEvent listOrganizerEvents showOrganizerEvent
    changeEvent showReadiness publishEvent unpublishEvent cancelEvent postponeEvent resumeEvent setSales setPicture
    changePicture removePicture listScheduleItems createScheduleItem changeScheduleItem deleteScheduleItem
    listOrganizerTicketCategories createTicketCategory changeTicketCategory deleteTicketCategory createPool listPools
    changePool createPromoCode copyPromoCodes listPromoCodes changePromoCode cancelOrderAtDesk correctBuyer correctHolderName
    writeOrderNote
    placeComplimentaryOrder tellOrderStory showPersonalData showSales showSaleFigures listSaleMinutes streamSales requestReport
    listReports showReport cancelReport downloadReport createReportLink createReportSchedule listReportSchedules
    endReportSchedule createGate changeGate removeGate createZone changeZone removeZone
    showOrganizerProfile setOrganizerProfile listWaitingLines listQuestions createQuestion changeQuestion deleteQuestion`),
  door: idsOf(`
    listOrders showDeskOrder searchOrders listAttendees listGates listZones showDoorSettings listDeliveries`),
};
