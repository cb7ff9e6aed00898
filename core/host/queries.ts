import { observationWords } from '../observe/words.ts';
import type { Store, StoredObservation } from '../ports.ts';
import type { Door, ObservationView } from '../protocol.ts';
import type { AskDesk } from './ask-desk.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { ModelDesk } from './model-desk.ts';
import type { SettingsDesk } from './settings-desk.ts';
import type { SleepDesk } from './sleep-desk.ts';

/** Everything that a page may ask, each answered by whoever knows. */
export function createQueries(parts: {
  store: Store;
  memoryDesk: MemoryDesk;
  modelDesk: ModelDesk;
  sleepDesk: SleepDesk;
  askDesk: AskDesk;
  settingsDesk: SettingsDesk;
}): Door['query'] {
  const { store, memoryDesk, modelDesk, sleepDesk, askDesk, settingsDesk } = parts;
  return {
    insights: (query) => store.insights(query),
    evidence: async (ids) => (await store.observations(ids)).map(shown),
    recent: async (limit) => (await store.recentObservations(limit)).map(shown),
    proposals: (limit) => store.proposals(limit),
    deadLetters: async (limit) =>
      (await store.deadLetters(limit)).map((each) => ({
        ...each,
        observation: shown({ ...each.observation, salience: null, status: 'dead' }),
      })),
    search: memoryDesk.search,
    model: modelDesk.view,
    memories: memoryDesk.find,
    memory: memoryDesk.detail,
    tombstones: memoryDesk.tombstones,
    dreams: sleepDesk.view,
    answers: async () => askDesk.answers(),
    settings: async () => settingsDesk.view(),
    previewIgnore: settingsDesk.previewIgnore,
  };
}

const shown = (observation: StoredObservation): ObservationView => ({
  ...observation,
  text: observationWords(observation),
});
