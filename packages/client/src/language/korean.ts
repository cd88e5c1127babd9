import type { ClientTexts } from './client-texts.ts';

export const korean: ClientTexts = {
  remedies: {
    'log-in': ({ host }) => `먼저 로그인하세요: naru login ${host}`,
    'log-in-or-ask': ({ host, repository }) =>
      `로그인하려면: naru login${host === 'docker.io' ? '' : ` ${host}`}. 이미 로그인했다면 ${repository}의 소유자에게 권한을 요청하세요.`,
    'allow-plain-http': ({ host }) => `${host}가 원래 평문 HTTP를 쓰는 곳이라면: naru config add insecure-registries ${host}`,
    'token-service-needs-tls': () => '레지스트리 운영자가 토큰 서비스에 TLS를 적용해야 합니다. 로그인 없이 계속하려면 먼저 그 레지스트리에서 로그아웃하세요.',
    wait: ({ seconds }) => `레지스트리가 ${seconds}초 기다리라고 합니다. 그 뒤에 다시 시도하세요.`,
    'choose-another-tag': () => '인덱스에 다른 태그를 쓰거나, 이 태그를 먼저 지우세요.',
    'say-platform': () => '직접 지정하세요: --platform 운영체제/아키텍처',
    'delete-by-digest': ({ name }) => `이미지를 모든 태그와 함께 지우려면: naru remote rm ${name}`,
  },
  remoteErrors: {
    unreachable: '이름이 맞고 레지스트리가 켜져 있습니까? 프록시를 거쳐야 한다면 HTTPS_PROXY를 설정하세요.',
    network: '다시 시도하세요. pull과 push는 멈춘 곳에서 이어집니다.',
    tls: '그 레지스트리가 맞다면 서명한 인증 기관의 인증서를 ~/.docker/certs.d/호스트:포트/ca.crt에 넣으세요.',
    'not-tls': '',
    'plain-http': '',
    unauthorized: '사용자 이름과 비밀번호 또는 토큰을 확인하세요.',
    denied: 'naru login으로 로그인하거나 리포지터리의 소유자에게 권한을 요청하세요.',
    'not-found': '무엇이 있는지 보려면: naru remote tags 이름',
    'rate-limited': '잠시 기다리거나 로그인하세요. 로그인한 사용자에게 더 많이 허용하는 레지스트리가 많습니다.',
    precondition: '그사이 다른 사람이 바꾸었습니다. 다시 확인한 뒤 반복하세요.',
    range: '',
    refused: '',
    unavailable: '레지스트리 쪽 문제입니다. 나중에 다시 시도하세요.',
    'broken-answer': '레지스트리의 주소가 맞습니까?',
    'wrong-content': '받은 내용이 다이제스트와 달라 버렸습니다. 레지스트리 운영자에게 알려 주세요.',
  },
  storeErrors: {
    newer: '더 새로운 버전을 실행하거나 --data-root로 다른 폴더를 고르세요.',
    'read-only': '소유자와 권한, 매체가 읽기 전용으로 마운트되지 않았는지 확인하거나 --data-root로 다른 폴더를 고르세요.',
    full: '"naru image prune" 등으로 자리를 비우거나 --data-root로 다른 폴더를 고르세요.',
    busy: '다른 프로세스가 쓰고 있습니다. 다시 시도하세요.',
    foreign: '--data-root로 다른 폴더를 고르세요.',
    damaged: '시스템 로그를 확인하거나 --data-root로 다른 폴더를 고르세요.',
    'wrong-content': '',
    'not-found': '',
  },
  warnings: {
    'mirror-failed': ({ host, why }) => `미러 ${host}: ${why}`,
    'mirror-distrusted': ({ host }) => `미러 ${host}가 잘못된 내용을 주어 더 이상 묻지 않습니다`,
    'plain-http': ({ host }) =>
      `${host}는 평문 HTTP를 씁니다. 길목에 있는 누구든 통신을 엿들을 수 있고, 레이어와 비밀번호가 샐 수 있으며, 가짜 이미지를 대신 줄 수 있습니다. TLS를 쓰는 것이 좋습니다.`,
    'registry-says': ({ host, text }) => `${host}: ${text}`,
    'helper-failed': ({ helper, usedInstead, why }) => `자격 증명 헬퍼 ${helper}가 작동하지 않아 ${usedInstead}를 대신 씁니다: ${why}`,
  },
  settingsFile: '모든 설정은 docs/ko/remote.md에 설명되어 있고, naru config ls가 지금의 값을 보여 줍니다.',
  credentialsFile: '파일은 그대로 두었습니다. 고치거나 옮기거나, --config로 다른 폴더를 지정하세요.',
  copy: { exists: '이미 있음', mounted: '마운트함', copied: '복사함', targetIsTag: '대상은 태그여야 합니다. 다이제스트는 내용에서 정해집니다' },
  index: {
    added: '추가함',
    byTag: '인덱스에는 태그로 추가합니다. 다이제스트는 바뀌기 때문입니다',
    platformForOne: '--platform은 이미지 하나에만 해당합니다. 나머지는 이 플래그 없이 추가하세요',
  },
  remove: { sayWhat: (repository) => `${repository}에서 무엇을 지울지 태그나 다이제스트로 말하세요` },
  signing: {
    needsKey: '이미지와 키를 말하세요: naru sign 이미지 --key cosign.key, naru verify 이미지 --key cosign.pub. 키를 만들려면: naru sign --generate-key',
    password: '개인 키의 비밀번호: ',
    newPassword: '개인 키에 쓸 비밀번호: ',
    sayPassword: '개인 키의 비밀번호를 COSIGN_PASSWORD에 넣으세요',
    exists: (prefix) => `${prefix}.key나 ${prefix}.pub가 이미 있어 그대로 두었습니다. --output으로 다른 이름을 고르세요`,
    signed: (image) => `${image}에 서명함`,
    keyErrors: {
      'not-a-key': '필요한 키가 아닙니다. 서명에는 naru나 cosign이 만든 개인 키, 확인에는 PEM 공개 키가 필요합니다',
      'wrong-password': '개인 키의 비밀번호가 틀렸거나 파일이 손상되었습니다',
      unsupported: '개인 키가 알 수 없는 방식으로 잠겨 있습니다',
    },
    notVerified: (image, results) =>
      results.length === 0
        ? `${image}에는 서명이 없습니다`
        : `${image}에 이 키의 서명이 없습니다(${results.map((result) => ({ wrong: '다른 키', 'other-digest': '다른 이미지', malformed: '읽을 수 없음' })[result] ?? result).join(', ')})`,
  },
  artifactTypeIsMediaType: '아티팩트 종류는 미디어 타입으로 씁니다',
  noSettingsFile: '아직 파일이 없습니다. 기본값입니다',
  settings: {
    oneValue: (key) => `${key}의 값은 하나입니다`,
    noList: (key) => `${key}는 목록이 아닙니다. naru config set을 쓰고, 없애려면 값 없이 naru config rm을 쓰세요`,
    notInList: (value, key) => `${key}에 ${value}가 없습니다`,
  },
};
