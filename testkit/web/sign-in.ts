import { demoPassword } from '../../drizzle/seed/seed-accounts.ts';
import type { TestBrowser } from '../processes/browser.ts';

/** @returns the cookies of a member who has signed in at the desk */
export async function signInAtDesk(browser: TestBrowser, origin: string, email: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/desk/sign-in`);
  await page.fill('[name="email"]', email);
  await page.fill('[name="password"]', demoPassword);
  await page.click('main .button-main');
  await page.waitForURL(`${origin}/desk`);
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}
