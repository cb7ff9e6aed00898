import { describe, expect, it } from 'vitest';
import { follow, graceMs, opened, overdue, sawAmong, settle } from '../../core/remember/expectations.ts';
import { noon } from '../kit/nouns.ts';
import {
  at,
  counter,
  dayMs,
  dream,
  expectation,
  failed,
  lock,
  lockRule,
  memory,
  minuteMs,
  passed,
} from './learning-kit.ts';

const context = (now = noon + minuteMs) => ({ now, nextId: counter('e') });
const due = noon + 30 * minuteMs;
const late = due + graceMs + 1;
const saw = () => true;
const blind = () => false;

describe('what is expected', () => {
  it('[ME6.6] begins with an observation that fits the rule, and is due after the rule’s time', () => {
    const cause = lock(1);
    expect(opened([memory()], [at(0), cause], [], context())).toEqual([
      {
        id: 'e1',
        of: 'pattern',
        ofId: 'p1',
        causeId: cause.id,
        since: cause.occurredAt,
        dueAt: cause.occurredAt + lockRule.withinMs,
        wants: lockRule.then,
        words: '',
        confidence: expect.closeTo(0.438, 2),
      },
    ]);
    expect(opened([memory()], [failed(1)], [], context())).toEqual([]);
  });

  it('[ME6.7] begins with nothing that Reverie caused or concluded, and with no rule that says nothing', () => {
    const own = [lock(1, { causeId: 'x' }), lock(1, { trust: 'app' }), lock(1, { trust: 'derived' })];
    expect(opened([memory()], own, [], context())).toEqual([]);
    const vague = { ...lockRule, when: {} };
    expect(opened([memory({ rule: vague })], [lock(1)], [], context())).toEqual([]);
    expect(opened([memory({ rule: { ...lockRule, then: { type: null } } })], [lock(1)], [], context())).toEqual([]);
    expect(opened([memory({ rule: null })], [lock(1)], [], context())).toEqual([]);
  });

  it('[ME6.8] is expected once per rule at a time', () => {
    const twice = opened([memory(), memory({ id: 'p2' })], [lock(1), lock(2)], [], context());
    expect(twice.map((each) => [each.ofId, each.since])).toEqual([
      ['p1', noon + minuteMs],
      ['p2', noon + minuteMs],
    ]);
    expect(opened([memory()], [lock(2)], twice, context())).toEqual([]);
    expect(opened([memory()], [lock(40)], twice, context(late + minuteMs)), 'overdue').toHaveLength(1);
  });

  it('[ME6.9] is never more than 200 at a time', () => {
    const rules = Array.from({ length: 500 }, (_, n) => memory({ id: `p${n}` }));
    const open = opened(rules, [lock(1)], [], context());
    expect(open).toHaveLength(200);
    expect(opened(rules, [lock(2)], open, context())).toEqual([]);
  });

  it('[SL4.60] is watched for dreams in the same way, by what happened after they were dreamt', () => {
    const formed = dream({ formedAt: noon });
    expect(opened([formed], [lock(-5), lock(0)], [], context())).toEqual([]);
    expect(opened([formed], [lock(-5), lock(5)], [], context())).toMatchObject([{ of: 'dream', ofId: 'd1' }]);
    for (const validation of ['confirmed', 'refuted', 'expired'] as const)
      expect(opened([dream({ validation })], [lock(5)], [], context())).toEqual([]);
    expect(opened([memory({ validation: 'refuted' })], [lock(5)], [], context())).toEqual([]);
  });
});

describe('the settlement', () => {
  it('[ME6.10] is met by a later observation in time that fits', () => {
    const came = failed(5);
    expect(settle([expectation()], [passed(4), came, failed(6)], noon + 10 * minuteMs)).toEqual([
      { id: 'e1', of: 'pattern', ofId: 'p1', settlement: 'met', at: noon + 10 * minuteMs, observationIds: [came.id] },
    ]);
    expect(settle([expectation()], [failed(30)], late)[0]?.settlement).toBe('met');
    expect(settle([expectation()], [failed(31)], late, blind)[0]?.settlement).toBe('unknown');
  });

  it('[ME6.11] is never met by its cause, by something earlier, or by what Reverie caused', () => {
    const now = noon + 10 * minuteMs;
    const meets = (over: Parameters<typeof failed>[1], minutes = 5) =>
      settle([expectation()], [failed(minutes, over)], now);
    expect(meets({})).toHaveLength(1);
    expect(meets({ id: 'cause' })).toEqual([]);
    expect(meets({}, -1)).toEqual([]);
    expect(meets({}, 0), 'at the same moment').toEqual([]);
    expect(meets({ causeId: 'x' })).toEqual([]);
    expect(meets({ trust: 'app' })).toEqual([]);
  });

  it('[ME6.12] counts what arrives late as long as it happened in time', () => {
    expect(settle([expectation()], [passed(25)], due + 30_000)).toEqual([]);
    expect(settle([expectation()], [failed(29)], due + 50_000)[0]?.settlement).toBe('met');
    expect(settle([expectation()], [failed(29)], noon + dayMs)[0]?.settlement, 'after the machine slept').toBe('met');
  });

  it('[ME6.13] is not met when its source was looked at in the meantime, else unknown', () => {
    expect(settle([expectation()], [], late, saw)[0]?.settlement).toBe('not-met');
    expect(settle([expectation()], [], late, blind)[0]?.settlement).toBe('unknown');
    expect(settle([expectation()], [], due, saw), 'not due yet').toEqual([]);
    const asked: unknown[] = [];
    settle([expectation()], [], late, (...args) => asked.push(args) > 0);
    expect(asked).toEqual([['ci', noon, due + graceMs]]);
    expect(overdue([expectation(), expectation({ dueAt: late })], late)).toHaveLength(1);
  });

  it('[ME6.14] takes any observation of the source for having looked; files and git speak for each other', () => {
    const looked = sawAmong([passed(5), at(10, { source: 'files' })]);
    expect(looked('ci', noon, due)).toBe(true);
    expect(looked('ci', noon + 5 * minuteMs, due)).toBe(false);
    expect(looked('git', noon, due)).toBe(true);
    expect(looked('logs', noon, due)).toBe(false);
    expect(looked(null, noon, due)).toBe(true);
    expect(sawAmong([])(null, noon, due)).toBe(false);
  });

  it('[ME6.15] of what must not be seen is the other way round', () => {
    const none = expectation({ of: 'decision', wants: { ...lockRule.then, absent: true } });
    const came = failed(5);
    expect(settle([none], [came], due)).toMatchObject([{ settlement: 'not-met', observationIds: [came.id] }]);
    expect(settle([none], [passed(5)], late)).toMatchObject([{ settlement: 'met', observationIds: [] }]);
    expect(settle([none], [], late)).toMatchObject([{ settlement: 'unknown' }]);
  });

  it('[ME6.16] waits while the clock is set back, and does not settle everything when it is set on', () => {
    const open = Array.from({ length: 50 }, (_, n) => expectation({ id: `e${n}`, ofId: `p${n}` }));
    const before = noon - 365 * dayMs;
    const old = failed(5, { occurredAt: before });
    expect(settle(open, [old], before, saw)).toEqual([]);
    expect(
      opened([memory({ id: 'p0', formedAt: before - 1 })], [lock(0, { occurredAt: before })], open, context(before)),
    ).toHaveLength(1);
    const ahead = settle(open, [], noon + 365 * dayMs, sawAmong([failed(0, { occurredAt: noon + 365 * dayMs })]));
    expect(new Set(ahead.map((each) => each.settlement))).toEqual(new Set(['unknown']));
  });
});

describe('a batch', () => {
  it('[ME6.17] that both sets off a rule and fulfils it counts as a hit, and opens it anew for what follows', () => {
    const [first, came, again] = [lock(1), failed(2), lock(3)];
    const { expectations, settled } = follow([memory()], [again, came, first], [], { ...context(), sawSource: saw });
    expect(expectations.map((each) => each.causeId)).toEqual([first.id, again.id]);
    expect(settled).toMatchObject([{ id: expectations[0]?.id, settlement: 'met', observationIds: [came.id] }]);
  });

  it('[ME6.18] settles what is overdue and may open the same rule again', () => {
    const cause = lock(60);
    const now = noon + 61 * minuteMs;
    const { expectations, settled } = follow([memory()], [cause], [expectation()], { ...context(now), sawSource: saw });
    expect(settled).toMatchObject([{ id: 'e1', settlement: 'not-met' }]);
    expect(expectations).toMatchObject([{ causeId: cause.id }]);
  });
});
