import { describe, expect, it } from 'vitest';
import { boundDetails, redact } from '../../core/observe/redact.ts';
import { noteDraft } from '../../core/observe/sources/notes.ts';
import { stampObservation } from '../../core/observe/stamp.ts';
import { noon } from '../kit/nouns.ts';

/** A text with a secret, and a part of the secret that must not be left. Joined from parts, so that no scanner takes this file for a leak. */
const j = (...parts: string[]) => parts.join('');
const leaks: [string, string, string][] = [
  ['a key of a model server', j('OPENAI_API_KEY=', 'sk-', 'proj-abcDEF123456ghiJKL789012mnoPQR'), 'abcDEF123456'],
  ['a key with dashes', j('use ', 'sk-', 'ant-api03-AbCdEf123456_-GhIjKl789012MnOpQr345678'), 'AbCdEf123456'],
  ['a key with a colon', j('sk-', 'lm-abcdefgh:1234567890abcdef'), '1234567890abcdef'],
  ['a payment key', j('sk_', 'live_abcdefghij1234567890'), 'abcdefghij'],
  ['a GitHub token', j('gh', 'p_16C7e42F292c6912E7710c838347Ae178B4a'), '16C7e42F'],
  ['a GitLab token', j('gl', 'pat-abcdefghij1234567890'), 'abcdefghij'],
  ['a Slack token', j('xo', 'xb-1234567890-abcdefghij'), 'abcdefghij'],
  ['an npm token', j('np', 'm_abcdefghijklmnopqrstuvwxyz0123456789'), 'abcdefghijklm'],
  ['a Google key', j('AI', 'zaSyA1234567890abcdefghijklmnopqrstuvw'), 'SyA1234'],
  ['an AWS id', j('AK', 'IAIOSFODNN7EXAMPLE'), 'IOSFODNN7'],
  ['an AWS secret', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalr'],
  ['a storage key', 'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq==', 'Eby8vdM'],
  [
    'a JSON web token',
    j('ey', 'JhbGciOiJIUzI1NiJ9.', 'ey', 'JzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N'),
    'dozjgNry',
  ],
  ['a private key', j('-----BEGIN OPENSSH PRIVATE', ' KEY-----\nb3BlbnNzaC1rZXk'), 'b3BlbnNz'],
  ['a PGP key', j('-----BEGIN PGP PRIVATE', ' KEY BLOCK-----\nlQVYBF\n-----END PGP PRIVATE KEY BLOCK-----'), 'lQVYBF'],
  ['a password in a URL', 'postgres://ada:s3cr3t@db.local/shop', 's3cr3t'],
  ['a password with signs in a URL', 'postgres://ada:p@ss:w0rd@db.local/shop', 'w0rd'],
  ['a password without a user', 'redis://:hunter2hunter2@cache:6379', 'hunter2'],
  ['a token as a user', 'https://9fceb02d0ae598e95dc970b74767f19372d61af8@github.com/x', '9fceb0'],
  ['a token in a query', 'https://x.example/cb?access_token=abcdef&next=1', 'abcdef'],
  ['a basic header', 'Authorization: Basic YWRhOnNlY3JldA==', 'YWRhOnNl'],
  ['a bearer header', 'curl -H "Authorization: Bearer abcdefghijklmnop" x', 'abcdefghijklmnop'],
  ['a bearer alone', 'Bearer 0123456789abcdef', '0123456789'],
  ['the environment', 'DB_PASSWORD=swordfish', 'swordfish'],
  ['a setting', 'password: hunter2', 'hunter2'],
  ['code', 'password = "swordfish"', 'swordfish'],
  ['a passphrase', "passphrase: 'correct horse battery staple'", 'horse'],
  ['JSON', '{"client_secret": "GOC-abc_def", "token":"8f14e45fceea167a5a36dedd4bea2543"}', '8f14e45f'],
  ['JSON', '{"client_secret": "GOC-abc_def", "token":"8f14e45fceea167a5a36dedd4bea2543"}', 'abc_def'],
  ['an option', 'mysql --password=hunter22 -u root', 'hunter22'],
];

describe('secrets', () => {
  it.each(leaks)('[OB2.10] %s is taken out', (_, text, secret) => {
    expect(redact(`before ${text} after`)).not.toContain(secret);
    expect(redact(`before ${text} after`)).toMatch(/^before .*\[(?:key|token|secret|password|private key)\]/s);
  });

  it('[OB2.10] several in one text are all taken out, and taking out twice changes nothing', () => {
    const once = redact(leaks.map(([, text]) => text).join('\n'));
    for (const [, , secret] of leaks) expect(once).not.toContain(secret);
    expect(redact(once)).toBe(once);
  });

  it('[OB2.11] a text under a name that speaks of secrets is one, at any depth; a figure is not', () => {
    expect(
      boundDetails({
        password: 'swordfish',
        env: { DB_PASS: 'x', list: [{ apiKey: 'abc' }] },
        tokens: 5,
        token: 12,
        key: 'a',
      }),
    ).toEqual({
      password: '[secret]',
      env: { DB_PASS: '[secret]', list: [{ apiKey: '[secret]' }] },
      tokens: 5,
      token: 12,
      key: 'a',
    });
  });

  it('[OB2.11] names of details are read too', () => {
    const name = j('gh', 'p_16C7e42F292c6912E7710c838347Ae178B4a');
    expect(boundDetails({ folders: { [`${name}/`]: 2 } })).toEqual({ folders: { '[token]/': 2 } });
  });

  it('[OB2.13] what a cut would halve is taken out all the same: in details, in a target, in the short form of a note', () => {
    const token = j('gh', 'p_16C7e42F292c6912E7710c838347Ae178B4a');
    const text = `${'x '.repeat(990)}${token} more`;
    const { target, details } = stampObservation(
      { type: 't', target: `${'y '.repeat(490)}${token}`, severity: 'info', trust: 'observed', details: { text } },
      'files',
      'id',
      noon,
    );
    expect(String(details.text)).not.toContain('16C7');
    expect(target).not.toContain('16C7');
    expect(noteDraft(`${'z '.repeat(30)}${token} is the token`).target).not.toContain('16C7');
  });
});

const ordinary = String.raw`const token = getToken()
const token = await refreshToken(user)
token: options.token,
if (token === expectedToken) return
if (token==expected) {
maxTokens: 4000
const tokens = tokenize(text)
token: Token<string>
{ token: 'comment', foreground: 'ffa500' }
case 'token': return "something"
tokenCount = 128000
TOKEN=$OTHER
password: string
password: string;
  password: z.string().min(8),
password: VARCHAR(255)
password = undefined
password: hashed,
const { password } = request.body
passwordHash = await bcrypt.hash(password, 10)
user.password = newPassword
label: { password: 'Your password' }
<input type="password" name="password" placeholder="Password">
<Form password={password} token={token} />
password=password, token=token
function login(user: string, password: string): Promise<Token>
secret = process.env.SECRET
const apiKey = process.env.API_KEY ?? ''
const API_KEY = loadKey()
api_key=settings.api_key
accessKey: AccessKey;
primaryKey: 'customer_id_0001'
"minipass": "^7.0.4"
bypass = enabled
compass: northwest
passed: 12, failed: 0
Basic authentication for the API
basic configuration-of-the-server
bearer authentication middleware
refresh token: rotate weekly
Fix token: handle expiry in 30 days
class="sk-folding-cube-wrapper"
sk-SK translations
src/auth/token.ts
tests/fixtures/secret-santa.test.ts
git@github.com:ada/shop.git
ssh://git@github.com/ada/shop.git
https://example.com:8443/path@1.2.3/file.js
https://github.com/ada/shop/pull/12#issuecomment-123456789
http://localhost:3000/@vite/client
http://[::1]:3000/
GET /api/items?page=2&sort=name
9fceb02d0ae598e95dc970b74767f19372d61af8
commit: 9fceb02d0ae598e95dc970b74767f19372d61af8
550e8400-e29b-41d4-a716-446655440000
id: '550e8400-e29b-41d4-a716-446655440000'
data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
integrity: sha512-oRkBdpYtLyOQpTtQlUVZqH2u6cPLFo+nqv3wBDVxM3kTBlCSnI8q7+LdYuDSRvdkjYzpHfcxpjnPwbGn6rr5tA==`;

describe('ordinary text', () => {
  it.each(ordinary.split('\n'))('[OB2.12] stays: %s', (line) => {
    expect(redact(line)).toBe(line);
  });
});
