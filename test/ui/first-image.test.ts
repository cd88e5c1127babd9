/**
 * The way of somebody new, whole: sign up, the link of the mail, a repository, a push by the docker on
 * PATH through a real dockerd, and the page of its tags that shows it while one looks. Then the badge,
 * and what `docker search` says of it.
 */
import { afterAll, expect, test } from 'bun:test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { password, startWorld } from '../accounts/support/accounts.ts';
import { startDockerEngine, type DockerEngine } from '../clients/support/docker-engine.ts';
import { startMailSink } from '../support/mail-sink.ts';
import { needs } from '../support/needs.ts';
import { openPage, startBrowser, takePicture } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { signUpByMail } from './support/sign-up.ts';

const engine = needs('chromium', 'dockerd', 'docker', 'busybox') ? await startDockerEngine('ui/first-image.test.ts') : undefined;
if (engine === undefined) test.skip('docker and a browser', () => {});
else defineTests(engine);

function defineTests({ docker, folder, ...rest }: DockerEngine): void {
  afterAll(() => rest[Symbol.asyncDispose](), 60_000);

  test('from the mailed link to a tag that docker has pushed, live and with the digest that docker printed; then official', async () => {
    buildPages();
    await using sink = await startMailSink();
    await using world = await startWorld({ flags: ['--mail-smtp-url', `smtp://127.0.0.1:${sink.port}`, '--mail-link-url', 'https://registry.example.com'] });
    const browser = await startBrowser();
    try {
      await using opened = await openPage(browser, world.server.url);
      const { page } = opened;
      const { host } = new URL(world.server.url);
      await signUpByMail(page, sink, 'mina');
      await page.goto('/new');
      await page.getByLabel('Name', { exact: true }).fill('cart');
      await page.getByLabel(/^public/).check();
      await page.getByRole('button', { name: 'Create repository' }).click();
      await page.waitForURL('**/r/mina/cart');

      await page.goto('/r/mina/cart/tags');
      await page.getByText('live', { exact: true }).waitFor();
      const context = join(folder, 'cart');
      await mkdir(context);
      await writeFile(join(context, 'hello'), 'hello');
      await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY hello /hello\nCMD ["/hello"]\n');
      await docker(['build', '--tag', `${host}/mina/cart:1.0.0`, context]);
      await docker(['login', '--username', 'mina', '--password', password, host]);
      const printed = await docker(['push', `${host}/mina/cart:1.0.0`]);
      const digest = /: digest: (sha256:[0-9a-f]{64}) size: \d+/.exec(printed)?.[1] ?? '';
      expect(digest).toStartWith('sha256:');
      // Nobody has reloaded anything.
      const row = page.getByRole('row').filter({ hasText: '1.0.0' });
      await row.locator(`[title="${digest}"]`).waitFor();
      await row.getByText('mina').first().waitFor();
      expect(new URL(page.url()).pathname).toBe('/r/mina/cart/tags');
      await takePicture(page, 'first-image');
      await row.getByRole('link', { name: '1.0.0', exact: true }).click();
      await page.getByRole('tab', { name: 'Layers' }).waitFor();
      expect(decodeURIComponent(new URL(page.url()).pathname)).toBe(`/r/mina/cart/image/${digest}`);

      expect(await docker(['search', `${host}/cart`])).not.toContain('[OK]');
      await page.goto('/r/mina/cart/settings');
      await page.getByRole('button', { name: 'Apply' }).click();
      await page.getByText('The administrators have your request.').waitFor();
      const { items } = (await world.admin.api('GET', '/badge-requests')).body as { items: readonly { id: string }[] };
      expect((await world.admin.api('POST', `/badge-requests/${items[0]?.id ?? ''}/decision`, { decision: 'grant' })).status).toBe(200);
      const found = (await docker(['search', `${host}/cart`])).trim().split('\n');
      expect(found.map((line) => line.split(/\s{2,}/))).toEqual([
        ['NAME', 'DESCRIPTION', 'STARS', 'OFFICIAL'],
        ['mina/cart', '0', '[OK]'],
      ]);
      await docker(['pull', `${host}/mina/cart:1.0.0`]);
      expect(opened.complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 300_000);
}
