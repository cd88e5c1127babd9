import type { Page } from 'playwright-core';
import { password } from '../../accounts/support/accounts.ts';
import { linkIn, type MailSink } from '../../support/mail-sink.ts';
import { signIn } from './sign-in.ts';

/** As a person does it, up to the first log-in: the address, the link of the mail, the button on its page. */
export async function signUpByMail(page: Page, sink: MailSink, name: string): Promise<void> {
  const email = `${name}@example.org`;
  await page.goto('/sign-up');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByText(`${email} is on its way`).waitFor();
  await page.getByText(`Your name here is ${name}.`).waitFor();
  const { purpose, secret } = linkIn(await sink.take(email));
  await page.goto(`/account-link#${purpose}=${secret}`);
  await page.getByRole('button', { name: 'Confirm e-mail address' }).click();
  await page.getByText('Your address is confirmed.').waitFor();
  await signIn(name)(page);
}
