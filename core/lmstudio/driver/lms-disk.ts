import { statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { realDisk } from './home.ts';

const settings = z.object({ downloadsFolder: z.string().min(1).max(4_000) });

/** Bytes free for the owner's models: where LM Studio's settings put them, else below its home. Null when nobody can tell. */
export async function freeForModels(homes: readonly string[], userHome: string): Promise<number | null> {
  const home = homes[0] ?? join(userHome, '.lmstudio');
  return freeAt((await downloadsFolder(home)) ?? join(home, 'models'));
}

async function downloadsFolder(home: string): Promise<string | null> {
  const text = await realDisk.text(join(home, 'settings.json'));
  try {
    const { downloadsFolder } = settings.parse(JSON.parse(text ?? ''));
    return isAbsolute(downloadsFolder) ? downloadsFolder : null;
  } catch {
    return null;
  }
}

/** Free bytes of the disk that holds a folder, or will: the nearest folder above that exists. */
async function freeAt(folder: string): Promise<number | null> {
  try {
    const disk = await statfs(folder);
    return disk.bavail * disk.bsize;
  } catch {
    const above = dirname(folder);
    return above === folder ? null : freeAt(above);
  }
}
