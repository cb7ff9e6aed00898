import { plainLine } from '../text.ts';
import { type Head, type KnownHead, type Move, short } from './head.ts';

/** What moved a branch: git's own word, as far as we tell them apart. */
export type How = 'commit' | 'merge' | 'pull' | 'cherry-pick' | 'revert' | 'am' | 'reset' | 'rebase' | 'moved';

/** One thing worth telling. `after` is what is known once it has been told. */
export type Step = { after: KnownHead } & (
  | { kind: 'moved'; from: string | null; to: string; branch: string; how: How }
  | { kind: 'amended'; from: string; to: string; branch: string }
  | { kind: 'switched'; from: string; to: string }
);

/** These only ever add commits on top. */
export const adds: ReadonlySet<How> = new Set<How>(['commit', 'merge', 'cherry-pick', 'revert', 'am']);

/**
 * Makes one story of what moved HEAD. A rebase is one step however many commits it replays; consecutive commits on one branch are one
 * step; a commit that was amended before anyone was told of it is only a commit; switching back and forth is nothing. Pure.
 */
export function stepsOf(known: KnownHead, now: KnownHead, moves: Move[]): Step[] {
  const steps: Step[] = [];
  const lastCheckout = moves.findLastIndex((move) => move.action === 'checkout');
  let here: Head = known;
  let rebase: Move | null = null;
  moves.forEach((move, index) => {
    if (rebase) {
      if (!endsRebase(move) && index < moves.length - 1) return;
      push(steps, moved({ ...move, from: rebase.from }, 'rebase', here));
      rebase = null;
    } else if (startsRebase(move)) rebase = move;
    else if (move.action === 'checkout') {
      const there = index === lastCheckout ? { ...now, hash: move.to } : target(move);
      push(steps, { kind: 'switched', from: here.branch, to: there.branch, after: { ...there, at: move.end } });
      here = there;
    } else if (move.action === 'commit (amend)' && move.from) {
      const { from, to } = move;
      push(steps, { kind: 'amended', from, to, branch: here.branch, after: after(here, move) });
    } else if (move.action !== 'clone') push(steps, moved(move, howOf(move), here));
    here = after(here, move);
  });
  // A renamed branch, or one that was left without a word in the log.
  const elsewhere = here.detached !== now.detached || (!now.detached && here.branch !== now.branch);
  if (elsewhere) push(steps, { kind: 'switched', from: here.branch, to: now.branch, after: now });
  return steps;
}

/** The same without a log: a changed commit on the same branch moved it, anything else is a switch. */
export function stepsWithoutLog(known: KnownHead, now: KnownHead): Step[] {
  const sameBranch = known.detached === now.detached && (now.detached || known.branch === now.branch);
  if (!sameBranch) return [{ kind: 'switched', from: known.branch, to: now.branch, after: now }];
  if (now.hash === null || now.hash === known.hash) return [];
  return [{ kind: 'moved', from: known.hash, to: now.hash, branch: now.branch, how: 'moved', after: now }];
}

const startsRebase = (move: Move): boolean => /^(?:rebase|pull).*\(start\)$/.test(move.action);
const endsRebase = (move: Move): boolean => /^(?:rebase|pull).*(?:\((?:finish|abort)\)| finished)$/.test(move.action);

const moved = (move: Move, how: How, here: Head): Step => ({
  kind: 'moved',
  from: move.from,
  to: move.to,
  branch: here.branch,
  how,
  after: after(here, move),
});

const after = (here: Head, move: Move): KnownHead => ({
  hash: move.to,
  branch: here.detached ? short(move.to) : here.branch,
  detached: here.detached,
  at: move.end,
});

/** The log does not say whether a name was a branch; what looks like a hash was none. */
function target(move: Move): Head {
  const name = plainLine(move.words.replace(/^moving from .* to /, ''), 200);
  const detached = name === 'HEAD' || /^[0-9a-f]{7,64}$/.test(name);
  return { hash: move.to, branch: detached ? short(move.to) : name, detached };
}

function howOf(move: Move): How {
  const [word = ''] = move.action.split(' ');
  if (move.action === 'commit (merge)') return 'merge';
  return words.find((known) => known === word) ?? 'moved';
}
const words: How[] = ['commit', 'merge', 'pull', 'cherry-pick', 'revert', 'am', 'reset', 'rebase'];

function push(steps: Step[], step: Step): void {
  const last = steps.at(-1);
  if (last && joins(last, step)) {
    steps.pop();
    const joined = { ...step, from: last.from } as Step;
    push(
      steps,
      step.kind === 'amended' && last.kind === 'moved' ? { ...last, to: step.to, after: step.after } : joined,
    );
  } else if (step.from !== step.to) steps.push(step);
}

function joins(last: Step, step: Step): boolean {
  if (last.kind === 'switched' || step.kind === 'switched') return last.kind === step.kind;
  if (last.to !== step.from || last.branch !== step.branch) return false;
  if (step.kind === 'amended') return last.kind === 'amended' || adds.has(last.how);
  return last.kind === 'moved' && adds.has(last.how) && adds.has(step.how);
}
