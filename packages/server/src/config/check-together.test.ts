import { expect, test } from 'bun:test';
import { loadConfig } from './load-config.ts';
import { problemLine } from './problem.ts';

test.each<[Readonly<Record<string, string>>, string[]]>([
  [{ 'tls-cert': 'c' }, ['tls.cert: its private key is missing: name it in tls.key (--tls-key) (from --tls-cert)']],
  [{ 'tls-key': 'k' }, ['tls.key: its certificate is missing: name it in tls.cert (--tls-cert) (from --tls-key)']],
  [
    { 'tls-cert': 'c', 'tls-key': 'k', tls: 'self-signed' },
    ['tls.mode: self-signed makes a certificate of its own: leave tls.cert and tls.key away, or the mode (from --tls)'],
  ],
  [{ tls: 'yes' }, ['tls.mode: "yes" is not one of auto, self-signed, off (from --tls)']],
  [{ 'tls-client-ca': 'ca' }, ['tls.clientCa: client certificates need TLS: set tls.cert and tls.key, or --tls self-signed (from --tls-client-ca)']],
  [
    { tls: 'self-signed', 'tls-client-certificates': 'require' },
    ['tls.clientCertificates: whose certificates? Name their authority in tls.clientCa (from --tls-client-certificates)'],
  ],
  [
    { 'http-trusted-proxies': '10.0.0.0/8, 10.0.0.0/33' },
    ['http.trustedProxies: "10.0.0.0/33" is neither an address nor a network, like 10.0.0.1, 10.0.0.0/8 or fd00::/8 (from --http-trusted-proxies)'],
  ],
  [
    { 'http-public-url': 'https://a.example/path' },
    ['http.publicUrl: "https://a.example/path" is not an address like https://registry.example.com, without a path (from --http-public-url)'],
  ],
  [
    { 'http-public-url': 'registry.example.com' },
    ['http.publicUrl: "registry.example.com" is not an address like https://registry.example.com, without a path (from --http-public-url)'],
  ],
  [{ 'plain-http': 'yes' }, ['plainHttp: "yes" is not one of loopback, accept-risk (from --plain-http)']],
  [{ 'tls-cert': 'c', 'tls-key': 'k', 'tls-client-ca': 'a', 'http-public-url': 'https://a.example:8443', 'http-trusted-proxies': '::1,10.0.0.1' }, []],
])('%j', (flags, expected) => {
  const loaded = loadConfig({ flags, env: {} });
  expect('problems' in loaded ? loaded.problems.map(problemLine) : []).toEqual(expected);
});
