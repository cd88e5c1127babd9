import { tableOf } from '../../language/table-of.ts';

const en = {
  title: 'Packages',
  waiting: 'What is installed is being read.',
  notKnown: 'Of one of the two it is not known what is installed.',
  same: 'The same packages in the same versions.',
  added: (n: string) => `${n} added`,
  removed: (n: string) => `${n} removed`,
  changed: (n: string) => `${n} in other versions`,
};

const ko: typeof en = {
  title: '패키지',
  waiting: '설치된 것을 읽고 있습니다.',
  notKnown: '둘 중 하나는 무엇이 설치되어 있는지 알 수 없습니다.',
  same: '패키지와 버전이 같습니다.',
  added: (n) => `추가 ${n}`,
  removed: (n) => `삭제 ${n}`,
  changed: (n) => `버전 변경 ${n}`,
};

export const usePackageTexts = tableOf({ en, ko });
