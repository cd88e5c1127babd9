/** A person without a pointer: whatever is used is reached by the Tab key, and can be seen to be reached. */
import type { Locator, Page } from 'playwright-core';

/** More than any page has that can be reached. */
const stepsMax = 200;

export type Keyboard = {
  /** Throws when Tab does not lead there, or nothing shows that it did. */
  reach(target: Locator): Promise<void>;
  /** Into a field, in place of what is there. */
  type(target: Locator, text: string): Promise<void>;
  /** A button, a link or a line that opens. */
  press(target: Locator, key?: 'Enter' | 'Space'): Promise<void>;
};

export function keyboardOf(page: Page): Keyboard {
  const isReached = (target: Locator) => target.evaluate((element) => element === document.activeElement);

  async function reach(target: Locator): Promise<void> {
    await target.waitFor();
    for (let steps = 0; steps < stepsMax && !(await isReached(target)); steps += 1) await page.keyboard.press('Tab');
    if (!(await isReached(target))) throw new Error(`the Tab key does not lead to ${String(target)}`);
    const isSeen = await target.evaluate((element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return element.matches(':focus-visible') && ((outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none');
    });
    if (!isSeen) throw new Error(`nothing shows that ${String(target)} has the focus`);
  }

  return {
    reach,
    async type(target, text) {
      await reach(target);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(text);
    },
    async press(target, key = 'Enter') {
      await reach(target);
      await page.keyboard.press(key);
    },
  };
}
