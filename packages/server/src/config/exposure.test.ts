import { expect, test } from 'bun:test';
import { type Exposure, exposureProblem, transportProblem } from './exposure.ts';

const closed: Exposure = { host: '0.0.0.0', profile: 'private', plainHttp: 'loopback', tls: { mode: 'auto', cert: undefined }, http: { trustedProxies: [] } };

test.each<[string, Partial<Exposure>, 'served' | 'log-in' | 'transport']>([
  ['nothing said', {}, 'transport'],
  ['loopback', { host: '127.0.0.1' }, 'served'],
  ['loopback without accounts', { host: '::1', profile: 'local' }, 'served'],
  ['a certificate', { tls: { mode: 'auto', cert: '/c.pem' } }, 'served'],
  ['a certificate that is switched off', { tls: { mode: 'off', cert: '/c.pem' } }, 'transport'],
  ['a certificate of our own', { tls: { mode: 'self-signed', cert: undefined } }, 'served'],
  ['a proxy', { http: { trustedProxies: ['10.0.0.1'] } }, 'served'],
  ['the risk', { plainHttp: 'accept-risk' }, 'served'],
  ['no accounts, whatever the transport', { profile: 'local', tls: { mode: 'self-signed', cert: undefined }, plainHttp: 'accept-risk' }, 'log-in'],
])('%s', (_, change, expected) => {
  const problem = exposureProblem({ ...closed, ...change });
  const texts = { served: undefined, 'log-in': expect.stringContaining('no log-in'), transport: expect.stringContaining('--plain-http accept-risk') };
  expect(problem).toEqual(texts[expected]);
});

test('the rule of transport knows nothing of profiles', () => {
  expect(transportProblem({ ...closed, http: { trustedProxies: ['10.0.0.1'] } })).toBeUndefined();
  expect(transportProblem(closed)).toMatch(/^"0\.0\.0\.0" would send passwords/);
});
