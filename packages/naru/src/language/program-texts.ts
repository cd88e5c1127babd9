/** The texts of the program around the commands: help and mistakes on the command line. One object for each language has this type. */
import type { Language } from '@naru/client/language/choose-language';

export type ProgramTexts = {
  /** A sentence, and where to read on. */
  readonly see: (what: string, command: string) => string;
  readonly didYouMean: (what: string, nearest: string) => string;
  readonly notACommand: (word: string) => string;
  readonly noArgument: (command: string, word: string) => string;
  /** `max` is Infinity where there is no end. */
  readonly wrongWordCount: (command: string, min: number, max: number) => string;
  readonly unknownFlag: (flag: string) => string;
  readonly flagWithoutValue: (flag: string) => string;
  readonly valueForSwitch: (flag: string) => string;
  readonly about: string;
  readonly usage: string;
  readonly commands: string;
  readonly flags: string;
  readonly more: string;
  readonly presetOf: (preset: string) => string;
};

export async function loadProgramTexts(language: Language): Promise<ProgramTexts> {
  return language === 'ko' ? (await import('./korean.ts')).korean : (await import('./english.ts')).english;
}
