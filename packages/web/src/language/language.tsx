/** Which language the page speaks. The server wrote it into the document (cookie, else Accept-Language). */
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Texts } from './en.ts';

export type Language = 'en' | 'ko';

const load = {
  en: async () => (await import('./en.ts')).en,
  ko: async () => (await import('./ko.ts')).ko,
};

type Spoken = { readonly language: Language; readonly texts: Texts; speak(language: Language): void };
const SpokenContext = createContext<Spoken | undefined>(undefined);

export function firstLanguage(): Language {
  return document.documentElement.lang === 'ko' ? 'ko' : 'en';
}

export function loadTexts(language: Language): Promise<Texts> {
  return load[language]();
}

export function LanguageProvider({ first, children }: { first: { language: Language; texts: Texts }; children: ReactNode }) {
  const [{ language, texts }, setSpoken] = useState(first);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  async function change(next: Language): Promise<void> {
    document.cookie = `naru_language=${next}; path=/; max-age=31536000; samesite=lax`;
    setSpoken({ language: next, texts: await loadTexts(next) });
  }
  return <SpokenContext value={{ language, texts, speak: (next) => void change(next) }}>{children}</SpokenContext>;
}

export function useLanguage(): Spoken {
  const spoken = useContext(SpokenContext);
  if (spoken === undefined) throw new Error('outside of LanguageProvider');
  return spoken;
}

export function useTexts(): Texts {
  return useLanguage().texts;
}
