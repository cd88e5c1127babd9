import { expect, test } from 'bun:test';
import { deviceOf } from './device.ts';

test('names the program and the system, never the version, and nothing that the sender made up', () => {
  const agents = {
    'docker/26.1.5 go/go1.22 git-commit/x kernel/6.1 os/linux arch/amd64 UpstreamClient(Docker-Client/26.1.5 \\(linux\\))': 'docker, Linux',
    'containerd/1.6.20~ds1': 'containerd',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0': 'Edge, Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36': 'Chrome, Windows',
    'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0': 'Firefox, Linux',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1': 'Safari, iOS',
    'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36': 'Chrome, Android',
    'Call +1 900 12345 at once\r\nBcc: x': 'an unknown program',
    '': 'an unknown program',
  };
  for (const [agent, device] of Object.entries(agents)) expect(deviceOf(agent)).toBe(device);
});
