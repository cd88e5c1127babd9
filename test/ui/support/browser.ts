/** Debian's Chromium, driven by playwright-core. One browser for a test file; each test has a page that knows nothing of the others. */
import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export type Reader = { readonly language?: 'en' | 'ko'; readonly theme?: 'light' | 'dark'; readonly width?: number };

export type OpenPage = AsyncDisposable & {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: scripts that broke, and what the policy of the pages refused. */
  readonly complaints: readonly string[];
};

const pictures = join(import.meta.dirname, '../pictures');

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-gpu'] });
}

export async function openPage(browser: Browser, base: string, { language = 'en', theme = 'light', width = 1440 }: Reader = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    baseURL: base,
    locale: language === 'ko' ? 'ko-KR' : 'en-US',
    colorScheme: theme,
    viewport: { width, height: 900 },
  });
  const page = await context.newPage();
  // A busy machine is no defect of a page.
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Answers such as 404 are told as errors too, and are what some tests are about.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  return { page, context, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** For people to look at: test/ui/pictures is not in git. */
export async function takePicture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

function chromiumPath(): string {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = join(folder, 'chromium');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error('chromium is not on PATH: ask needs() first');
}
