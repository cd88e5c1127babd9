/** How an image was built: what each remark is called, where it is told and where a policy forbids it. */
import type { Answer } from '../api/client.ts';
import { tableOf } from '../language/table-of.ts';

export type ConfigurationRule = Answer<'GET /repositories/{repository}/-/images/{reference}/lint'>['images'][number]['findings'][number]['rule'];

const rules = {
  'private-key': 'A private key is in it',
  'secret-in-environment': 'A secret in the environment',
  'secret-in-history': 'A secret in the history',
  'root-user': 'It runs as root',
  'setuid-file': 'A file that runs with its owner’s rights',
  'package-manager': 'A package manager was added',
  'base-unpinned': 'Built on what changes',
  'base-unknown': 'Nobody knows what it is built on',
  'only-latest': 'No tag but latest',
  'large-step': 'A step that adds much',
  'many-layers': 'Many layers',
  'cache-hostile': 'An order that installs again and again',
} satisfies Readonly<Record<ConfigurationRule, string>>;

/** In the order in which they matter. */
export const configurationRules = Object.keys(rules) as ConfigurationRule[]; // its own keys

const en = {
  title: 'How it was built',
  hint: 'What a reviewer would say, with the step that brought it. What the base has is not told.',
  none: 'Nothing is amiss.',
  notWhole: 'Its files were not all looked at yet, so there may be more.',
  from: 'from',
  rules,
};

const ko: typeof en = {
  title: '어떻게 만들어졌나',
  hint: '검토하는 사람이라면 지적할 것을, 가져온 단계와 함께 보여 줍니다. 베이스에 원래 있던 것은 말하지 않습니다.',
  none: '지적할 것이 없습니다.',
  notWhole: '파일을 아직 다 보지 못해 더 있을 수 있습니다.',
  from: '출처',
  rules: {
    'private-key': '개인 키가 들어 있음',
    'secret-in-environment': '환경 변수에 든 비밀',
    'secret-in-history': '이력에 남은 비밀',
    'root-user': 'root로 실행됨',
    'setuid-file': '소유자의 권한으로 실행되는 파일',
    'package-manager': '추가된 패키지 관리자',
    'base-unpinned': '바뀔 수 있는 것 위에 만들어짐',
    'base-unknown': '무엇 위에 만들어졌는지 알 수 없음',
    'only-latest': 'latest 말고는 태그가 없음',
    'large-step': '많은 양을 더하는 단계',
    'many-layers': '많은 레이어',
    'cache-hostile': '매번 다시 설치하게 되는 순서',
  },
};

export const useConfigurationTexts = tableOf({ en, ko });
