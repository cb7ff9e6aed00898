import { type ComponentType, lazy } from 'react';

const waitMs = 1_000;

/**
 * A component that is not needed for the first picture: fetched beside it, at once, and drawn when it is there. A host that is away just
 * then is asked again, for as long as the page lives.
 */
export function later(load: () => Promise<ComponentType>): ComponentType {
  const loading = untilLoaded(load);
  return lazy(async () => ({ default: await loading }));
}

async function untilLoaded<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, waitMs);
      });
    }
  }
}
