import { messageOf } from '../errors.ts';
import type { Stop } from '../ports.ts';
import type { Command, EngineEvent, Outcome } from '../protocol.ts';
import type { AnswerView } from '../protocol-owner.ts';
import { type AnswerParts, answerQuestion, type Grown } from '../think/ask/answer-question.ts';
import { letGo, memoryUnreadable, nothingAsked, programEnds, tooManyWait } from '../think/ask/answer-words.ts';

/** The owner's questions and their answers (SH8). */
export interface AskDesk {
  /** Takes a question; its answer grows under this id, one question after another. What cannot be taken is an answer that says so. */
  ask(text: string): Promise<{ id: string }>;
  /** The last of this run, newest first. */
  answers(): AnswerView[];
  send(command: Extract<Command, { kind: 'stop-answer' }>): Outcome;
  /**
   * What an answer rests on is gone: drops the answers that show this memory or may be about to, or all, running ones too. Clients hear them
   * emptied, and nothing else.
   */
  letGo(memoryId?: string): void;
  /** Ends what runs and takes no more. Resolves when nothing of it runs. */
  stop(): Promise<void>;
}

const keptAtMost = 20;
const waitingAtMost = 5;
const textAtMost = 2_000;
const tellEveryMs = 50;

export function createAskDesk(
  parts: AnswerParts & { nextId: () => string; emit: (event: EngineEvent) => void },
): AskDesk {
  const { clock, log } = parts;
  const teller = createTeller(parts);
  /** Newest first. */
  let answers: AnswerView[] = [];
  let waiting: string[] = [];
  let running: { id: string; controller: AbortController } | null = null;
  let working: Promise<void> | null = null;
  let ended = false;

  const find = (id: string) => answers.find((each) => each.id === id);

  /** Nothing that has ended or is gone grows again, whatever still comes of it. */
  function grow(id: string, grown: Grown): void {
    const before = find(id);
    if (!before || !isOpen(before)) return;
    const answer = { ...before, ...grown };
    answers = answers.map((each) => (each === before ? answer : each));
    teller.tell(answer);
  }

  function begin(question: string): string {
    const id = parts.nextId();
    const answer: AnswerView = { ...unanswered, id, question, askedAt: clock.now() };
    answers = [answer, ...answers];
    const oldest = answers.findLast((each) => !isOpen(each) && each !== answer);
    if (answers.length > keptAtMost) answers = answers.filter((each) => each !== oldest);
    teller.tell(answer);
    return id;
  }

  /** Why it cannot be taken; null when it can. */
  function refusal(question: string): string | null {
    if (ended) return programEnds;
    if (question === '') return nothingAsked;
    return waiting.length >= waitingAtMost ? tooManyWait(waitingAtMost) : null;
  }

  async function work(): Promise<void> {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await answerOne(id);
    working = null;
  }

  async function answerOne(id: string): Promise<void> {
    const controller = new AbortController();
    running = { id, controller };
    try {
      await answerQuestion(parts, find(id)?.question ?? '', (grown) => grow(id, grown), controller.signal);
    } catch (thrown) {
      if (controller.signal.aborted) return;
      log.error('question-failed', { error: messageOf(thrown) });
      grow(id, { state: 'failed', problem: memoryUnreadable(messageOf(thrown)) });
    } finally {
      running = null;
    }
  }

  /** Ends one that waits or runs; its text stays. */
  function end(id: string): void {
    grow(id, { state: 'stopped' });
    halt(id);
  }

  function halt(id: string): void {
    waiting = waiting.filter((each) => each !== id);
    if (running?.id === id) running.controller.abort(new Ended());
  }

  /** Who has begun and shows nothing yet may have read the memory before it went. */
  const mayRestOn = (memoryId: string, { id, state, evidence }: AnswerView): boolean =>
    evidence.some((each) => each.id === memoryId) || (state === 'recalling' && running?.id === id);

  return {
    async ask(text) {
      const question = text.slice(0, textAtMost).toWellFormed().trim();
      const problem = refusal(question);
      const id = begin(question);
      if (problem !== null) grow(id, { state: 'failed', problem });
      else {
        waiting.push(id);
        working ??= Promise.resolve().then(work);
      }
      return { id };
    },
    answers: () => answers,
    send({ id }) {
      const answer = find(id);
      if (!answer) return { ok: false, message: 'That answer is not there any more.' };
      if (!isOpen(answer)) return { ok: false, message: 'That answer is finished already.' };
      end(id);
      return { ok: true };
    },
    letGo(memoryId) {
      const gone = answers.filter((each) => memoryId === undefined || mayRestOn(memoryId, each));
      answers = answers.filter((each) => !gone.includes(each));
      for (const { id, question, askedAt } of gone) {
        halt(id);
        teller.tell({ ...unanswered, id, question, askedAt, state: 'stopped', problem: letGo });
      }
    },
    async stop() {
      ended = true;
      for (const { id } of answers.filter(isOpen)) end(id);
      await working;
      teller.stop();
    },
  };
}

class Ended extends Error {
  override readonly name = 'Ended';
}

const isOpen = ({ state }: AnswerView): boolean => state === 'recalling' || state === 'answering';

const unanswered: Omit<AnswerView, 'id' | 'question' | 'askedAt'> = {
  state: 'recalling',
  text: '',
  reasoner: null,
  why: '',
  evidence: [],
  problem: null,
};

/** Tells answers whole, the first change at once and then at most every 50 ms; each as it stands then. */
function createTeller({ clock, emit }: Pick<Parameters<typeof createAskDesk>[0], 'clock' | 'emit'>) {
  const changed = new Map<string, AnswerView>();
  let cancel: Stop | null = null;

  function flush(): void {
    cancel = null;
    if (changed.size === 0) return;
    const told = [...changed.values()];
    changed.clear();
    cancel = clock.after(tellEveryMs, flush);
    for (const answer of told) emit({ kind: 'answer-grew', answer });
  }

  return {
    tell(answer: AnswerView): void {
      changed.set(answer.id, answer);
      if (!cancel) flush();
    },
    /** Tells what is left, and leaves no timer. */
    stop(): void {
      cancel?.();
      flush();
      cancel?.();
      cancel = null;
    },
  };
}
