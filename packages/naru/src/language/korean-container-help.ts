/** The help of the commands on containers and volumes in Korean. */
import type { ContainerVerb, containerSpecs } from '../container-commands.ts';
import type { SpokenAll } from './spoken-help.ts';

type ContainerHelp = SpokenAll<typeof containerSpecs>;

const dataRoot = '로컬 이미지가 있는 폴더.';
const config = 'Docker의 config.json이 있는 폴더.';
const format = "'table', 'table 템플릿', 'json', 또는 '{{.Names}}' 같은 Go 템플릿.";
const json = 'JSON으로 출력합니다.';
const template = "'json' 또는 '{{.Id}}' 같은 Go 템플릿.";
const detachKeys = '켜 둔 채 빠져나올 때 누르는 키.';
const interactive = '표준 입력을 넘겨줍니다.';
const tty = '터미널을 줍니다.';
const env = '환경 변수를 정합니다. 이름만 쓰면 여기의 값을 가져갑니다.';
const workdir = '명령이 시작하는 폴더.';
const user = '이미지 안의 이름 또는 숫자.';
const time = '스스로 끝나기를 기다리는 시간.';
const signal = '먼저 보내는 시그널.';
const force = '묻지 않습니다.';

const creating = {
  interactive,
  tty,
  rm: '끝나면 이름 없는 볼륨과 함께 지웁니다.',
  name: '컨테이너의 이름.',
  publish: '이 컴퓨터의 포트를, 또는 비어 있는 포트를 컨테이너의 포트로 잇습니다.',
  'publish-all': '이미지가 듣는다고 하는 모든 포트로 이 컴퓨터의 빈 포트를 잇습니다.',
  env,
  'env-file': '파일에 있는 환경 변수를 정합니다.',
  volume: '이 컴퓨터의 폴더나 이름 있는 볼륨을 컨테이너에 넣습니다.',
  workdir,
  user,
  entrypoint: '이미지의 것 대신 실행할 프로그램.',
  hostname: '컨테이너가 스스로를 부르는 이름.',
  label: '레이블을 붙입니다.',
  network: '자기만의 네트워크, 이 컴퓨터의 네트워크, 또는 없음.',
  restart: '끝났을 때 다시 시작할지.',
  init: '시그널을 넘기고 끝난 프로세스를 거두는 작은 프로세스(catatonit 또는 tini)로 시작합니다.',
  'read-only': '볼륨 밖의 파일은 바꿀 수 없습니다.',
  memory: '쓸 수 있는 메모리. 예: 512m.',
  cpus: '쓸 수 있는 CPU의 수. 예: 1.5.',
  'pids-limit': '가질 수 있는 프로세스의 수.',
  'cap-add': '권능을 더 줍니다. ALL은 모두.',
  'cap-drop': '권능을 뺍니다. ALL은 모두.',
  'security-opt': 'no-new-privileges, seccomp=파일, 또는 seccomp=unconfined.',
  'stop-signal': '"stop"이 먼저 보내는 시그널.',
  'stop-timeout': '"stop"이 강제로 끝내기 전에 기다리는 시간.',
  pull: '이미지를 언제 내려받을지.',
  platform: '인덱스에서 어느 이미지를 내려받을지.',
  runtime: 'OCI 런타임.',
  'data-root': dataRoot,
  config,
} as const;

const verbs: Pick<ContainerHelp, ContainerVerb> = {
  run: {
    summary: '새 컨테이너에서 명령을 실행하기',
    details: [
      '이미지는 로컬 저장소에서 가져오고, 거기 없을 때만 내려받습니다. 격리는 crun이나 runc가, 감독은 conmon이, 네트워크는 slirp4netns가 맡으며, 없는 것이 있으면 어느 데비안 패키지에 있는지 알려 줍니다. root 권한이 필요합니다.',
      '-it를 주면 컨테이너의 터미널에 앉게 되고, 주지 않으면 시그널과 Ctrl-C가 컨테이너로 갑니다.',
      '종료 코드: 명령의 것. 컨테이너를 만들 수 없었으면 125, 명령을 실행할 수 없으면 126, 그런 명령이 없으면 127, 시그널로 끝났으면 128에 그 번호를 더한 것.',
    ],
    flags: { detach: '실행해 둔 채 ID를 출력합니다.', 'detach-keys': detachKeys, ...creating },
  },
  create: { summary: '컨테이너를 시작하지 않고 만들기', details: [], flags: creating },
  logs: {
    summary: '컨테이너가 출력한 것을 보기',
    details: ['때는 지금부터 거슬러 간 시간(10m, 1h30m), 1970년부터의 초, 또는 날짜로 씁니다.'],
    flags: {
      'data-root': dataRoot,
      follow: '끝날 때까지 계속 봅니다.',
      tail: '마지막 몇 줄만.',
      since: '이때부터의 것만.',
      until: '이때까지의 것만.',
      timestamps: '줄마다 앞에 때를 적습니다.',
    },
  },
  stop: {
    summary: '컨테이너를 멈추기',
    details: ['이미지의 시그널로 멈추고, 듣지 않으면 강제로 멈춥니다.'],
    flags: { 'data-root': dataRoot, time, signal },
  },
  start: {
    summary: '멈춘 컨테이너를 시작하기',
    details: [],
    flags: { 'data-root': dataRoot, attach: '출력을 보며 끝나기를 기다립니다.', interactive, 'detach-keys': detachKeys },
  },
  restart: { summary: '컨테이너를 멈췄다가 다시 시작하기', details: [], flags: { 'data-root': dataRoot, time, signal } },
  kill: { summary: '컨테이너에 시그널을 보내기', details: [], flags: { 'data-root': dataRoot, signal: '어느 시그널인지.' } },
  rm: { summary: '컨테이너를 지우기', details: [], flags: { 'data-root': dataRoot, force: '실행 중인 것도.', volumes: '이름 없는 볼륨과 함께.' } },
  wait: { summary: '컨테이너가 끝나기를 기다려 종료 코드를 출력하기', details: [], flags: { 'data-root': dataRoot } },
  port: { summary: '컨테이너가 연 포트를 보기', details: [], flags: { 'data-root': dataRoot, json } },
  exec: {
    summary: '실행 중인 컨테이너에서 명령을 실행하기',
    details: [],
    flags: { 'data-root': dataRoot, detach: '끝나기를 기다리지 않습니다.', interactive, tty, env, workdir, user },
  },
  attach: {
    summary: '실행 중인 컨테이너의 출력을 보고 입력하기',
    details: [],
    flags: { 'data-root': dataRoot, 'no-stdin': '보기만 합니다.', 'detach-keys': detachKeys },
  },
};

const list: ContainerHelp['ps'] = {
  summary: '컨테이너 목록',
  details: [
    '필터: status=running|exited|…, name=패턴, id=ID, label=키[=값], ancestor=이미지, exited=코드, before=컨테이너, since=컨테이너, volume=이름, publish=포트, network=이름. 서로 다른 필터는 모두, 같은 이름의 필터는 하나만 맞으면 됩니다.',
  ],
  flags: {
    'data-root': dataRoot,
    all: '실행 중이 아닌 것도.',
    filter: 'status, name, label, ancestor 등으로 거릅니다.',
    format,
    last: '실행 중이든 아니든 마지막에 만든 몇 개.',
    latest: '마지막에 만든 것.',
    'no-trunc': '출력을 자르지 않습니다.',
    quiet: '컨테이너 ID만 보여 줍니다.',
    size: '얼마나 썼는지.',
    json,
  },
};

export const containerHelp: ContainerHelp = {
  ...verbs,
  ps: list,
  ...(Object.fromEntries(Object.entries(verbs).map(([verb, help]) => [`container ${verb}`, help])) as unknown as {
    readonly [Verb in ContainerVerb as `container ${Verb}`]: ContainerHelp[Verb]; // the same verbs behind one word more
  }),
  'container ls': list,
  'container ps': list,
  'container inspect': { summary: '컨테이너의 모든 것을 보기', details: [], flags: { 'data-root': dataRoot, format: template, json } },
  'container prune': {
    summary: '실행 중이 아닌 컨테이너를 모두 지우기',
    details: [],
    flags: { 'data-root': dataRoot, force, filter: 'until, label로 거릅니다.' },
  },
  'container boot': {
    summary: '컴퓨터가 켜진 뒤 실행되어야 할 것을 시작하기',
    details: [
      '--restart에 따릅니다. always는 언제나, unless-stopped는 아무도 멈추지 않았으면, on-failure는 실패했거나 도중에 끊겼으면 시작합니다. 실행 중인 것은 그대로 두고, 아무것도 멈추지 않습니다. 시작한 것의 이름을 출력합니다.',
      '컴퓨터가 켜질 때마다 하려면: naru container boot --print-unit | sudo tee /etc/systemd/system/naru-containers.service, 그다음 sudo systemctl enable naru-containers.',
    ],
    flags: { 'data-root': dataRoot, 'print-unit': 'systemd의 유닛만 출력합니다.' },
  },
  'container settle': {
    summary: '컨테이너가 끝났음을 기록하기',
    details: ['컨테이너의 감독이 부릅니다. 그 밖에는 해가 없습니다. 실행 중인 컨테이너는 그대로 둡니다.'],
    flags: { 'data-root': dataRoot },
  },
  'volume ls': {
    summary: '볼륨 목록',
    details: [],
    flags: { 'data-root': dataRoot, filter: 'name, dangling으로 거릅니다.', format, quiet: '이름만 보여 줍니다.', json },
  },
  'volume create': { summary: '볼륨을 만들기', details: ['"run -v"가 없는 것을 만들므로 먼저 만들지 않아도 됩니다.'], flags: { 'data-root': dataRoot } },
  'volume rm': {
    summary: '볼륨을 지우기',
    details: ['컨테이너가 갖고 있으면, 실행 중이 아니어도, 지우지 않습니다.'],
    flags: { 'data-root': dataRoot, force: '없는 것은 말없이 넘어갑니다.' },
  },
  'volume inspect': { summary: '볼륨의 모든 것을 보기', details: [], flags: { 'data-root': dataRoot, format: template, json } },
  'volume prune': { summary: '어느 컨테이너도 갖지 않은 볼륨을 지우기', details: [], flags: { 'data-root': dataRoot, all: '이름을 지어 준 것도.', force } },
};
