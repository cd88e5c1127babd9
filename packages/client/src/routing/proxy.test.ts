import { expect, test } from 'bun:test';
import { createProxyChoice } from './proxy.ts';

const both = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'secure:3128' };

test.each([
  [both, 'http://reg.test/', 'http://plain:3128'],
  [both, 'https://reg.test/', 'http://secure:3128'],
  [{ https_proxy: 'http://lower:1' }, 'https://reg.test/', 'http://lower:1'],
  [{ HTTPS_PROXY: '', https_proxy: 'http://lower:1' }, 'https://reg.test/', 'http://lower:1'],
  [{}, 'https://reg.test/', undefined],
  [both, 'http://localhost:5000/', undefined],
  [both, 'http://127.0.0.1:5000/', undefined],
  [both, 'http://[::1]:5000/', undefined],
  [{ ...both, NO_PROXY: '*' }, 'https://reg.test/', undefined],
  [{ ...both, NO_PROXY: 'reg.test' }, 'https://reg.test:5000/', undefined],
  [{ ...both, NO_PROXY: 'reg.test' }, 'https://a.reg.test/', undefined],
  [{ ...both, NO_PROXY: 'reg.test' }, 'https://areg.test/', 'http://secure:3128'],
  [{ ...both, NO_PROXY: '.reg.test' }, 'https://reg.test/', 'http://secure:3128'],
  [{ ...both, NO_PROXY: 'a, .reg.test ,b' }, 'https://a.reg.test/', undefined],
  [{ ...both, NO_PROXY: '*.reg.test' }, 'https://a.reg.test/', undefined],
  [{ ...both, NO_PROXY: 'reg.test:5000' }, 'https://reg.test:5000/', undefined],
  [{ ...both, NO_PROXY: 'reg.test:5000' }, 'https://reg.test/', 'http://secure:3128'],
  [{ ...both, NO_PROXY: 'reg.test:443' }, 'https://reg.test/', undefined],
  [{ ...both, no_proxy: '10.0.0.0/8' }, 'http://10.1.2.3/', undefined],
  [{ ...both, no_proxy: '10.1.2.3' }, 'http://10.1.2.3:80/', undefined],
])('%j for %s', (environment, url, expected) => {
  expect(createProxyChoice(environment)(new URL(url))).toBe(expected);
});
