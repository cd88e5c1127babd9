import { expect, test } from 'bun:test';
import type { SettingInForce } from './in-force.ts';
import { type LoadOptions, loadConfig } from './load-config.ts';
import { settings } from './settings.ts';

function load(options: LoadOptions): ReadonlyMap<string, SettingInForce> {
  const loaded = loadConfig({ env: {}, ...options });
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return new Map(loaded.inForce.map((one) => [one.key, one]));
}

test('each setting has its value, and where it was written: flags beat the environment, and that the file', () => {
  const readFile = () => 'port: 1\nlog: { level: warn }\ncollection:\n  grace: 2h\n';
  const found = load({ flags: { config: '/etc/naru.yaml', port: '3' }, env: { NARU_PORT: '2', NARU_LOG_LEVEL: 'debug' }, readFile });
  expect([...found.keys()]).toEqual(settings.map(({ key }) => key));
  const of = (key: string) => [found.get(key)?.value, found.get(key)?.source, found.get(key)?.place];
  expect([of('port'), of('log.level'), of('collection.grace'), of('host')]).toEqual([
    ['3', 'flag', '--port'],
    ['debug', 'environment', 'NARU_LOG_LEVEL'],
    ['2h', 'file', '/etc/naru.yaml:4'],
    ['127.0.0.1', 'default', undefined],
  ]);
  expect(found.get('port')).toMatchObject({ env: 'NARU_PORT', flag: '--port', default: '5000', type: 'whole number' });
});

test('each is described in both languages', () => {
  for (const { description, key } of load({}).values()) expect([key, description.en.length > 10, /[가-힣]/.test(description.ko)]).toEqual([key, true, true]);
});

test('a secret is said to be set, and nothing more', () => {
  const secret = 'hush "quiet"';
  const providers = JSON.stringify([{ id: 'a', issuer: 'https://login.example.com', clientId: 'x', clientSecret: secret }]);
  const found = load({
    env: {
      NARU_ADMIN_PASSWORD: secret,
      NARU_LDAP_URL: 'ldaps://directory.example.com',
      NARU_LDAP_BASE: 'dc=x',
      NARU_LDAP_BIND_DN: 'cn=x',
      NARU_LDAP_BIND_PASSWORD: secret,
      NARU_MAIL_SMTP_URL: 'smtp://naru:hush@mail.example.com:587',
      NARU_MAIL_LINK_URL: 'https://registry.example.com',
      NARU_PROFILE: 'private',
      NARU_OIDC_PROVIDERS: providers.replace('clientSecret', 'client\\u0053ecret'),
    },
  });
  expect(JSON.stringify([...found.values()])).not.toContain('hush');
  expect(found.get('admin.password')).toMatchObject({ source: 'environment', place: 'NARU_ADMIN_PASSWORD' });
  expect([found.get('admin.password')?.value, found.get('mail.smtpUrl')?.value]).toEqual([undefined, 'smtp://…@mail.example.com:587']);
  expect(found.get('oidc.providers')?.value).toContain('"clientSecret":"…"');
  expect(load({}).get('admin.password')?.value).toBe('none');
  expect(settings.filter(({ key }) => /password$|secret$/i.test(key)).every(({ isSecret }) => isSecret)).toBe(true);
});
