import { Tabs } from '@base-ui/react/tabs';
import {
  Brain,
  ClipboardCheck,
  Cpu,
  Focus,
  HeartPulse,
  Lightbulb,
  type LucideIcon,
  MessageCircleQuestionMark,
  MoonStar,
  Settings,
} from 'lucide-react';
import type { View } from '../../core/protocol-shell.ts';
import { frameWords } from '../frame-words.ts';
import { viewOrder } from '../keys.ts';
import { modelWords, needsOwner } from '../model-words.ts';
import { useSnapshot } from '../page-context.ts';
import { useFrame } from '../use-frame.ts';
import { words } from '../words.ts';
import { Hint } from './Hint.tsx';

const icons: Record<View, LucideIcon> = {
  now: Focus,
  insights: Lightbulb,
  ask: MessageCircleQuestionMark,
  dreams: MoonStar,
  memory: Brain,
  delegations: ClipboardCheck,
  model: Cpu,
  health: HeartPulse,
  settings: Settings,
};

/** The way to each view: icons beside the view, with names where there is room, or at the foot of a narrow window. */
export function Rail() {
  const frame = useFrame();
  return (
    <Tabs.List className="rail" activateOnFocus aria-label={frameWords.views}>
      {viewOrder.map((view, index) => {
        const Icon = icons[view];
        return (
          <Hint
            key={view}
            name={words.views[view]}
            shortcut={String(index + 1)}
            side={frame === 'foot' ? 'top' : 'right'}
            off={frame === 'sidebar'}
          >
            <Tabs.Tab className={`tab tab-${view}`} value={view} aria-keyshortcuts={String(index + 1)}>
              <Icon aria-hidden="true" />
              <span className="tab-name">{words.views[view]}</span>
              <Badge view={view} />
            </Tabs.Tab>
          </Hint>
        );
      })}
    </Tabs.List>
  );
}

/** A dot where the owner could mend the model, and a count where something else asks for them. */
function Badge({ view }: { view: View }) {
  const needed = useSnapshot((snapshot) => view === 'model' && needsOwner(snapshot));
  const count = useSnapshot((snapshot) => {
    if (view === 'now') return snapshot.troubles.length;
    if (view === 'delegations') return snapshot.counts.proposals;
    return view === 'health' ? snapshot.counts.dead : 0;
  });
  if (needed)
    return (
      <span className="badge badge-dot">
        <span className="hidden">{modelWords.attention}</span>
      </span>
    );
  if (count === 0) return null;
  const said = view === 'now' ? words.troubleCount : view === 'health' ? words.deadCount : words.proposalCount;
  return (
    <span className={view === 'delegations' ? 'badge' : 'badge badge-warn'}>
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="hidden">{said(count)}</span>
    </span>
  );
}
