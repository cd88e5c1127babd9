import { tableOf } from '../../language/table-of.ts';

const en = {
  repositories: 'Repositories',
  security: 'Security',
  none: 'Nothing here that you may see.',
  settings: 'Account settings',
  organisations: 'Organisations',
};

const ko: typeof en = {
  repositories: '저장소',
  security: '보안',
  none: '볼 수 있는 저장소가 없습니다.',
  settings: '계정 설정',
  organisations: '조직',
};

export const usePersonTexts = tableOf({ en, ko });
