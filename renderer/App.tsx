import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tabs } from '@base-ui/react/tabs';
import { Toast } from '@base-ui/react/toast';
import { Tooltip } from '@base-ui/react/tooltip';
import { type ComponentType, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import type { View } from '../core/protocol-shell.ts';
import { titleWords } from './frame-words.ts';
import { type KeyAction, viewOrder } from './keys.ts';
import { later } from './later.ts';
import { usePart, useSnapshot, useStore } from './page-context.ts';
import { LinkBanner } from './parts/LinkBanner.tsx';
import { Rail } from './parts/Rail.tsx';
import { Refused } from './parts/Refused.tsx';
import { Toasts } from './parts/Toasts.tsx';
import { Brand, TopBar } from './parts/TopBar.tsx';
import { applyTheme } from './theme.ts';
import { useGo, useTell } from './use-act.ts';
import { useFrame } from './use-frame.ts';
import { type Tops, useKeptScroll } from './use-kept-scroll.ts';
import { escapeFrom, moveInList, useKeys } from './use-keys.ts';
import { InsightsView } from './views/InsightsView.tsx';
import { NowView } from './views/NowView.tsx';
import { words } from './words.ts';

const Layers = later(async () => (await import('./parts/Layers.tsx')).Layers);
// The views that are not looked at first.
const AskView = later(async () => (await import('./views/AskView.tsx')).AskView);
const DreamsView = later(async () => (await import('./views/DreamsView.tsx')).DreamsView);
const MemoryView = later(async () => (await import('./views/MemoryView.tsx')).MemoryView);
const DelegationsView = later(async () => (await import('./views/DelegationsView.tsx')).DelegationsView);
const ModelView = later(async () => (await import('./views/ModelView.tsx')).ModelView);
const HealthView = later(async () => (await import('./views/HealthView.tsx')).HealthView);
const SettingsView = later(async () => (await import('./views/SettingsView.tsx')).SettingsView);

const views: Record<View, ComponentType> = {
  now: NowView,
  insights: InsightsView,
  ask: AskView,
  dreams: DreamsView,
  memory: MemoryView,
  delegations: DelegationsView,
  model: ModelView,
  health: HealthView,
  settings: SettingsView,
};

/** The whole page: the gate while there is nothing to show, else the frame with its nine views. */
export function App() {
  const link = usePart((state) => state.link);
  const ready = usePart((state) => state.snapshot !== null);
  useWindowTitle();
  if (link.kind === 'refused') return <Refused because={link.because} />;
  if (!ready) return <Waiting />;
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={500} closeDelay={0}>
        <Toast.Provider>
          <Shell />
        </Toast.Provider>
      </Tooltip.Provider>
    </CSPProvider>
  );
}

function useWindowTitle(): void {
  const title = usePart(({ snapshot, link }) => titleWords(snapshot, link.kind === 'lost'));
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function Waiting() {
  const lost = usePart((state) => state.link.kind === 'lost');
  return (
    <main className="gate">
      <h1 className="gate-title">{words.product}</h1>
      <output>{lost ? words.waiting : words.connecting}</output>
    </main>
  );
}

function Shell() {
  const store = useStore();
  const view = usePart((state) => state.view);
  const frame = useFrame();
  const [tops] = useState<Tops>(() => new Map());
  useTheme();
  useArrival();
  useKeys(useKeyActions());
  return (
    <>
      <Tabs.Root
        className={`shell shell-${view}`}
        orientation={frame === 'foot' ? 'horizontal' : 'vertical'}
        value={view}
        onValueChange={(value: View) => store.set({ view: value })}
      >
        <header className="frame">
          <Brand />
          <Rail />
          <TopBar />
        </header>
        <main className="main">
          {viewOrder.map((each) => (
            <Tabs.Panel key={each} className="panel" value={each}>
              <Kept view={each} tops={tops} />
            </Tabs.Panel>
          ))}
          <div className="over">
            <Toasts />
            <LinkBanner />
          </div>
        </main>
      </Tabs.Root>
      <Suspense>
        <Layers />
      </Suspense>
    </>
  );
}

/** One view, where it was left. */
function Kept({ view, tops }: { view: View; tops: Tops }) {
  const place = useRef<HTMLSpanElement>(null);
  useKeptScroll(place, view, tops);
  const Content = views[view];
  return (
    <>
      <span ref={place} hidden />
      <Suspense>
        <Content />
      </Suspense>
    </>
  );
}

function useTheme(): void {
  const theme = useSnapshot((snapshot) => snapshot.settings.theme);
  useEffect(() => applyTheme(theme, document.documentElement, () => localStorage), [theme]);
}

/**
 * Where the focus goes when the view is another: back from an opened memory to the tab; by key or by name to the heading; and to the
 * heading as well when what had it is gone. Who presses a tab stays there.
 */
function useArrival(): void {
  const store = useStore();
  const view = usePart((state) => state.view);
  const arrivals = usePart((state) => state.arrivals);
  const seen = useRef({ view, arrivals });
  useEffect(() => {
    const before = seen.current;
    seen.current = { view, arrivals };
    if (store.get().returnTo !== null && view !== 'memory') {
      store.set({ returnTo: null });
      document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
    } else if (before.arrivals !== arrivals || (before.view !== view && isNowhere(document.activeElement))) {
      viewTitle()?.focus();
    }
  }, [store, view, arrivals]);
}

/** On nothing, or in the view that was left. */
const isNowhere = (at: Element | null): boolean => !at || at === document.body || at.closest('.panel[inert]') !== null;

const viewTitle = () => document.getElementById('view-title');

function useKeyActions(): (action: KeyAction, event: KeyboardEvent) => void {
  const store = useStore();
  const go = useGo();
  const tell = useTell();
  return useCallback(
    (action, event) => {
      if (action.kind === 'escape') return escapeFrom(event, viewTitle());
      event.preventDefault();
      switch (action.kind) {
        case 'view':
          return go(action.view);
        case 'palette':
          return store.set({ layer: store.get().layer === 'palette' ? null : 'palette' });
        case 'keys':
          return store.set({ layer: 'keys' });
        case 'pause':
          return void tell({ kind: store.get().snapshot?.life === 'paused' ? 'resume' : 'pause' }, null);
        case 'next':
          return moveInList(1);
        case 'previous':
          return moveInList(-1);
      }
    },
    [store, go, tell],
  );
}
