import type { ObservationView } from '../../core/protocol.ts';
import type { Details, Reasoner, Trust } from '../../core/types.ts';

/** Invented but believable days of work in one small shop repository: what was seen and what was concluded. */
export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;
export const model: Reasoner = { kind: 'server', name: 'reverie/qwen2.5-14b-instruct' };
export const rules: Reasoner = { kind: 'rules', name: 'rules' };
export const root = '/home/ada/shop';

/** One observation before it has an id and a time. */
export interface Seen {
  source: string;
  type: string;
  target: string;
  severity: ObservationView['severity'];
  details: Details;
  text: string;
  trust?: Trust;
  count?: number;
}

const signed = (added: number, removed: number) => `+${added} −${removed}`;
export const edit = (path: string, added: number, removed: number, ...near: string[]): Seen => ({
  source: 'files',
  type: 'file-changed',
  target: `shop/${path}`,
  severity: 'info',
  details: { root, place: root, path, bytesDelta: (added - removed) * 31, added, removed, against: 'commit', near },
  text: `${path} changed, ${signed(added, removed)}${near.length ? `, near ${near.join(', ')}` : ''}`,
});
export const made = (path: string, bytes: number): Seen => ({
  source: 'files',
  type: 'file-created',
  target: `shop/${path}`,
  severity: 'info',
  details: { root, place: root, path, bytes },
  text: `${path} appeared, ${bytes.toLocaleString('en')} bytes`,
});
export const gone = (path: string): Seen => ({
  source: 'files',
  type: 'file-deleted',
  target: `shop/${path}`,
  severity: 'info',
  details: { root, place: root, path },
  text: `${path} was deleted`,
});
const burst = (total: number, folders: Record<string, number>): Seen => ({
  source: 'files',
  type: 'burst',
  target: 'shop',
  severity: 'info',
  details: { name: 'files', place: root, total, byType: { 'file-changed': total }, folders },
  text: `${total} files changed together, most in ${Object.keys(folders)[0]}`,
});
const commit = (subject: string, files: number, added: number, removed: number, top: string): Seen => ({
  source: 'git',
  type: 'commit-made',
  target: 'shop/shop',
  severity: 'info',
  details: {
    hash: (files * 7919 + added * 104_729 + removed * 1_299_709).toString(16).padStart(10, '4').slice(0, 10),
    subject,
    branch: 'main',
    author: 'Ada',
    files,
    added,
    removed,
    top: [{ path: top, added, removed }],
    merge: false,
    place: root,
    repo: 'shop',
  },
  text: `Commit “${subject}” on main, ${files} files, ${signed(added, removed)}`,
});
const branch = (from: string, to: string): Seen => ({
  source: 'git',
  type: 'branch-switched',
  target: 'shop/shop',
  severity: 'info',
  details: { from, to, place: root, repo: 'shop' },
  text: `Branch switched from ${from} to ${to}`,
});
const conflict = (...conflicts: string[]): Seen => ({
  source: 'git',
  type: 'operation-started',
  target: 'shop/shop',
  severity: 'warning',
  details: { operation: 'merge', conflicts, place: root, repo: 'shop' },
  text: `A merge started with conflicts in ${conflicts.join(' and ')}`,
});
const dirty = (files: number, hours: number, ...paths: string[]): Seen => ({
  source: 'git',
  type: 'work-uncommitted',
  target: 'shop/shop',
  severity: 'warning',
  details: { files, paths, place: root, repo: 'shop' },
  text: `${files} files have been uncommitted for ${hours} hours`,
});
export const note = (text: string): Seen => ({
  source: 'notes',
  type: 'note-written',
  target: 'owner',
  severity: 'info',
  details: { text },
  text: `You wrote: ${text}`,
  trust: 'owner',
});

/** Days ago, time of day, text, importance, confidence, who formed it, on what evidence, judged how. */
type Told = [number, string, string, number, number, Reasoner, Seen[], ('useful' | 'less')?];

export const total = 'src/cart/total.ts';
const checkout = 'src/checkout/checkout.ts';
// biome-ignore format: a table reads best with one insight on a line
export const seeds: Told[] = [
  [0, '15:02', 'src/cart/total.ts was edited 6 times in 22 minutes, +58 −31, always near applyDiscount. Its test file has not changed since Tuesday.', 0.82, 0.86, model, [edit(total, 14, 9, 'applyDiscount'), edit(total, 21, 12, 'applyDiscount'), edit(total, 23, 10, 'applyDiscount', 'roundCents')]],
  [0, '14:41', 'Rounding moved from checkout.ts into roundCents in total.ts; checkout.ts still rounds once more on line 88, so a total can be rounded twice.', 0.91, 0.64, model, [edit(total, 18, 2, 'roundCents'), edit(checkout, 3, 15, 'submitOrder')], 'useful'],
  [0, '14:10', 'Committed “Show the discount in the cart”: 4 files, +96 −22, most of it in src/cart/cart-view.ts (+61 −9). It closes 12 edits over 1 hour.', 0.6, 0.9, rules, [commit('Show the discount in the cart', 4, 96, 22, 'src/cart/cart-view.ts')]],
  [0, '13:20', 'Your note “VAT for books is 7 %, not 19 %” meets src/cart/tax.ts: the table there has one rate for all goods and last changed on Monday.', 0.88, 0.71, model, [note('VAT for books is 7 %, not 19 %'), edit('src/cart/tax.ts', 2, 2, 'vatRate')], 'useful'],
  [0, '12:48', '3 files have been uncommitted since 08:40: src/cart/total.ts, src/cart/tax.ts and README.md.', 0.55, 0.9, rules, [dirty(3, 4, total, 'src/cart/tax.ts', 'README.md')]],
  [0, '11:32', 'Work began in src/cart: cart-view.ts +12 −3, near renderLine and renderTotal.', 0.42, 0.9, rules, [edit('src/cart/cart-view.ts', 12, 3, 'renderLine', 'renderTotal')]],
  [0, '10:55', 'tests/cart.test.ts grew by 44 lines while src/cart stayed as it was: the tests describe a discount that the code does not have yet.', 0.67, 0.72, model, [edit('tests/cart.test.ts', 44, 0, 'discount')]],
  [0, '09:14', 'While Reverie was off: 5 files changed, +112 −40, most in src/checkout.', 0.5, 0.9, rules, [edit(checkout, 61, 22), edit('src/checkout/address.ts', 33, 11), edit('src/checkout/pay.ts', 18, 7)]],
  [1, '18:22', 'The day’s 4 commits touch src/checkout and nothing else; each changed checkout.ts. The file is now 612 lines, the longest in src.', 0.7, 0.8, model, [commit('Split the address step', 3, 140, 98, checkout), commit('Keep the basket when paying fails', 2, 41, 12, checkout)], 'useful'],
  [1, '17:40', 'Committed “Keep the basket when paying fails”: 2 files, +41 −12, most of it in src/checkout/checkout.ts (+33 −10).', 0.56, 0.9, rules, [commit('Keep the basket when paying fails', 2, 41, 12, checkout)]],
  [1, '16:58', 'pay.ts now retries a refused card three times. A refusal is an answer, not a fault: a second try may charge twice.', 0.95, 0.58, model, [edit('src/checkout/pay.ts', 27, 4, 'charge', 'retry')], 'useful'],
  [1, '16:05', 'A merge of feature/address into main stopped with conflicts in src/checkout/checkout.ts and src/checkout/address.ts.', 0.84, 0.9, rules, [conflict(checkout, 'src/checkout/address.ts')]],
  [1, '15:31', '38 files changed together within a second, most in locales (34): this looks like one command, not like 38 edits.', 0.38, 0.85, rules, [burst(38, { locales: 34, src: 4 })], 'less'],
  [1, '14:12', 'src/checkout/checkout.ts: 24 edits in this session, 61 % of all lines changed today.', 0.58, 0.9, rules, [edit(checkout, 19, 6, 'submitOrder'), edit(checkout, 8, 8, 'validate')]],
  [1, '13:03', 'validate and validateAddress check the post code with different patterns; only the second accepts letters.', 0.78, 0.66, model, [edit('src/checkout/address.ts', 22, 5, 'validateAddress'), edit(checkout, 6, 1, 'validate')]],
  [1, '11:47', 'README.md still describes the one-page checkout that “Split the address step” removed.', 0.52, 0.74, model, [commit('Split the address step', 3, 140, 98, checkout)]],
  [1, '10:20', 'Committed “Split the address step”: 3 files, +140 −98, most of it in src/checkout/checkout.ts (+88 −80).', 0.6, 0.9, rules, [commit('Split the address step', 3, 140, 98, checkout)]],
  [1, '09:05', 'Switched from feature/address to main with 2 uncommitted files: they may have come along.', 0.63, 0.7, rules, [branch('feature/address', 'main'), dirty(2, 1, checkout, 'src/checkout/address.ts')]],
  [2, '19:10', 'You wrote “ask Lena about returns” three days ago; nothing about returns has changed since.', 0.61, 0.69, model, [note('ask Lena about returns')]],
  [2, '17:55', 'Committed “Load prices once”: 6 files, +72 −190, most of it in src/prices/load.ts (+40 −122). More was removed than added for the first time this week.', 0.66, 0.88, rules, [commit('Load prices once', 6, 72, 190, 'src/prices/load.ts')], 'useful'],
  [2, '17:02', 'The price cache has no limit and no age: in a shop that runs for weeks it keeps every price it ever saw.', 0.83, 0.62, model, [edit('src/prices/cache.ts', 35, 0, 'priceCache')], 'useful'],
  [2, '16:20', 'src/prices/load.ts: −122 lines, its largest change in 7 days (the next is 31).', 0.57, 0.9, rules, [edit('src/prices/load.ts', 40, 122, 'loadPrices')]],
  [2, '15:15', 'Three files in src/prices were deleted; src/admin/report.ts still imports src/prices/legacy.ts, one of them.', 0.92, 0.77, model, [gone('src/prices/legacy.ts'), gone('src/prices/fallback.ts'), gone('src/prices/round.ts')], 'useful'],
  [2, '13:44', 'tests/prices.test.ts is back to its committed version after 5 edits.', 0.35, 0.9, rules, [edit('tests/prices.test.ts', 0, 0)], 'less'],
  [2, '12:30', 'loadPrices is called in four places within one request: cart, checkout, tax and report.', 0.72, 0.6, model, [edit('src/prices/load.ts', 4, 4, 'loadPrices'), edit('src/cart/tax.ts', 1, 1, 'vatRate')]],
  [2, '10:41', 'A rebase of main began and ended in 40 seconds; 7 commits have new names.', 0.45, 0.86, rules, [{ source: 'git', type: 'history-rewritten', target: 'shop/shop', severity: 'warning', details: { from: '91ac0f23b1', to: '5e77d0a4c9', how: 'rebase', place: root, repo: 'shop' }, text: 'The history of main was rewritten by a rebase' }]],
  [2, '09:20', 'Work began in src/prices: load.ts +4 −4, near loadPrices.', 0.4, 0.9, rules, [edit('src/prices/load.ts', 4, 4, 'loadPrices')]],
  [3, '18:35', '7 files uncommitted since 13:10, the longest stretch in a week; the change spans src/admin and src/prices, two unrelated parts.', 0.68, 0.75, model, [dirty(7, 5, 'src/admin/report.ts', 'src/prices/load.ts', 'src/admin/export.ts')]],
  [3, '16:50', 'export.ts builds the CSV by joining with commas; product names in locales/de.json contain commas.', 0.87, 0.7, model, [made('src/admin/export.ts', 4_312), edit('locales/de.json', 12, 2)], 'useful'],
  [3, '15:22', 'src/admin/export.ts is new: 4,312 bytes, 118 lines.', 0.44, 0.9, rules, [made('src/admin/export.ts', 4_312)]],
  [3, '14:08', 'Your note “the report must open in a spreadsheet” relates to src/admin/report.ts, changed 4 times today.', 0.65, 0.8, rules, [note('the report must open in a spreadsheet'), edit('src/admin/report.ts', 9, 3, 'rows')]],
  [3, '12:17', 'report.ts sorts 20,000 rows on every keystroke in the filter field.', 0.74, 0.55, model, [edit('src/admin/report.ts', 16, 2, 'filterRows', 'sortRows')]],
  [3, '10:30', 'Committed “Admin: first report”: 9 files, +402 −3, most of it in src/admin/report.ts (+210 −0).', 0.62, 0.9, rules, [commit('Admin: first report', 9, 402, 3, 'src/admin/report.ts')]],
  [3, '09:02', 'Switched from main to feature/address.', 0.34, 0.9, rules, [branch('main', 'feature/address')], 'less'],
  [4, '17:48', 'The same vatRate constant was edited for the 3rd time in 2 days: 0.19, 0.16, 0.19.', 0.76, 0.84, rules, [edit('src/cart/tax.ts', 1, 1, 'vatRate'), edit('src/cart/tax.ts', 1, 1, 'vatRate')], 'useful'],
  [4, '16:11', 'A test in tests/cart.test.ts depends on today’s date; it will fail on the first day of each month.', 0.81, 0.63, model, [edit('tests/cart.test.ts', 18, 0, 'first of the month')], 'useful'],
  [4, '14:26', 'Committed “Cart: tax per line”: 5 files, +88 −35, most of it in src/cart/tax.ts (+51 −20).', 0.58, 0.9, rules, [commit('Cart: tax per line', 5, 88, 35, 'src/cart/tax.ts')]],
  [4, '12:03', 'tax.ts and total.ts now both add shipping; before this morning only total.ts did.', 0.89, 0.68, model, [edit('src/cart/tax.ts', 22, 3, 'taxOf'), edit(total, 5, 1, 'total')], 'useful'],
  [4, '10:15', 'Work began in src/cart: tax.ts +22 −3, near taxOf.', 0.41, 0.9, rules, [edit('src/cart/tax.ts', 22, 3, 'taxOf')]],
  [4, '09:00', 'Now watching shop: 2,014 files in 310 folders, 1 repository.', 0.3, 0.95, rules, [{ source: 'files', type: 'folder-seen', target: 'shop', severity: 'info', details: { files: 2_014, folders: 310, root }, text: 'First look at shop: 2,014 files in 310 folders' }]],
];

export const noise: Seen[] = [
  { ...edit('package-lock.json', 811, 790), text: 'package-lock.json changed, +811 −790' },
  edit('src/styles/cart.css', 3, 3),
  { ...edit('docs/api.md', 1, 1), count: 4 },
  made('notes/todo.txt', 240),
];
