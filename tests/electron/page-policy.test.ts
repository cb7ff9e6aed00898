import { describe, expect, it } from 'vitest';
import { appMenu } from '../../electron/app-menu.ts';
import { pageAnswer } from '../../electron/page-answer.ts';
import { contentPolicy, linkToOpen, mayNavigate, pageUrl } from '../../electron/page-policy.ts';
import { isOwnPage } from '../../electron/sender-check.ts';

describe('the page in its window', () => {
  it('[SH6.10] may load its own files and reach nothing', () => {
    const policy = new Map(contentPolicy.split('; ').map((each) => [each.split(' ')[0], each]));
    expect(policy.get('default-src')).toBe("default-src 'none'");
    expect(policy.get('script-src')).toBe("script-src 'self'");
    expect(policy.get('connect-src')).toBe("connect-src 'none'");
    for (const each of ['base-uri', 'form-action', 'frame-ancestors']) expect(policy.get(each)).toBe(`${each} 'none'`);
    expect(contentPolicy).not.toMatch(/unsafe|http|\*/);
  });

  it('[SH6.11] may load itself again and go nowhere else', () => {
    expect([pageUrl, 'app://reverie/', 'app://reverie/index.html#x'].every(mayNavigate)).toBe(true);
    for (const away of [
      'app://reverie/assets/x.js',
      'app://other/index.html',
      'app://reverie.evil/index.html',
      'app://u:p@reverie/index.html',
      'https://reverie/index.html',
      'file:///index.html',
      'data:text/html,x',
      'about:blank',
      '',
    ])
      expect(mayNavigate(away), away).toBe(false);
  });

  it('[SH6.12] lets only plain https links out to the browser', () => {
    expect(linkToOpen('https://lmstudio.ai/docs')).toBe('https://lmstudio.ai/docs');
    for (const link of [
      'http://lmstudio.ai',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'reverie://view/now',
      'ms-settings:privacy',
      'https://user:pw@lmstudio.ai',
      `https://lmstudio.ai/${'x'.repeat(2_000)}`,
      'nonsense',
    ])
      expect(linkToOpen(link), link).toBeNull();
  });

  it('[SH6.43] lets the one link out that opens LM Studio, and none that could tell it anything', () => {
    expect(linkToOpen('lmstudio://')).toBe('lmstudio://');
    for (const link of [
      'lmstudio://open_from_hf?model=x',
      'lmstudio://x',
      'lmstudio:///',
      'lmstudio://?a',
      'lmstudio:',
      'lmstudio://#',
      'LMSTUDIO://x',
    ])
      expect(linkToOpen(link), link).toBeNull();
  });

  it('[SH6.13] is the only one that is heard: its main frame, at its own address', () => {
    const frame = { url: pageUrl, parent: null };
    expect(isOwnPage(frame)).toBe(true);
    expect(isOwnPage(null)).toBe(false);
    expect(isOwnPage({ ...frame, parent: frame })).toBe(false);
    for (const url of ['', 'about:blank', 'https://evil.example', 'app://evil/index.html', 'file:///index.html'])
      expect(isOwnPage({ ...frame, url }), url).toBe(false);
  });

  it('[SH6.14] is answered from the map of its files and never from the disk', async () => {
    const files = new Map([['/index.html', { body: new TextEncoder().encode('<p>'), type: 'text/html' }]]);
    const ask = (url: string, method = 'GET') => pageAnswer(files, { url, method });
    const page = ask('app://reverie/');
    expect([page.status, await page.text(), page.headers.get('content-type')]).toEqual([200, '<p>', 'text/html']);
    expect(page.headers.get('content-security-policy')).toBe(contentPolicy);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(ask(pageUrl).status).toBe(200);
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/etc/passwd', '/index.html/', '/__proto__'])
      expect(ask(`app://reverie${path}`).status, path).toBe(404);
    expect(ask('app://other/index.html').status).toBe(403);
    expect(ask('app://reverie/', 'POST').status).toBe(405);
  });

  it('[SH6.18] has the keys of macOS and no menu elsewhere: none of Electron’s own', () => {
    expect(appMenu('darwin')).toEqual([{ role: 'appMenu' }, { role: 'editMenu' }]);
    expect([appMenu('win32'), appMenu('linux')]).toEqual([null, null]);
  });
});
