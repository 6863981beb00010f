/**
 * Every column that can hold a text, by table. A new one is put into one of the two lists. Where it can hold something of a person, the
 * document of a person (`src/desk/personal-data`) shows it, or the reason stands here.
 *
 * `clear`: as it was given. `keyed`: the keyed hash of an address or network. `sealed`: encrypted.
 */
export const columnsOfPersons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  answers: {
    value: 'clear',
  },
  audit_log: {
    subject_id: 'keyed where it is an address that was asked for',
  },
  buyer_verifications: {
    account_key: 'keyed: leads to the request',
    target_sealed: 'sealed: the address that was asked for, for some minutes',
  },
  callback_payloads: {
    payload: "the gateway's own words about a payment, which are dropped by day",
  },
  deliveries: {
    recipient_key: 'keyed: leads to the message',
  },
  inbound_messages: {
    recipient_key: 'keyed: leads to the message',
    sealed: 'sealed: shown',
  },
  limit_counters: {
    counter_key: 'keyed: a number of tickets, which the orders show',
  },
  message_shares: {
    recipient_key: 'keyed: a count of one hour over all organisers',
  },
  news_stops: {
    recipient_key: 'keyed: leads to the word',
  },
  order_notes: {
    text: 'clear',
  },
  order_searches: {
    name: 'clear, a copy of the order and its tickets',
    contact: 'clear, a copy of the order',
  },
  orders: {
    buyer_name: 'clear',
    buyer_email: 'clear',
    buyer_phone: 'clear',
    buyer_keys: 'keyed: leads to the order',
    confirmed_key: 'keyed: one of buyer_keys',
    network_key: 'keyed: counts by network, and shows nobody',
  },
  organizer_profiles: {
    contact_email: 'of the organiser',
    contact_phone: 'of the organiser',
  },
  places: {
    account_key: 'keyed: leads to the place',
  },
  staff: {
    name: 'of the team',
    email: 'of the team',
  },
  suppressions: {
    recipient_key: 'keyed: leads to the suppression',
  },
  ticket_transfers: {
    holder_name: 'clear',
    holder_email: 'clear',
    holder_key: 'keyed: leads to the ticket',
  },
  tickets: {
    holder_name: 'clear',
  },
  waiting_entries: {
    name: 'clear',
    email: 'clear',
    phone: 'clear',
    email_key: 'keyed: leads to the entry',
  },
};

/** Ids, states, settings, and texts about events, places and money. */
export const otherColumns: Readonly<Record<string, string>> = {
  admissions: 'actor_id device_id event_id gate scan_id ticket_id zone_id',
  announcements:
    'after_order_id audience channels content created_by digest event_id id kind occasion organizer_id status',
  answers: 'event_id order_id question_id subject_id',
  api_keys: 'created_by id key_hash name organizer_id responsible_id role scopes',
  audit_log: 'act actor_id actor_kind changes organizer_id',
  buyer_verifications: 'channel event_id id locale organizer_id',
  callbacks: 'attempt_id dedup_key gateway organizer_id outcome status',
  dead_letters: 'failure name payload',
  deliveries: 'channel event_id failure id organizer_id provider_message_id sender_id share status subject_id template',
  devices: 'created_by event_id id name organizer_id responsible_id token_hash',
  door_settings: 'category_notes event_id',
  draw_leaves: 'event_id leaves root',
  draws:
    'beacon_chain beacon_randomness beacon_signature draw_key event_id merkle_root seed seed_hash seed_sealed state void_reason voided_places',
  event_notices: 'after_order_id before event_id id kind',
  events:
    'address category category_key city city_key country currency description description_en id name name_en organizer_id picture_alt picture_id sales slug status summary summary_en time_zone venue',
  gates: 'event_id id name name_key re_entry ticket_category_ids zone_id',
  gateway_statuses: 'failure message_id sender_id state_id status',
  inbound_messages: 'command id organizer_id provider_message_id sender_id',
  ledger_entries: 'account attempt_id currency event_id order_id posting',
  limit_counters: 'event_id',
  message_settings: 'change_notices event_id',
  message_shares: 'channel queued_at share',
  message_texts: 'body locale organizer_id template',
  news_consents: 'event_id locale order_id organizer_id wording',
  news_stops: 'channel organizer_id',
  order_lines: 'event_id order_id pool_id ticket_category_id',
  order_notes: 'author_id author_kind event_id id order_id',
  order_search_marks: 'after_order_id event_id',
  order_searches: 'event_id order_id organizer_id',
  orders: 'cancelled_by close_reason currency event_id flags id locale organizer_id promo_code_id status traceparent',
  organizer_profiles: 'organizer_id privacy_en privacy_id terms_en terms_id',
  organizers: 'id name slug',
  outbox: 'event_id name payload traceparent',
  payment_accounts: 'credentials gateway merchant_id organizer_id',
  payment_attempts:
    'currency event_id failure gateway gateway_reference id instructions method order_id organizer_id redirect_url status',
  pictures: 'id organizer_id',
  places: 'event_id',
  pools: 'event_id id name',
  promo_codes: 'code code_key event_id id kind status',
  questions: 'choices event_id id kind scope status text text_en',
  refund_requests: 'event_id fingerprint idempotency_key_hash order_id',
  refunds:
    'attempt_id currency event_id failure gateway_refund_key id idempotency_key_hash order_id organizer_id reason requested_by status ticket_ids',
  report_schedules: 'covers event_id every format id kind member_id organizer_id time_zone',
  reports: 'event_id failure filters format id kind member_id organizer_id requested_by schedule_id status',
  retired_codes: 'code event_id ticket_id',
  sale_minutes: 'event_id',
  scans:
    'actor_id conflict_gate content decision device_id direction event_id fault first_gate gate gate_key result scan_id ticket_id undone_by undone_reason zone_id',
  schedule_items: 'description description_en event_id id stage stage_en title title_en',
  sender_days: 'sender_id',
  sender_templates: 'language name reason sender_id status',
  senders: 'business_account_id credentials external_id id kind last_failure organizer_id status',
  serving_marks: 'event_id',
  sessions: 'id network_key staff_id',
  spent_passes: 'event_id order_id',
  staff: 'event_ids id invited_by locale manager_event_ids organizer_id password_hash role status',
  staff_tokens: 'id purpose staff_id',
  stock: 'event_id pool_id',
  suppressions: 'channel reason',
  switch_turns: 'event_id name reason turned_by',
  switches: 'changed_by event_id event_slug name reason',
  tasks: 'content detail event_id id kind order_id organizer_id resolved_by subject_id',
  ticket_categories: 'description description_en event_id id name name_en pool_id status',
  ticket_keys: 'event_id private_key public_key status',
  ticket_transfers: 'event_id ticket_id',
  tickets: 'code event_id id order_id revoked_reason status ticket_category_id',
  waiting_entries: 'event_id id locale order_id pool_id status ticket_category_id',
  waiting_rooms: 'event_id organizer_id phase',
  webhook_deliveries: 'endpoint_id failure status subject_id webhook_id',
  webhook_endpoints: 'description disabled_reason id organizer_id previous_secret secret status types url',
  webhooks: 'data event_id id organizer_id subject_id type',
  zones: 'event_id id name name_key',
};
