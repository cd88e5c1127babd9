import { useState } from 'react';
import { useLanguage } from '../language/language.tsx';
import { SunIcon } from '../parts/icons.tsx';

const quiet = 'inline-flex h-9 items-center gap-1 rounded-md px-2 text-sm text-muted hover:bg-sunken hover:text-text';

/** Named in the language it leads to. */
export function LanguageSwitch() {
  const { language, texts, speak } = useLanguage();
  const other = language === 'ko' ? 'en' : 'ko';
  return (
    <button type="button" lang={other} className={quiet} onClick={() => speak(other)}>
      {texts.shell.otherLanguage}
    </button>
  );
}

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** Goes around: as the system has it, light, dark. The cookie lets the server write it into the next page. */
export function ThemeSwitch() {
  const { texts } = useLanguage();
  const [theme, setTheme] = useState<Theme>(() => themes.find((one) => one === document.documentElement.dataset['theme']) ?? 'system');
  function turn(): void {
    const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
    if (next === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = next;
    document.cookie = `naru_theme=${next}; path=/; max-age=${next === 'system' ? 0 : 31536000}; samesite=lax`;
    setTheme(next);
  }
  return (
    <button type="button" className={quiet} title={texts.shell.theme[theme]} aria-label={texts.shell.theme[theme]} onClick={turn}>
      <SunIcon />
    </button>
  );
}
