import { describe, expect, it } from 'vitest';
import { noteDraft } from '../../core/observe/sources/notes.ts';
import type { AppendBatch } from '../../core/ports.ts';
import type { ObservationDraft } from '../../core/types.ts';
import { draft } from '../kit/nouns.ts';
import { intakeWorld, refuse, sum } from './intake-world.ts';

const burst = { key: 'files:/shop', name: 'files' };
const file = (n: number, over: Partial<ObservationDraft> = {}) =>
  draft({ target: `src/f${n}.ts`, marks: [{ key: `f${n}`, value: n }], ...over });

describe('merging', () => {
  it('[OB4.2] equal facts inside one window become one row with a count and first and last time', async () => {
    const world = intakeWorld();
    world.files.offer(draft({ occurredAt: world.clock.now() - 50 }));
    world.files.offer(draft({ occurredAt: world.clock.now() - 20 }));
    world.files.offer(draft({ occurredAt: world.clock.now() - 90 }));
    await world.clock.pass(100);
    const now = world.clock.now() - 100;
    expect(await world.rows()).toMatchObject([{ count: 3, firstAt: now - 90, lastAt: now - 20 }]);
    expect(world.intake.figures()).toEqual({ received: 3, written: 1, merged: 2, folded: 0, waiting: 0 });
  });

  it('[OB4.3] an equal fact in a later window adds to the row while that waits, and becomes its own row when it does not', async () => {
    const world = intakeWorld();
    world.files.offer(draft());
    await world.clock.pass(100);
    world.files.offer(draft());
    await world.clock.pass(100);
    const [row] = await world.rows();
    expect(await world.rows()).toMatchObject([{ count: 2 }]);
    await world.store.giveBack([row!.id], 'x', 0);
    await world.store.giveBack([row!.id], 'x', 0);
    await world.store.giveBack([row!.id], 'x', 0);
    world.files.offer(draft());
    await world.clock.pass(100);
    expect((await world.rows()).map((each) => each.count)).toEqual([2, 1]);
    expect(world.intake.figures()).toMatchObject({ received: 3, written: 2, merged: 1 });
  });

  it('[OB4.4] equal facts further apart than the merge window stay apart, also when they were written together', async () => {
    const world = intakeWorld({ mergeMs: 2_000 });
    world.files.offer(draft());
    await world.clock.pass(2_100);
    world.files.offer(draft());
    await world.clock.pass(100);
    expect((await world.rows()).map((each) => each.count)).toEqual([1, 1]);
    world.door.append = refuse;
    world.files.offer(draft({ target: 'src/b.ts' }));
    await world.clock.pass(100); // the failed transaction holds the first; the next two wait behind it
    world.files.offer(draft({ target: 'src/c.ts' }));
    await world.clock.pass(3_000);
    world.files.offer(draft({ target: 'src/c.ts' }));
    world.door.append = world.store.append;
    await world.intake.flush();
    expect((await world.rows()).map((each) => each.target)).toEqual([
      'src/a.ts',
      'src/a.ts',
      'src/b.ts',
      'src/c.ts',
      'src/c.ts',
    ]);
  });
});

describe('bursts', () => {
  it('[OB4.5] many drafts with one key become one observation that names the burst, keeps the list and counts them all', async () => {
    const world = intakeWorld({ burstSize: 5 });
    const openedAt = world.clock.now();
    for (let n = 0; n < 4; n++) world.files.offer(file(n, { burst }));
    await world.clock.pass(50);
    for (let n = 4; n < 8; n++) world.files.offer(file(n, { burst }));
    await world.clock.pass(600);
    expect(await world.rows()).toMatchObject([
      {
        type: 'burst',
        target: 'src/',
        count: 8,
        firstAt: openedAt,
        lastAt: openedAt + 50,
        details: {
          name: 'files',
          total: 8,
          byType: { 'file-changed': 8 },
          folders: { 'src/': 8 },
          added: 24,
          removed: 8,
        },
      },
    ]);
    const [row] = await world.rows();
    expect(row?.details.of).toHaveLength(8);
    expect(await world.mark('f0')).toBe(0);
    expect(await world.mark('f7')).toBe(7);
    expect(world.intake.figures()).toEqual({ received: 8, written: 1, merged: 0, folded: 8, waiting: 0 });
  });

  it('[OB4.6] fewer than the burst size inside one window stay observations of their own', async () => {
    const world = intakeWorld({ burstSize: 5 });
    for (let n = 0; n < 4; n++) world.files.offer(file(n, { burst }));
    await world.clock.pass(100);
    for (let n = 4; n < 8; n++) world.files.offer(file(n, { burst }));
    await world.clock.pass(100);
    expect((await world.rows()).map((each) => each.type)).toEqual(Array.from({ length: 8 }, () => 'file-changed'));
  });

  it('[OB4.7] a burst ends when it is quiet, at the latest after three seconds, and a clock set back does not keep it open', async () => {
    const world = intakeWorld({ burstSize: 2 });
    const bursts = async () => (await world.rows()).length;
    for (let n = 0; n < 20; n++) {
      world.files.offer(file(n, { burst }));
      world.files.offer(file(n + 100, { burst }));
      await world.clock.pass(200);
      if (n < 14) expect(await bursts()).toBe(0);
    }
    expect(await bursts()).toBe(1);
    await world.clock.pass(400);
    expect(await bursts()).toBe(2);
    for (let n = 0; n < 4; n++) world.files.offer(file(n, { burst }));
    world.clock.jump(-3_600_000);
    await world.clock.pass(200);
    expect(await bursts()).toBe(3);
    expect(sum((await world.rows()).map((each) => each.count))).toBe(44);
  });
});

describe('durable before used', () => {
  it('[OB5.11] an observation and its marks lie in one transaction', async () => {
    const world = intakeWorld();
    world.files.offer(file(1));
    world.files.offer(file(2));
    await world.clock.pass(100);
    expect(world.tried).toHaveLength(1);
    expect(world.tried[0]?.entries).toHaveLength(2);
    expect(world.tried[0]?.marks).toEqual([
      {
        source: 'files:/shop',
        marks: [
          { key: 'f1', value: 1 },
          { key: 'f2', value: 2 },
        ],
      },
    ]);
    expect(world.wakes()).toBe(1);
  });

  it('[OB5.12] a mark offered after an open burst is not durable before the burst, whatever carries it', async () => {
    for (const carry of ['draft', 'remember'] as const) {
      const world = intakeWorld({ burstSize: 2 });
      for (let n = 0; n < 3; n++) world.files.offer(file(n, { burst, marks: [{ key: 'head', value: n }] }));
      if (carry === 'draft') world.files.offer(file(9, { marks: [{ key: 'head', value: 9 }] }));
      else world.files.remember([{ key: 'head', value: 9 }]);
      for (let step = 0; step < 10; step++) {
        await world.clock.pass(100);
        if ((await world.mark('head')) !== null) break;
      }
      expect(sum((await world.rows()).map((each) => each.count))).toBe(carry === 'draft' ? 4 : 3);
      expect(await world.mark('head')).toBe(9);
    }
  });

  it('[OB5.13] an older mark never replaces a newer one, also when the newer one came without a draft or from a burst', async () => {
    const world = intakeWorld({ burstSize: 3 });
    world.files.offer(file(1, { marks: [{ key: 'f', value: 'old' }] }));
    world.files.remember([{ key: 'f', value: 'new' }]);
    await world.clock.pass(100);
    expect(await world.mark('f')).toBe('new');
    for (let n = 0; n < 3; n++) world.files.offer(file(n, { burst, marks: [{ key: 'f', value: `burst ${n}` }] }));
    world.files.offer(file(5, { marks: [{ key: 'f', value: 'last' }] }));
    world.files.offer(file(6, { burst, marks: [{ key: 'g', value: 1 }] }));
    await world.intake.flush();
    expect(await world.mark('f')).toBe('last');
  });

  it('[OB5.14] marks behind more rows than one transaction holds wait for those rows', async () => {
    const world = intakeWorld();
    world.door.append = refuse;
    world.files.offer(file(0));
    await world.clock.pass(100);
    for (let n = 1; n <= 700; n++) world.files.offer(file(n));
    world.files.remember([{ key: 'all', value: true }]);
    world.door.append = world.store.append;
    await world.clock.pass(5_000);
    const withAll = world.tried.findIndex((batch) =>
      batch.marks.some(({ marks }) => marks.some((m) => m.key === 'all')),
    );
    expect(sum(world.tried.slice(withAll - 2, withAll + 1).map((batch) => batch.entries.length))).toBe(701);
    expect(world.tried.slice(withAll + 1)).toEqual([]);
    expect(await world.mark('all')).toBe(true);
  });

  it('[OB5.21] a burst is not written before more rows of its source than one transaction usually holds', async () => {
    const world = intakeWorld({ burstSize: 3 });
    world.door.append = refuse;
    world.files.offer(file(0));
    await world.clock.pass(100);
    for (let n = 1; n <= 700; n++) world.files.offer(file(n));
    for (let n = 701; n <= 705; n++) world.files.offer(file(n, { burst }));
    world.door.append = world.store.append;
    await world.intake.flush();
    const rows = await world.rows();
    expect(sum(rows.map((each) => each.count))).toBe(706);
    expect(rows.at(-1)).toMatchObject({ type: 'burst', count: 5 });
    for (const n of [0, 1, 600, 700, 705]) expect(await world.mark(`f${n}`)).toBe(n);
  });

  it('[OB5.15] a transaction that failed is tried again as it is, later and later, and the trouble is told and taken back', async () => {
    const world = intakeWorld();
    world.door.append = refuse;
    world.files.offer(file(1));
    await world.clock.pass(100);
    world.files.offer(file(2));
    const triedAt: number[] = [];
    for (let second = 0; second < 12; second++) {
      const before = world.tried.length;
      await world.clock.pass(1_000);
      if (world.tried.length > before) triedAt.push(second);
    }
    expect(world.tried.length).toBeLessThan(8);
    expect(triedAt.at(-1)! - triedAt.at(-2)!).toBeGreaterThan(triedAt[1]! - triedAt[0]!);
    for (const batch of world.tried) expect(batch).toEqual(world.tried[0]);
    expect(world.intake.figures()).toMatchObject({ received: 2, written: 0, waiting: 2 });
    expect(new Set(world.troubles)).toEqual(new Set(['write-failed']));
    world.door.append = world.store.append;
    await world.clock.pass(40_000);
    expect((await world.rows()).map((each) => each.target)).toEqual(['src/f1.ts', 'src/f2.ts']);
    expect(world.troubles.at(-1)).toBeNull();
    expect(world.intake.figures()).toMatchObject({ received: 2, written: 2, waiting: 0 });
  });

  it('[OB5.16] the owner’s note has its id when it is durable, and is refused, not counted, when it cannot be', async () => {
    const world = intakeWorld();
    const id = await world.intake.write('notes', noteDraft('ask Lena about returns'));
    expect(await world.rows()).toMatchObject([
      { id, source: 'notes', trust: 'owner', details: { text: 'ask Lena about returns' } },
    ]);
    expect(world.wakes()).toBe(1);
    world.door.append = refuse;
    await expect(world.intake.write('notes', noteDraft('again'))).rejects.toThrow('disk full');
    expect(world.intake.figures()).toEqual({ received: 1, written: 1, merged: 0, folded: 0, waiting: 0 });
  });

  it('[OB5.17] stopping writes what waits, open bursts included, takes nothing more and leaves no timer', async () => {
    const world = intakeWorld({ burstSize: 3 });
    for (let n = 0; n < 5; n++) world.files.offer(file(n, { burst }));
    world.files.offer(file(9));
    const stopping = world.intake.stop();
    world.files.offer(file(10));
    world.files.remember([{ key: 'late', value: 1 }]);
    await stopping;
    expect(sum((await world.rows()).map((each) => each.count))).toBe(6);
    expect(await world.mark('late')).toBeNull();
    expect(world.clock.waiting()).toBe(0);
    expect(world.intake.figures()).toMatchObject({ received: 6, waiting: 0 });
  });

  it('[OB5.18] stopping ends also when nothing can be written, without a timer, and says what still waits', async () => {
    const world = intakeWorld();
    world.door.append = refuse;
    world.files.offer(file(1));
    await world.intake.stop();
    expect(world.clock.waiting()).toBe(0);
    expect(world.intake.figures()).toMatchObject({ received: 1, waiting: 1 });
  });

  it('[OB5.19] a draft with a broken time or weight does not hold up the others', async () => {
    const world = intakeWorld();
    world.files.offer(file(1, { occurredAt: Number.NaN, priorityShift: Number.NaN }));
    world.files.offer(file(2, { occurredAt: Number.NEGATIVE_INFINITY }));
    await world.clock.pass(100);
    for (const row of await world.rows()) {
      expect(Number.isFinite(row.occurredAt)).toBe(true);
      expect(row.priority).toBe(3);
    }
  });
});

describe('more than it can hold', () => {
  it('[OB6.1] what does not fit the buffer joins one observation that counts it, and its marks are kept', async () => {
    const world = intakeWorld({ buffer: 10 });
    for (let n = 0; n < 30; n++) world.files.offer(file(n, { severity: n === 20 ? 'error' : 'info' }));
    expect(world.intake.figures().waiting).toBe(30);
    await world.intake.flush();
    const rows = await world.rows();
    expect(rows).toHaveLength(11);
    expect(rows.at(-1)).toMatchObject({ type: 'burst', count: 20, severity: 'error' });
    expect(sum(rows.map((each) => each.count))).toBe(30);
    for (let n = 0; n < 30; n++) expect(await world.mark(`f${n}`)).toBe(n);
  });

  it('[OB6.2] while writing fails, memory holds one transaction, the buffer and one burst per source, and all of it is written at last', async () => {
    const world = intakeWorld({ buffer: 50 });
    world.door.append = refuse;
    for (let n = 0; n < 8_000; n++) {
      world.files.offer(file(n));
      if (n % 100 === 0) await world.clock.pass(50);
    }
    expect(world.tried.length, 'failing is not answered by trying at every draft').toBeLessThan(10);
    expect(world.intake.figures()).toMatchObject({ received: 8_000, written: 0, waiting: 8_000 });
    world.door.append = world.store.append;
    await world.intake.flush();
    const rows = await world.rows();
    expect(rows.length).toBeLessThan(110);
    expect(sum(rows.map((each) => each.count))).toBe(8_000);
    for (const n of [0, 49, 50, 7_999]) expect(await world.mark(`f${n}`)).toBe(n);
  });

  it('[OB6.3] 20,000 marks of few keys that wait behind a burst are kept once each', async () => {
    const world = intakeWorld({ buffer: 10 });
    world.door.append = refuse;
    for (let n = 0; n < 20_500; n++) world.files.offer(file(n % 40, { marks: [{ key: `f${n % 40}`, value: n }] }));
    let written = 0;
    world.door.append = (batch: AppendBatch) => {
      written += sum(batch.marks.map((each) => each.marks.length));
      return world.store.append(batch);
    };
    await world.intake.flush();
    expect(written).toBeLessThan(11_000);
    for (let n = 0; n < 40; n++) expect(await world.mark(`f${n}`)).toBe(n < 20 ? 20_480 + n : 20_440 + n);
  });
});

describe('what Reverie caused itself', () => {
  it('[OB7.1] an equal fact with another cause or other trust is not merged with it', async () => {
    const world = intakeWorld();
    world.files.offer(draft());
    world.files.offer(draft({ causeId: 'delegation-1' }));
    world.files.offer(draft({ trust: 'app' }));
    await world.clock.pass(100);
    expect((await world.rows()).map((each) => [each.causeId, each.trust, each.count])).toEqual([
      [null, 'observed', 1],
      ['delegation-1', 'observed', 1],
      [null, 'app', 1],
    ]);
  });
});
