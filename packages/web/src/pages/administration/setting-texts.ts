import { tableOf } from '../../language/table-of.ts';

const en = {
  settings: 'Settings of the server',
  settingsHint:
    'They are read when the server starts, and nothing of them is changed here: write a setting into the file, the environment or a flag, and start the server again. Flags beat the environment, and the environment beats the file.',
  atRunTime:
    'What changes while the server runs: limits of namespaces, accounts, policies and webhooks on their own pages, and the files of the certificate, which are read again by themselves.',
  find: 'Find a setting',
  written: 'Only what is written somewhere',
  none: 'No setting is like this.',
  secret: 'set, and not shown',
  sources: { default: 'default', file: 'file', environment: 'environment', flag: 'flag' },
  byDefault: (value: string) => `by default ${value}`,
  how: 'How to change it',
  inFile: 'In the file',
  inEnvironment: 'In the environment',
  asFlag: 'As a flag',
  type: 'Kind of value',
};

const ko: typeof en = {
  settings: '서버 설정',
  settingsHint:
    '설정은 서버가 시작할 때 읽으며 여기서는 바꾸지 않습니다. 파일, 환경 변수, 플래그 가운데 하나에 적고 서버를 다시 시작하세요. 플래그가 환경 변수를, 환경 변수가 파일을 이깁니다.',
  atRunTime: '서버가 도는 동안 바뀌는 것: 네임스페이스의 한도, 계정, 정책, 웹훅은 각자의 페이지에서 바꾸고, 인증서 파일은 서버가 스스로 다시 읽습니다.',
  find: '설정 찾기',
  written: '어딘가에 적혀 있는 것만',
  none: '그런 설정이 없습니다.',
  secret: '설정됨(표시하지 않음)',
  sources: { default: '기본값', file: '파일', environment: '환경 변수', flag: '플래그' },
  byDefault: (value) => `기본값 ${value}`,
  how: '바꾸는 방법',
  inFile: '파일',
  inEnvironment: '환경 변수',
  asFlag: '플래그',
  type: '값의 종류',
};

export const useSettingTexts = tableOf({ en, ko });
