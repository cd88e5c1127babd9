import type { Browser } from 'playwright-core';
import { password, type World } from '../../accounts/support/accounts.ts';
import { type OpenPage, openPage, type Reader } from './browser.ts';

/** A page of somebody who is signed in, in a browser of their own; the account is made when there is none yet. */
export async function openAs(browser: Browser, world: World, name: string, reader: Reader & { base?: string } = {}): Promise<OpenPage> {
  const { base = world.server.url, ...rest } = reader;
  await world.admin.api('POST', '/users', { name, email: `${name}@example.org`, password });
  const opened = await openPage(browser, base, rest);
  const answer = await opened.context.request.post('/api/v1/session', { data: { name, password } });
  if (answer.status() !== 201) throw new Error(`${name} cannot sign in: ${answer.status()} ${await answer.text()}`);
  return opened;
}
