import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkIn, parseLink } from '../../electron/deep-link.ts';

describe('a link of this computer', () => {
  it.each([
    ['reverie://view/insights', { to: 'view', view: 'insights' }],
    ['reverie://view/settings', { to: 'view', view: 'settings' }],
    ['reverie://insight/01JX0000000000000000000000', { to: 'insight', id: '01JX0000000000000000000000' }],
    ['reverie://ask?q=what%20broke%3F', { to: 'ask', question: 'what broke?' }],
    ['reverie://ask/?q=a+b', { to: 'ask', question: 'a b' }],
    ['REVERIE://view/now', { to: 'view', view: 'now' }],
  ])('[SH6.1] %s leads to its place', (link, place) => {
    expect(parseLink(link)).toEqual(place);
  });

  it.each([
    '',
    'reverie:',
    'reverie://',
    'reverie://view',
    'reverie://view/nothing',
    'reverie://view/now/more',
    'reverie://view/../now/x',
    'reverie://view/now?x=1',
    'reverie://view/now#x',
    'reverie://user:pw@view/now',
    'reverie://view:80/now',
    'reverie://insight/',
    'reverie://insight/a%2Fb',
    `reverie://insight/${'a'.repeat(65)}`,
    'reverie://insight/<script>',
    'reverie://ask',
    'reverie://ask?q=',
    'reverie://ask?q=%20%00',
    'reverie://ask?q=a&run=1',
    'reverie://ask?q=a&q=b',
    `reverie://ask?q=${'a'.repeat(2_001)}`,
    `reverie://ask?q=${'a'.repeat(100_000)}`,
    'reverie://pause',
    'reverie://send?kind=delete-everything',
    'https://view/now',
    'file:///etc/passwd',
    'javascript:alert(1)',
  ])('[SH6.2] %.60s is none and does nothing', (link) => {
    expect(parseLink(link)).toBeNull();
  });

  it('[SH6.2] never is anything but a place, whatever it says', () => {
    const part = fc.string({ maxLength: 80 });
    fc.assert(
      fc.property(fc.constantFrom('view/', 'insight/', 'ask?q=', ''), part, (head, rest) => {
        const place = parseLink(`reverie://${head}${rest}`);
        if (place?.to === 'ask') expect(place.question).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
        if (place?.to === 'insight') expect(place.id).toMatch(/^[\w-]{1,64}$/);
        expect([undefined, 'view', 'insight', 'ask']).toContain(place?.to);
      }),
    );
  });

  it('[SH6.3] is found on the command line that a second start hands over', () => {
    expect(linkIn(['reverie', '--flag', 'reverie://view/now'])).toEqual({ to: 'view', view: 'now' });
    expect(linkIn(['reverie', 'reverie://evil', 'reverie://view/now'])).toBeNull();
    expect(linkIn(['reverie'])).toBeNull();
  });
});
