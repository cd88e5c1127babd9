import type { Page } from 'playwright-core';
import { password } from '../../accounts/support/accounts.ts';

/** As a person does it. */
export function signIn(name: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.goto('/sign-in');
    await page.locator('input[name=name]').fill(name);
    await page.locator('input[name=password]').fill(password);
    await page.locator('button[type=submit]').click();
    await page.getByTitle(name).waitFor();
  };
}
