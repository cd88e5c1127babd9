import { expect, test } from 'bun:test';
import { AddressRefused, resolveReceiver } from './receiver-address.ts';

const inside = [
  '127.0.0.1',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[::ffff:10.0.0.1]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '[64:ff9b::a00:1]',
  '[2002:a00:1::]',
  '[2001:db8::1]',
  '[ff02::1]',
  'localhost',
];
const outside = ['8.8.8.8', '172.32.0.1', '100.128.0.1', '[2606:4700::1111]'];

test('refuses what is not on the public Internet, unless it is allowed', async () => {
  for (const host of inside) {
    // As the URL parser writes it.
    const { hostname } = new URL(`http://${host}/`);
    const outcome = await resolveReceiver(hostname, { allowPrivate: false }).catch((error: unknown) => error);
    expect([host, outcome]).toEqual([host, expect.any(AddressRefused)]);
    expect(await resolveReceiver(hostname, { allowPrivate: true })).not.toEqual([]);
  }
  for (const host of outside) expect([host, (await resolveReceiver(new URL(`http://${host}/`).hostname, { allowPrivate: false })).length]).toEqual([host, 1]);
});
