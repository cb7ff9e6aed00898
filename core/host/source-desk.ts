import { messageOf } from '../errors.ts';
import type { Intake } from '../observe/intake.ts';
import type { Log, PlannedSource, Sink, Source, SourceHealth, Store, WatchPlan } from '../ports.ts';
import type { Snapshot } from '../protocol.ts';
import type { Settings } from '../settings.ts';

/** The sources: begun, ended and begun anew as the settings say, one change after the other. */
export interface SourceDesk {
  /**
   * Follows the settings as they are now: sources that would be others end, new ones begin, the rest go on untouched. Of changes that come
   * quickly only the last counts. Resolves when what is wanted has begun; the first call begins everything.
   */
  follow(): Promise<void>;
  /** Resolves when every source has looked for the first time. */
  looked(): Promise<void>;
  /** Every source looks again for what it missed. */
  rescan(): Promise<void>;
  /** The folders that are watched. */
  folders(): readonly string[];
  shown(): Snapshot['sources'];
  /** Ends all of them, also while they begin. Idempotent, never rejects. */
  stop(): Promise<void>;
}

interface Standing {
  same: string;
  source: Source;
  health: SourceHealth;
  /** Its first look; null before it was begun. */
  looking: Promise<void> | null;
}

export function createSourceDesk(parts: {
  /** Throws only on a bug. */
  plan: (watch: Settings['watch']) => WatchPlan;
  settings: () => Settings['watch'];
  intake: Pick<Intake, 'sink' | 'flush'>;
  store: Pick<Store, 'markPage' | 'mark'>;
  log: Log;
  onChange: () => void;
}): SourceDesk {
  const { intake, store, log } = parts;
  let followed = JSON.stringify(parts.settings());
  let { folders, sources } = parts.plan(parts.settings());
  let standing = sources.map(standingOf);
  let ended = false;
  let turn: Promise<void> = Promise.resolve();

  async function round(): Promise<void> {
    const wanted = JSON.stringify(parts.settings());
    if (!ended && wanted !== followed) {
      followed = wanted;
      await replace(parts.plan(parts.settings()));
    }
    if (!ended) for (const each of standing) each.looking ??= look(each);
  }

  async function replace(next: WatchPlan): Promise<void> {
    const known = new Map(standing.map((each) => [each.same, each]));
    const leaving = standing.filter(({ same }) => !next.sources.some((planned) => planned.same === same));
    ({ folders, sources } = next);
    standing = sources.map((planned) => known.get(planned.same) ?? standingOf(planned));
    parts.onChange();
    await Promise.all(leaving.map(end));
    // Whoever comes after reads the marks: what was offered must stand there, or it would be told once more.
    if (leaving.length > 0) await intake.flush();
  }

  async function look(each: Standing): Promise<void> {
    const { source } = each;
    const sink: Sink = {
      ...intake.sink(source),
      health(health) {
        each.health = health;
        if (standing.includes(each)) parts.onChange();
      },
    };
    const marks = {
      page: (afterKey: string, limit: number) => store.markPage(source.id, afterKey, limit),
      get: (key: string) => store.mark(source.id, key),
    };
    try {
      await source.start(sink, marks);
    } catch (thrown) {
      if (ended || !standing.includes(each)) return;
      log.error('source-failed', { source: source.kind });
      sink.health({
        state: 'failed',
        message: messageOf(thrown),
        remedy: 'Restart Reverie; if it stays, please report it.',
      });
    }
  }

  const end = ({ source }: Standing) =>
    source.stop().catch(() => log.warn('source-stop-failed', { source: source.kind }));

  return {
    follow() {
      turn = turn.then(round).catch((thrown) => log.error('sources-not-followed', { message: messageOf(thrown) }));
      return turn;
    },
    async looked() {
      await turn;
      await Promise.all(standing.flatMap(({ looking }) => looking ?? []));
    },
    async rescan() {
      await Promise.all(standing.map(({ source }) => source.rescan()));
    },
    folders: () => folders,
    shown: () => standing.map(({ source, health }) => ({ id: source.id, ...health })),
    async stop() {
      ended = true;
      await Promise.all(standing.map(end));
      await turn;
    },
  };
}

const standingOf = ({ same, make }: PlannedSource): Standing => ({
  same,
  source: make(),
  health: { state: 'starting', message: 'starting' },
  looking: null,
});
