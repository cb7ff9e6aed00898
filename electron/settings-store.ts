import Store from 'electron-store';
import type { OpenFile } from '../core/host/settings-file.ts';

/** The settings in electron-store: the same file, schema and rights as the headless host's. */
export const openStore: OpenFile = (cwd, how) => new Store({ name: 'settings', cwd, ...how });
