/** Settings of a repository in a real browser, against the real server and receivers that are real HTTP servers. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';
import { startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(120_000);

describe.skipIf(!needs('chromium'))('settings of a repository', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    [world, browser] = await Promise.all([startWorld(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test('a webhook is made, its secret shown once, tried, changed, its deliveries read and sent again, disabled and deleted', async () => {
    let status = 200;
    await using receiver = await startReceiver((_, response) => void response.writeHead(status).end('<script>document.title="owned"</script>\u202Eok'));
    await using opened = await openAs(browser, world, 'wanda');
    const wanda = world.as('wanda', 'tall grass 95');
    await pushImage(wanda, 'wanda/app', 'v0');
    const { page } = opened;
    await page.goto('/r/wanda/app/settings?view=webhooks');
    await page.getByText('Nobody is told of anything yet.').waitFor();
    await page.getByLabel('Address').fill(receiver.url);
    await page.getByLabel('Only tags like').fill('v*');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    const dialog = page.getByRole('dialog', { name: 'The secret of the webhook' });
    const secret = await dialog.locator('pre').innerText();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('link', { name: receiver.url }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('which is not on the public Internet').first().waitFor();

    // Only an administrator lets the server reach a private network.
    const [hook] = (await wanda.api('GET', '/repositories/wanda/app/-/webhooks')).body['items'] as { id: string }[];
    await world.admin.api('PATCH', `/repositories/wanda/app/-/webhooks/${hook?.id}`, { allowPrivateAddress: true });
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The receiver answered 200.').waitFor();
    const [taken] = await receiver.come(1);
    new Webhook(secret).verify(taken?.body ?? '', taken?.headers ?? {});

    await page.getByLabel('Only tags like').fill('rel-*');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Changed. It holds for the next event.').waitFor();
    status = 500;
    await pushImage(wanda, 'wanda/app', 'v1');
    await pushImage(wanda, 'wanda/app', 'rel-1');
    expect(JSON.parse((await receiver.come(2))[1]?.body ?? '')).toMatchObject({ data: { tag: 'rel-1' } });
    await page.reload();
    const row = page.getByRole('group').filter({ hasText: 'wanda/app:rel-1' });
    await row.locator('summary').first().click();
    await row.getByText('Try 1').waitFor();
    await row.getByText('The answer', { exact: true }).click();
    await row.getByText('<script>document.title="owned"</script>').first().waitFor();
    await row.getByText('U+202E').first().waitFor();
    status = 200;
    await row.getByRole('button', { name: 'Deliver again' }).click();
    await page.getByText('It is on its way again, with the same id.').waitFor();
    const again = (await receiver.come(3))[2];
    expect([again?.headers['webhook-id'], again?.body]).toEqual([receiver.taken[1]?.headers['webhook-id'], receiver.taken[1]?.body]);
    await row.getByText('delivered').first().waitFor();

    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Disabled: what happens now is not told later.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Enabled.').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const ask = page.getByRole('dialog', { name: 'Delete this webhook?' });
    await ask.getByRole('textbox').fill(new URL(receiver.url).host);
    await ask.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nobody is told of anything yet.').waitFor();
    expect([await page.title(), opened.complaints]).toEqual(['Settings of wanda/app · Naru', []]);
  });

  test('a policy is tried, kept, shown again with what the form has no field for, and taken away', async () => {
    await using opened = await openAs(browser, world, 'paul');
    const paul = world.as('paul', 'tall grass 95');
    await pushImage(paul, 'paul/app', 'v1');
    const stored = async () => (await paul.api('GET', '/repositories/paul/app/-/policy')).body['policy'];
    await paul.api('PUT', '/repositories/paul/app/-/policy', { block: [{ severity: 'low', epss: 0.5 }], quarantine: false });
    const { page } = opened;
    await page.goto('/r/paul/app/settings?view=policy');
    await page.getByText('One more rule for vulnerabilities stay').waitFor();
    await page.getByLabel('It runs as root').check();
    await page.getByLabel('No image with a vulnerability that is', { exact: true }).selectOption('critical');
    await page.getByRole('button', { name: 'Show what would be blocked' }).click();
    await page.getByText('1 of 1 would be blocked:').waitFor();
    await page.getByText('it runs as root: name another user').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Images are judged by it from now on.').waitFor();
    expect(await stored()).toEqual({
      quarantine: false,
      block: [{ severity: 'critical' }, { severity: 'low', epss: 0.5 }],
      forbidConfiguration: ['root-user'],
    });
    await page.reload();
    expect(await page.getByLabel('It runs as root').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Demand nothing here' }).click();
    await page.getByText('Nothing is demanded here.', { exact: true }).waitFor();
    expect([await stored(), opened.complaints]).toEqual([undefined, []]);
  });

  test('the page of an image says what became of its review', async () => {
    await using opened = await openAs(browser, world, 'rita');
    const rita = world.as('rita', 'tall grass 95');
    await pushImage(rita, 'rita/app', 'v1', 'old');
    await rita.api('PUT', '/repositories/rita/app/-/review', { required: true });
    const { digest } = await pushImage(rita, 'rita/app', 'v2', 'new');
    const { page } = opened;
    await page.goto(`/r/rita/app/image/${digest}?tag=v2`);
    await page.getByText('It waits for a review: others do not see it yet.').waitFor();
    await page.getByText('pushed by rita').waitFor();
    await world.admin.api('POST', '/repositories/rita/app/-/images/v2/review', { decision: 'refuse', reason: 'no source' });
    await page.reload();
    await page.getByText('Refused: others do not see it.').waitFor();
    await page.getByText('no source').waitFor();
    expect(await page.getByRole('main').getByRole('link', { name: 'Reviews', exact: true }).count()).toBe(0);
  });

  test('tag rules are looked at before they hold, refuse a push, and notices are told and taken back', async () => {
    await using opened = await openAs(browser, world, 'tara');
    const tara = world.as('tara', 'tall grass 95');
    for (const tag of ['1.0.0', '1.1.0', 'edge']) await pushImage(tara, 'tara/app', tag);
    const { page } = opened;
    await page.goto('/r/tara/app/settings?view=tag-rules');
    await page.getByLabel('Only tags like').fill('{semver}');
    await page.getByLabel('Pushed once, then neither moved nor deleted').fill('{release}');
    await page.getByLabel('latest', { exact: true }).check();
    await page.getByRole('button', { name: 'Show what they mean' }).click();
    await page.getByText('Of the 3 tags here:').waitFor();
    await page.getByText('1 could not be pushed again').waitFor();
    await page.getByText('2 cannot be moved or deleted').waitFor();
    await page.getByText('latest → 1.1.0').waitFor();
    expect((await tara.api('GET', '/repositories/tara/app/-/tag-rules')).body).toEqual({});
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The rules hold from now on.').waitFor();
    expect((await pushImage(tara, 'tara/app', 'nightly')).status).toBe(403);
    expect((await tara.api('GET', '/repositories/tara/app/-/tags/latest')).status).toBe(200);

    await page.getByLabel('Never tags like').fill('latest');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('contradict').waitFor();
    expect(await page.getByLabel('Never tags like').inputValue()).toBe('latest');

    await page.getByLabel('Tags like', { exact: true }).fill('1.0.*');
    await page.getByLabel('What to do instead').fill('use 1.1');
    await page.getByRole('button', { name: 'Add notice' }).click();
    await page.getByText('Whoever pulls is told from now on.').waitFor();
    const warned = async () => (await tara.v2('GET', 'tara/app/manifests/1.0.0', ['repository:tara/app:pull'])).headers.get('warning');
    expect(await warned()).toContain('use 1.1');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('The notice is taken back.').waitFor();
    expect(await warned()).toBeNull();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('use 1.1', { exact: true }).waitFor();
    await page.goto('/r/tara/app/tags');
    expect(await page.getByText('deprecated', { exact: true }).getAttribute('title')).toBe('use 1.1');
    await page.getByRole('link', { name: '1.0.0', exact: true }).click();
    await page.getByText('use 1.1', { exact: true }).waitFor();
    await page.goto('/r/tara/app/settings?view=tag-rules');
    await page.getByRole('button', { name: 'Remove all rules' }).click();
    await page.getByText('No tag carries a notice.').waitFor();
    expect((await pushImage(tara, 'tara/app', 'nightly')).status).toBe(201);
    expect(opened.complaints).toEqual([]);
  });

  test('a retention policy is tried, refused when it leaves nothing, carried out, and what it took is put back from the trash', async () => {
    await using opened = await openAs(browser, world, 'reta');
    const reta = world.as('reta', 'tall grass 95');
    for (const tag of ['1.0.0', '1.0.1', '1.1.0']) await pushImage(reta, 'reta/app', tag);
    const { page } = opened;
    const tags = async () => ((await reta.api('GET', '/repositories/reta/app/-/tags')).body['items'] as { tag: string }[]).map(({ tag }) => tag).toSorted();
    await page.goto('/r/reta/app/settings?view=trash');
    await page.getByText('There is nothing to put back.').waitFor();
    await page.getByRole('link', { name: 'Retention' }).click();
    await page.getByText('Tags stay here until somebody deletes them.').waitFor();
    await page.getByLabel('tags like', { exact: true }).fill('none-like-this');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('This would delete every tag here.').waitFor();
    await page.getByLabel('tags like', { exact: true }).fill('');
    await page.getByLabel('so many of the highest of each minor version').fill('1');
    await page.getByRole('button', { name: 'Show what would go' }).click();
    await page.getByText('One tag would go now, 2 would stay:').waitFor();
    expect(await tags()).toHaveLength(3);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It holds from now on').waitFor();
    await page.getByRole('button', { name: 'Carry it out now' }).click();
    await page.getByText('One tag was deleted.').waitFor();
    expect(await tags()).toEqual(['1.0.1', '1.1.0']);
    await page.getByRole('button', { name: 'Let all tags stay' }).click();
    await page.getByText('Tags stay until somebody deletes them.').waitFor();

    await page.getByRole('link', { name: 'Trash' }).click();
    await page.getByText('by reta').waitFor();
    await page.getByText('until somebody deletes the image').waitFor();
    await page.getByRole('button', { name: 'Put back 1.0.0' }).click();
    await page.getByText('1.0.0 is back.').waitFor();
    expect(await tags()).toEqual(['1.0.0', '1.0.1', '1.1.0']);

    await reta.api('POST', '/repositories/reta/app/-/delete-tags', { tags: ['1.1.0'] });
    await page.reload();
    await page.getByRole('button', { name: 'Put back 1.1.0' }).waitFor();
    await pushImage(reta, 'reta/app', '1.1.0', 'another');
    await page.getByRole('button', { name: 'Put back 1.1.0' }).click();
    await page.getByText('Somebody has pushed this tag meanwhile: theirs stays.').waitFor();

    const { digest } = (await reta.api('GET', '/repositories/reta/app/-/tags/1.0.1')).body as { digest: string };
    const deleting = () => reta.v2('DELETE', `reta/app/manifests/${digest}`, ['repository:reta/app:pull,delete']);
    expect((await deleting()).status).toBe(202);
    await page.reload();
    await page.getByRole('button', { name: `Put back ${digest.slice(0, 19)}` }).click();
    await page.getByText('The image is back, as 1.0.1.').waitFor();
    expect(await tags()).toEqual(['1.0.0', '1.0.1', '1.1.0']);
    expect((await deleting()).status).toBe(202);
    await page.reload();
    await page.getByRole('button', { name: 'Give up all deleted images' }).click();
    const ask = page.getByRole('dialog');
    await ask.getByRole('textbox').fill('reta/app');
    await ask.getByRole('button', { name: 'Give up all deleted images' }).click();
    await page.getByText('No image was deleted by its digest.').waitFor();
    expect((await reta.api('GET', '/repositories/reta/app/-/trash/images')).body).toEqual({ items: [] });
    expect(opened.complaints).toEqual([]);
  });
});
