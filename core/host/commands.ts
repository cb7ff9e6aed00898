import { askedFocus, clearedFocus } from '../attend/asked-focus.ts';
import type { FocusState } from '../attend/focus.ts';
import { topicKey } from '../attend/noise.ts';
import { type Mind, workingKey, workingToJson } from '../loop/mind.ts';
import type { Runner } from '../loop/runner.ts';
import type { SettingsPort } from '../ports.ts';
import type { Command, Outcome } from '../protocol.ts';
import { reweigh } from '../remember/outcomes.ts';
import type { Insight, Verdict } from '../types.ts';
import type { AskDesk } from './ask-desk.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { ModelDesk } from './model-desk.ts';
import type { NowView } from './now-view.ts';
import type { SettingsDesk } from './settings-desk.ts';
import type { SleepDesk } from './sleep-desk.ts';

/** The key under which a pause outlives a restart. */
export const lifeKey = 'life';

/** The key under which stands which verdicts have weighed already. */
const weighedKey = 'weighed-verdicts';
const weighedAtMost = 1_000;
const reweighedAtMost = 20;

/** What the owner tells the mind to do; each answers with what became of it. */
export function createCommands(parts: {
  mind: Mind;
  runner: Runner;
  view: NowView;
  settings: SettingsPort;
  modelDesk: ModelDesk;
  sleepDesk: SleepDesk;
  memoryDesk: MemoryDesk;
  settingsDesk: SettingsDesk;
  askDesk: AskDesk;
}): (command: Command) => Promise<Outcome> {
  const { mind, runner, view, modelDesk } = parts;
  const { store, life } = mind;
  /** Two clicks at once are one after the other. */
  let judging: Promise<unknown> = Promise.resolve();

  async function send(command: Command): Promise<Outcome> {
    switch (command.kind) {
      case 'pause':
      case 'resume':
        return move(command.kind);
      case 'judge-insight':
        return inTurn(() => judge(command.id, command.verdict));
      case 'replay-dead-letter':
        return replay(command.id);
      case 'change-settings':
      case 'set-login':
        return parts.settingsDesk.send(command);
      case 'clear-focus':
        return attendTo(clearedFocus(mind.working.now.focus));
      case 'set-focus':
        return attendTo(askedFocus(mind.working.now.focus, command, mind.clock.now()));
      case 'pin-insight':
        return inTurn(() => pin(command.id, command.pinned));
      case 'load-model':
        return loadFor(command);
      case 'start-server':
      case 'get-model':
      case 'unload-model':
      case 'test-model':
      case 'try-again':
        return modelDesk.send(command);
      case 'sleep-now':
      case 'dream-now':
      case 'wake':
        return parts.sleepDesk.send(command);
      case 'correct-memory':
      case 'forget-memory': {
        const outcome = await parts.memoryDesk.send(command);
        if (outcome.ok) parts.askDesk.letGo(command.id);
        return outcome;
      }
      case 'stop-answer':
        return parts.askDesk.send(command);
      case 'pin-memory':
      case 'bring-back':
      case 'delete-memory':
      case 'export-memory':
        return parts.memoryDesk.send(command);
      case 'delete-everything': {
        const outcome = await parts.memoryDesk.send(command);
        // Whoever was paused still is, over a restart, too.
        await store.setState(lifeKey, life.life());
        return outcome;
      }
      case 'dismiss-trouble':
        view.setTrouble(command.key, null);
        return { ok: true };
    }
  }

  /** The owner's word is kept over a restart; null stands for words that cannot be read. */
  async function attendTo(focus: FocusState | null): Promise<Outcome> {
    if (!focus) return { ok: false, message: 'Nothing of that can be read. Say in a few words what to attend to.' };
    mind.working.now = { ...mind.working.now, focus };
    view.changed();
    await store.setState(workingKey, workingToJson(mind.working.now));
    return { ok: true };
  }

  /** What the owner loads for a role is the role's from then on; a click that was refused changes nothing. */
  async function loadFor(command: Extract<Command, { kind: 'load-model' }>): Promise<Outcome> {
    const { role, key } = command;
    const begun = await modelDesk.send(command);
    if (!begun.ok) return begun;
    const patch = role === 'thinker' ? { name: key } : { roles: { [role]: key } };
    const saved = parts.settings.update({ model: patch });
    return saved.ok ? begun : { ok: false, message: saved.failure.message };
  }

  /** At once (LO7): a running thought ends, its batch waits. It stays paused over a restart. */
  async function move(to: 'pause' | 'resume'): Promise<Outcome> {
    if (!life.can(to))
      return {
        ok: false,
        message: to === 'pause' ? 'Reverie is not running, so it cannot be paused.' : 'Reverie is not paused.',
      };
    life.send(to);
    if (to === 'pause') runner.interrupt('paused');
    await store.setState(lifeKey, life.life());
    runner.wake();
    return { ok: true };
  }

  function inTurn(judgement: () => Promise<Outcome>): Promise<Outcome> {
    const judged = judging.then(judgement);
    judging = judged.catch(() => null);
    return judged;
  }

  async function pin(id: string, pinned: boolean): Promise<Outcome> {
    const before = await store.insight(id);
    if (!before || !(await store.pinInsight(id, pinned)))
      return { ok: false, message: 'That insight is not there any more.' };
    view.emit({ kind: 'insight-changed', insight: { ...before, pinned } });
    return { ok: true };
  }

  async function judge(id: string, verdict: Verdict | null): Promise<Outcome> {
    const before = await store.insight(id);
    if (!before) return { ok: false, message: 'That insight is not there any more.' };
    await store.setVerdict(id, verdict);
    const by = (verdict === 'less' ? 1 : 0) - (before.verdict === 'less' ? 1 : 0);
    if (by !== 0)
      await store.addLessOf((await store.observations(before.evidenceIds)).map(topicKey), by === 1 ? 1 : -1);
    if (verdict !== null && (await isFirst(`${id} ${verdict}`))) await learnFrom(before, verdict);
    view.emit({ kind: 'insight-changed', insight: { ...before, verdict } });
    return { ok: true };
  }

  /** Each verdict on an insight weighs once, however often it is taken back and given again; the last thousand are known. */
  async function isFirst(verdict: string): Promise<boolean> {
    const kept = await store.state(weighedKey);
    const weighed = Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
    if (weighed.includes(verdict)) return false;
    await store.setState(weighedKey, [...weighed, verdict].slice(-weighedAtMost));
    return true;
  }

  /** What rests on the same evidence gains or loses by the owner's word (ME6). */
  async function learnFrom({ id, evidenceIds }: Insight, verdict: Verdict): Promise<void> {
    const resting = await store.restingOn([id, ...evidenceIds]);
    const ids = [...new Set(resting.map((each) => each.memoryId))].slice(0, reweighedAtMost);
    const memories = (await store.memoriesById(ids)).filter((each) => each.kind !== 'dream');
    const changes = memories.flatMap((memory) => reweigh(memory, verdict, mind.clock.now()) ?? []);
    if (changes.length > 0) await store.changeMemories(changes);
  }

  async function replay(id: string): Promise<Outcome> {
    if (!(await store.replay(id))) return { ok: false, message: 'That observation is not set aside any more.' };
    view.setTrouble('set-aside', null);
    runner.wake();
    return { ok: true };
  }

  return send;
}
