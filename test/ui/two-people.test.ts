/**
 * Two people who have the same form open: neither loses what was typed, and nobody saves over what they
 * have not seen. For every form of what several people write.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { scan } from './support/scan.ts';
import { signIn } from './support/sign-in.ts';

setDefaultTimeout(120_000);

type Form = {
  readonly name: string;
  readonly at: string;
  readonly open?: (page: Page) => Promise<void>;
  readonly field: string | RegExp;
  /** What one types, and what the other has saved meanwhile. */
  readonly mine: string;
  readonly theirs: string;
  /** What one types the second time. */
  readonly second?: string;
  readonly save: (person: Person, value: string) => Promise<{ status: number }>;
  readonly read: (person: Person) => Promise<unknown>;
};

const repository = '/repositories/acme/app';
const body = async (person: Person, path: string) => (await person.api('GET', path)).body;

const forms: readonly Form[] = [
  {
    name: 'README',
    at: '/r/acme/app',
    open: (page) => page.getByRole('button', { name: /^(Write a|Edit)/ }).click(),
    field: 'README',
    mine: '# Mine',
    theirs: '# Theirs',
    save: (person, text) => person.api('PUT', `${repository}/-/readme`, { text }),
    read: async (person) => (await body(person, `${repository}/-/readme`))['text'],
  },
  {
    name: 'description',
    at: '/r/acme/app/settings',
    field: 'Description',
    mine: 'what I say of it',
    theirs: 'what they say of it',
    save: (person, description) => person.api('PATCH', repository, { description }),
    read: async (person) => (await body(person, repository))['description'],
  },
  {
    name: 'tag rules',
    at: '/r/acme/app/settings?view=tag-rules',
    field: 'Pushed once, then neither moved nor deleted',
    mine: 'mine-*',
    theirs: 'theirs-*',
    save: (person, pattern) => person.api('PUT', `${repository}/-/tag-rules`, { immutable: [pattern] }),
    read: async (person) => String((await body(person, `${repository}/-/tag-rules`))['immutable']),
  },
  {
    name: 'retention',
    at: '/r/acme/app/settings?view=retention',
    field: 'so many that were pushed last',
    mine: '41',
    second: '43',
    theirs: '42',
    save: (person, newest) => person.api('PUT', `${repository}/-/retention`, { keep: { newest: Number(newest) } }),
    read: async (person) => String(((await body(person, `${repository}/-/retention`))['keep'] as { newest: number }).newest),
  },
  {
    name: 'policy',
    at: '/r/acme/app/settings?view=policy',
    field: 'Signed by',
    mine: 'mine',
    theirs: 'theirs',
    save: (person, signer) => person.api('PUT', `${repository}/-/policy`, { signedBy: [signer] }),
    read: async (person) => String(((await body(person, `${repository}/-/policy`))['policy'] as { signedBy?: unknown }).signedBy),
  },
  {
    name: 'golden images',
    at: '/r/acme/app/settings?view=golden',
    field: 'Catalogues that count',
    mine: 'acme, kim',
    second: 'kim',
    theirs: 'acme, lee',
    save: (person, from) => person.api('PUT', `${repository}/-/golden-policy`, { mode: 'report', from: from.split(', ') }),
    read: async (person) => ((await body(person, `${repository}/-/golden-policy`))['from'] as string[]).join(', '),
  },
  {
    name: 'webhook',
    at: '/r/acme/app/settings?view=webhooks',
    open: (page) => page.getByRole('link', { name: 'https://example.org/hook' }).click(),
    field: 'Only tags like',
    mine: 'mine-*',
    theirs: 'theirs-*',
    save: async (person, pattern) => person.api('PATCH', await webhookOf(person), { tags: [pattern] }),
    read: async (person) => String((await body(person, await webhookOf(person)))['tags']),
  },
  {
    name: 'environment',
    at: '/r/acme/app/environments?item=test',
    field: 'Agents',
    mine: 'kim',
    theirs: 'lee',
    save: (person, agent) => person.api('PUT', `${repository}/-/environments/test`, { agents: [agent] }),
    read: async (person) => String((await body(person, `${repository}/-/environments/test`))['agents']),
  },
  {
    name: 'organisation',
    at: '/o/acme/settings',
    field: 'Name for people',
    mine: 'Mine',
    theirs: 'Theirs',
    save: (person, fullName) => person.api('PATCH', '/organisations/acme', { fullName }),
    read: async (person) => (await body(person, '/organisations/acme'))['fullName'],
  },
  {
    name: 'networks of an organisation',
    at: '/o/acme/settings',
    field: 'Can be reached from',
    mine: '127.0.0.0/8, 10.0.0.0/8',
    second: '127.0.0.0/8',
    theirs: '127.0.0.0/8, 192.168.0.0/16',
    save: (person, networks) => person.api('PATCH', '/namespaces/acme', { networks: networks.split(', ') }),
    read: async (person) => ((await body(person, '/namespaces/acme'))['networks'] as string[]).join(', '),
  },
];

async function webhookOf(person: Person): Promise<string> {
  const { items } = (await person.api('GET', `${repository}/-/webhooks`)).body as { items: readonly { id: string }[] };
  return `${repository}/-/webhooks/${items[0]?.id ?? ''}`;
}

describe.skipIf(!needs('chromium'))('two people', () => {
  let world: World;
  let browser: Browser;
  let lee: Person;
  beforeAll(async () => {
    buildPages();
    [world, browser] = await Promise.all([startWorld(), startBrowser()]);
    const kim = await world.person('kim');
    lee = await world.person('lee');
    await kim.api('POST', '/organisations', { name: 'acme' });
    await world.admin.api('PUT', '/organisations/acme/members/lee', { role: 'owner' });
    await pushImage(kim, 'acme/app', '1.0.0');
    await kim.api('POST', `${repository}/-/webhooks`, { url: 'https://example.org/hook' });
    await kim.api('PUT', `${repository}/-/environments/test`, {});
    await kim.api('PUT', `${repository}/-/golden-policy`, { mode: 'report' });
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test.each(forms)(
    '$name: who saves second is shown what the first has changed, and chooses',
    async ({ at, open, field, mine, theirs, second = `${mine}x`, save, read }) => {
      await using opened = await openPage(browser, world.server.url);
      const { page } = opened;
      await signIn('kim')(page);
      await page.goto(at);
      await open?.(page);
      const input = page.getByLabel(field, { exact: true });
      const form = page.locator('form').filter({ has: input });
      await input.fill(mine);
      expect((await save(lee, theirs)).status).toBe(200);
      await form.getByRole('button', { name: 'Save', exact: true }).click();
      const note = page.getByRole('alert', { name: 'lee has changed this while you were writing.' });
      await note.locator('ins').filter({ hasText: theirs }).waitFor();
      expect([await input.inputValue(), await read(lee), await scan(page)]).toEqual([mine, theirs, []]);

      // Saved again without a look it is refused again.
      await Promise.all([page.waitForResponse((answer) => answer.status() === 412), form.getByRole('button', { name: 'Save', exact: true }).click()]);
      expect([await input.inputValue(), await read(lee)]).toEqual([mine, theirs]);
      await note.getByRole('button', { name: 'Save mine over it' }).click();
      await page
        .getByText(/Saved|Changed|judged by it|from now on|hold/)
        .first()
        .waitFor();
      await note.waitFor({ state: 'detached' });
      expect(await read(lee)).toBe(mine);

      await page.goto(at);
      await open?.(page);
      await input.fill(second);
      expect((await save(lee, theirs)).status).toBe(200);
      await form.getByRole('button', { name: 'Save', exact: true }).click();
      await note.getByRole('button', { name: 'Take theirs, drop mine' }).click();
      await note.waitFor({ state: 'detached' });
      expect([await input.inputValue(), await read(lee), opened.complaints]).toEqual([theirs, theirs, []]);
    },
  );

  test('a page that learns of it by itself tells so beside what was typed, and an untouched form follows', async () => {
    await using opened = await openPage(browser, world.server.url, { language: 'ko' });
    const { page } = opened;
    await signIn('kim')(page);
    await page.goto('/r/acme/app/environments?item=test');
    const input = page.getByLabel('에이전트', { exact: true });
    await lee.api('PUT', `${repository}/-/environments/test`, { agents: ['lee'] });
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('input[name=agents]')?.value === 'lee');
    await input.fill('half typed');
    await lee.api('PUT', `${repository}/-/environments/test`, { agents: ['lee'], paused: true });
    const note = page.getByRole('alert', { name: '작성하는 동안 다른 사람이 이 내용을 바꿨습니다.' });
    await note.locator('ins').filter({ hasText: '예' }).waitFor();
    expect([await input.inputValue(), await scan(page), opened.complaints]).toEqual(['half typed', [], []]);
  });

  test('who may see a repository is not changed unseen, and the page then shows what the other has chosen', async () => {
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await signIn('kim')(page);
    await lee.api('PATCH', repository, { visibility: 'public' });
    await page.goto('/r/acme/app/settings');
    await page.getByRole('radio', { name: /^public/ }).waitFor();
    await page.getByLabel('Description').waitFor();
    await lee.api('PATCH', repository, { visibility: 'internal' });
    await page.getByRole('radio', { name: /^private/ }).click();
    await page.getByText('Somebody has changed it meanwhile, so nothing was done.').waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('input[value=internal]')?.checked === true);
    expect((await body(lee, repository))['visibility']).toBe('internal');
  });

  test('an environment of a name that somebody has just made is not made again over it', async () => {
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await signIn('kim')(page);
    await page.goto('/r/acme/app/environments');
    await page.getByLabel('Name', { exact: true }).fill('fresh');
    await lee.api('PUT', `${repository}/-/environments/fresh`, { agents: ['lee'] });
    await page.getByRole('button', { name: 'Create environment' }).click();
    await page.getByText('There is one of this name already.').waitFor();
    expect([await page.getByLabel('Name', { exact: true }).inputValue(), (await body(lee, `${repository}/-/environments/fresh`))['agents']]).toEqual([
      'fresh',
      ['lee'],
    ]);
  });
});
