import { describe, expect, it } from 'vitest';
import { usePages } from './open-page.ts';

const pages = usePages();

describe('[SH2.4] while a thought streams', () => {
  it('only its text changes, and nothing else on the page moves', async () => {
    const { page, host } = await pages.open({ scenario: 'thinking' });
    await page.evaluate(() => {
      const scope = window as unknown as { elsewhere: string[] };
      scope.elsewhere = [];
      new MutationObserver((records) => {
        for (const { target } of records) {
          const element = target instanceof Element ? target : target.parentElement;
          if (!element?.closest('.thought-text')) scope.elsewhere.push(element?.className ?? '?');
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    const place = () => page.locator('.now-latest').boundingBox();
    const before = await place();
    const { id } = host.engine.snapshot().thought!;
    for (let words = 1; words <= 400; words++)
      host.engine.emit({ kind: 'thought-grew', id, text: `${'word '.repeat(words)}#${words}` });
    await page.getByText('#400').waitFor();
    expect(await page.evaluate(() => (window as unknown as { elsewhere: string[] }).elsewhere)).toEqual([]);
    expect(await place()).toEqual(before);
  });

  it('the newest words stay in sight, unless the reader scrolled away', async () => {
    const { page, host } = await pages.open({ scenario: 'thinking' });
    const { id } = host.engine.snapshot().thought!;
    const box = page.locator('.thought-text');
    const grow = async (words: number) => {
      host.engine.emit({ kind: 'thought-grew', id, text: `${'word '.repeat(words)}#${words}` });
      await page.getByText(`#${words}`).waitFor();
    };
    await grow(300);
    const distance = () => box.evaluate((at) => at.scrollHeight - at.scrollTop - at.clientHeight);
    expect(await distance()).toBeLessThan(24);
    await box.evaluate(
      (at) =>
        new Promise<void>((scrolled) => {
          at.addEventListener('scroll', () => scrolled(), { once: true });
          at.scrollTop = 0;
        }),
    );
    await grow(600);
    expect(await box.evaluate((at) => at.scrollTop)).toBe(0);
  });

  it('a screen reader is told to wait until it is whole', async () => {
    const { page, host } = await pages.open({ scenario: 'thinking' });
    const box = page.locator('.thought-text');
    expect(await box.getAttribute('aria-busy')).toBe('true');
    const { thought } = host.engine.snapshot();
    host.engine.change({ stage: 'resting', thought: { ...thought!, text: 'A whole thought.', done: true } });
    await page.locator('.thought-text[aria-busy="false"]').waitFor();
    expect(await box.innerText()).toBe('A whole thought.');
  });

  it('an insight that forms meanwhile appears at once', async () => {
    const { page, host } = await pages.open({ scenario: 'resting' });
    host.engine.think('The discount is taken twice.');
    await page.locator('.now-latest').getByText('The discount is taken twice.').waitFor();
  });
});
