import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tabs } from '@base-ui/react/tabs';
import { useEffect, useState } from 'react';
import { usePart, useStore } from './page-context.ts';
import { LinkBanner } from './parts/LinkBanner.tsx';
import { Refused } from './parts/Refused.tsx';
import { TopBar } from './parts/TopBar.tsx';
import { Welcome } from './parts/Welcome.tsx';
import type { View } from './store.ts';
import { useWide } from './use-wide.ts';
import { DreamsView } from './views/DreamsView.tsx';
import { HealthView } from './views/HealthView.tsx';
import { InsightsView } from './views/InsightsView.tsx';
import { MemoryView } from './views/MemoryView.tsx';
import { ModelView } from './views/ModelView.tsx';
import { NowView } from './views/NowView.tsx';
import { ProposalsView } from './views/ProposalsView.tsx';
import { words } from './words.ts';

/** The whole page: the gate while there is nothing to show, else the shell with its seven views. */
export function App() {
  const link = usePart((state) => state.link);
  const ready = usePart((state) => state.snapshot !== null);
  if (link.kind === 'refused') return <Refused because={link.because} />;
  if (!ready) return <Waiting />;
  return (
    <CSPProvider disableStyleElements>
      <Shell />
    </CSPProvider>
  );
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
  const wide = useWide();
  const [helpOpen, setHelpOpen] = useState(false);
  // Back from an opened memory in another view: the focus goes to its tab.
  useEffect(() => {
    if (store.get().returnTo === null || view === 'memory') return;
    store.set({ returnTo: null });
    document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
  }, [store, view]);
  return (
    <Tabs.Root
      className="shell"
      orientation={wide ? 'vertical' : 'horizontal'}
      value={view}
      onValueChange={(value: View) => store.set({ view: value })}
    >
      <TopBar onHelp={() => setHelpOpen(true)} />
      <main className="main">
        <LinkBanner />
        <Tabs.Panel className="panel" value="now">
          <NowView />
        </Tabs.Panel>
        <Tabs.Panel className="panel" value="insights">
          <InsightsView />
        </Tabs.Panel>
        <Tabs.Panel className="panel" value="memory">
          <MemoryView />
        </Tabs.Panel>
        <Tabs.Panel className="panel" value="dreams">
          <DreamsView />
        </Tabs.Panel>
        <Tabs.Panel className="panel" value="proposals">
          <ProposalsView />
        </Tabs.Panel>
        <Tabs.Panel className="panel" value="model">
          <ModelView />
        </Tabs.Panel>
        <Tabs.Panel className="panel" value="health">
          <HealthView />
        </Tabs.Panel>
      </main>
      <Welcome open={helpOpen} onClose={() => setHelpOpen(false)} />
    </Tabs.Root>
  );
}
