/** The world of the busy owner: names only, so that the generator reads as what happens. Words of `causes` and `choices` occur in facts alone. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const repositories = words('shop ledger atlas courier beacon quarry');

/** Seven of each repository, in its order. */
export const components = words(`
  checkout basket catalogue pricing returns vouchers wishlist
  billing invoices accounts payouts taxes statements audits
  maps routing geocoder tiles elevation transit landmarks
  mailer templates inbox delivery bounces digests subscriptions
  alerts metrics tracing dashboards probes schedules escalation
  importer parser schema exporter indexer archive snapshots`);

export const things = words(`
  amounts addresses sessions tokens receipts uploads drafts refunds timestamps currencies retries exports locales quotas webhooks
  thumbnails permissions discounts batches cursors`);

export const roles = words('service policy view store client mapper guard loader format queue');

export const people = words(
  'Lena Tomas Aisha Pavel Ruth Diego Mina Jonas Farah Olga Henrik Priya Sam Yuki Bruno Nadia',
);

export const customers = words(
  'Northwind Halden Brightwater Kestrel Osprey Marlow Tindale Fenwick Calder Rowan Ashby Lindgren',
);

const causeKinds = words(
  'stale rotated orphaned truncated duplicated expired throttled misaligned detached unsigned swallowed reversed',
);
const causeThings = words(
  'certificate mutex heartbeat checksum cookie collation semaphore manifest passport keystore resolver savepoint',
);
const choiceKinds = words('flat nested signed packed sparse mirrored sealed hashed sorted ringed tagged frozen');
const choiceThings = words(
  'integers envelopes ledgers bitmaps columns buckets tuples shards journals prisms capsules lattices',
);

const pairsOf = (kinds: readonly string[], of: readonly string[]) =>
  kinds.flatMap((kind) => of.map((thing) => `${kind} ${thing}`));

/** Why something failed: each is used by one fact. */
export const causes = pairsOf(causeKinds, causeThings);
/** What the owner decided for: each is used by one fact. */
export const choices = pairsOf(choiceKinds, choiceThings);

/** Notes that a busy owner writes again and again, word for word. */
export const reminders = words(
  'timesheet standup retro payslip backup laptop dentist parking fruit plants invoices holidays',
).map((about) => `Remember the ${about} before the end of the week`);
