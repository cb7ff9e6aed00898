import { describe, expect, it } from 'vitest';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import { collect, modelContract } from '../contracts/model.ts';
import { answerOf, commit, contextOf, edit, git, note, requestOf, streamed } from './rules-context.ts';

modelContract('rules', async () => ({
  model: createRuleReasoner(),
  request: requestOf(contextOf([edit('src/a.ts', 3, 1)])),
  inferences: () => 0,
  close: async () => {},
}));

describe('the rule reasoner as a model', () => {
  it('[TH1.20] is called rules, is no server, and is always ready', async () => {
    const model = createRuleReasoner();
    expect(model.reasoner).toEqual({ kind: 'rules', name: 'rules' });
    expect(await model.probe(new AbortController().signal)).toEqual({ ok: true, value: model.reasoner });
  });

  it('[TH1.20] spends no tokens and says so exactly', async () => {
    const events = await collect(createRuleReasoner(), requestOf(contextOf([edit('src/a.ts', 3, 1)])));
    expect(events.at(-1)).toEqual({
      kind: 'done',
      finish: 'stop',
      usage: { promptTokens: 0, completionTokens: 0, exact: true },
    });
  });

  it('[TH1.21] streams the reasoning first, then the insight, in small pieces', async () => {
    const pieces = await streamed(contextOf([edit('src/a.ts', 3, 1)]));
    expect(pieces.length).toBeGreaterThan(20);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(24);
    expect(pieces.join('')).toMatch(/^\{"reasoning":"Rule “session”.*","insight":\{"text":"Work began/);
  });

  it('[TH1.21] never cuts a character in two', async () => {
    const context = contextOf([note('🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊')]);
    const model = createRuleReasoner({ chunkChars: 1 });
    const events = await collect(model, requestOf(context));
    const pieces = events.flatMap((event) => (event.kind === 'token' ? [event.text] : []));
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
    expect(pieces).toContain('🦊');
  });

  it('[TH1.22] without a context it says that rules cannot answer free questions', async () => {
    expect((await streamed(null)).join('')).toMatch(/rules .* cannot answer free questions/);
  });

  it('[TH1.38] takes the priority from the worst severity', async () => {
    const of = async (...severities: ('debug' | 'info' | 'warning' | 'error' | 'critical')[]) =>
      (await answerOf(contextOf(severities.map((severity) => ({ source: 'ci', type: 'run', target: 'x', severity })))))
        .priority;
    expect(await of('debug')).toBe('low');
    expect(await of('info', 'debug')).toBe('low');
    expect(await of('warning', 'info')).toBe('medium');
    expect(await of('info', 'error', 'warning')).toBe('high');
    expect(await of('critical', 'error')).toBe('critical');
  });

  it('[TH1.38] gives a note at least medium, and keeps what is worse', async () => {
    expect((await answerOf(contextOf([note('hello')]))).priority).toBe('medium');
    const worse = contextOf([note('hello'), { source: 'ci', type: 'run', target: 'x', severity: 'critical' }]);
    expect((await answerOf(worse)).priority).toBe('critical');
  });

  it('[TH1.38] is surer of what it counted than of what it concluded', async () => {
    const counted = await answerOf(contextOf([commit('Fix', 1, 3, 1)]));
    const session = { startedAt: 0, edits: 3, files: [] };
    const concluded = await answerOf(contextOf([git('branch-switched', { from: 'main', to: 'next' })], { session }));
    expect(counted.metadata.confidence).toBe(0.9);
    expect(concluded.metadata.confidence).toBe(0.6);
  });

  it('[TH1.30] asks for a second look at an operation that waits for the owner', async () => {
    const answer = await answerOf(
      contextOf([git('operation-started', { operation: 'merge', conflicts: ['a.ts'] }, 'warning')]),
    );
    expect(answer.metadata).toMatchObject({
      should_monitor: true,
      next_check: 300,
      expected_outcome: 'The merge in shop has ended.',
    });
  });
});
