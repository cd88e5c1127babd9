import { tableOf } from '../../language/table-of.ts';

const en = {
  title: 'What is vulnerable in it',
  states: { checked: 'nothing found', checking: 'being checked', failed: 'not known', unknown: 'not known' },
  found: (count: string, word: string) => `${count} ${word}`,
};

const ko: typeof en = {
  title: '취약점 보기',
  states: { checked: '발견 없음', checking: '검사 중', failed: '알 수 없음', unknown: '알 수 없음' },
  found: (count, word) => `${word} ${count}`,
};

export const useCheckTexts = tableOf({ en, ko });
