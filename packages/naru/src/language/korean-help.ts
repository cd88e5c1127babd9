/**
 * The help of the client's commands in Korean. A command, a paragraph or a flag without its text does
 * not compile. English stands in the table of commands itself.
 */
import { settingSentences } from '@naru/server/config/korean-settings';
import type { clientSpecs } from '../client-commands.ts';
import type { Command } from '../command-table.ts';
import type { containerSpecs } from '../container-commands.ts';
import type { imageSpecs } from '../image-commands.ts';
import type { transferSpecs } from '../transfer-commands.ts';
import { containerHelp } from './korean-container-help.ts';
import { operatorSentences } from './korean-operator-help.ts';
import type { SpokenAll } from './spoken-help.ts';

type ClientHelp = SpokenAll<typeof clientSpecs> & SpokenAll<typeof transferSpecs> & SpokenAll<typeof imageSpecs> & SpokenAll<typeof containerSpecs>;
type AnyHelp = { readonly summary: string; readonly details: readonly string[]; readonly flags: Readonly<Record<string, string>> };

export function inKorean(command: Command): Command {
  const said: AnyHelp | undefined = client[command.name as keyof ClientHelp] ?? server[command.name];
  if (said === undefined) {
    const translate = (sentence: string): string => operatorSentences[sentence] ?? sentence;
    return {
      ...command,
      summary: adminSummaries[command.name] ?? translate(command.summary),
      details: command.details.map(translate),
      flags: command.flags.map((flag) => ({ ...flag, description: translate(flag.description) })),
    };
  }
  return {
    ...command,
    summary: said.summary,
    details: command.details.map((paragraph, at) => said.details[at] ?? paragraph),
    flags: command.flags.map((flag) => ({ ...flag, description: said.flags[flag.name] ?? everywhere[flag.name] ?? flag.description })),
  };
}

const json = 'JSON으로 출력합니다.';
const config = 'Docker의 config.json이 있는 폴더.';
const dataRoot = '로컬 이미지가 있는 폴더.';
const format = "'table', 'table 템플릿', 'json', 또는 '{{.ID}}' 같은 Go 템플릿.";
const noTrunc = '출력을 줄이지 않습니다.';
const idsOnly = '이미지 ID만 보여 줍니다.';
const expansion = '풀었을 때 1 GiB를 넘고 원래 크기의 이 배수보다 커지는 데이터는 거절합니다. 0이면 거절하지 않습니다.';
const ofIndex = '인덱스에서 linux/arm64 같은 이 플랫폼의 이미지.';
const whichRegistry = '레지스트리와 미러, 평문 HTTP를 써도 되는 곳은 ~/.config/naru/client.yaml(NARU_CLIENT_CONFIG)에서 정합니다.';
const defaultServer = '서버를 쓰지 않으면 Docker Hub 또는 설정의 기본 레지스트리입니다.';
const settings =
  '파일은 ~/.config/naru/client.yaml(NARU_CLIENT_CONFIG)입니다. 키: default-registry, insecure-registries, registry-mirrors, registries.호스트.mirrors, registries.호스트.insecure, registries.호스트.blocked.';

/** Flags that the table adds to every command on images. */
const everywhere: Readonly<Record<string, string>> = { 'data-root': dataRoot };

const pull: ClientHelp['pull'] = {
  summary: '레지스트리에서 이미지를 내려받기',
  details: [
    '이름이 어디서 받을지 말합니다: 호스트/경로:태그. 호스트가 없으면 Docker Hub입니다. 받는 동안 내용을 다이제스트와 대조합니다.',
    '내려받기가 끊기면 같은 명령이 멈춘 곳에서 이어 갑니다.',
  ],
  flags: { 'all-tags': '리포지터리의 모든 태그를 내려받습니다.', platform: ofIndex, quiet: '이미지 이름만 출력합니다.', 'data-root': dataRoot, config },
};

const push: ClientHelp['push'] = {
  summary: '레지스트리에 이미지를 올리기',
  details: [
    '이름이 어디로 올릴지 말합니다. 레지스트리에 이미 있는 레이어는 보내지 않고, 다른 리포지터리에 있는 것은 마운트합니다.',
    '인덱스는 모든 플랫폼이 로컬에 있을 때 통째로 올리고, 아니면 있는 이미지 하나만 올립니다.',
    '올리기가 끊기면 같은 명령이 멈춘 곳에서 이어 갑니다.',
  ],
  flags: {
    'all-tags': '리포지터리의 모든 태그를 올립니다.',
    platform: '인덱스에서 linux/arm64 같은 이 플랫폼의 이미지만.',
    quiet: '이미지 이름만 출력합니다.',
    'data-root': dataRoot,
    config,
  },
};

const tag: ClientHelp['tag'] = { summary: '이미지에 이름 하나를 더하기', details: [], flags: {} };

const list: ClientHelp['images'] = {
  summary: '이미지 목록 보기',
  details: [
    "필터: reference=패턴('*'는 빗금에서 멈추고 '**'는 멈추지 않음), dangling=true|false, label=키[=값], label!=키[=값], before=이미지, since=이미지, until=시각. reference가 여럿이면 하나만 맞으면 되고, 나머지는 모두 맞아야 합니다.",
  ],
  flags: {
    all: '모든 이미지를 보여 줍니다. 여기서는 숨긴 것이 없습니다.',
    digests: '레지스트리가 이미지를 부르는 다이제스트를 보여 줍니다.',
    filter: 'reference, dangling, label, before, since, until로 거릅니다.',
    format,
    'no-trunc': noTrunc,
    quiet: idsOnly,
    json,
  },
};

const remove: ClientHelp['rmi'] = {
  summary: '이미지의 이름과 이름 없는 이미지를 지우기',
  details: ['이름으로 부르면 이름이 지워지고, 마지막 이름과 함께 이미지도 지워집니다. ID로 부르면 태그가 하나 이하일 때 이미지가 지워집니다.'],
  flags: { force: 'ID로 부른 이미지를 모든 이름과 함께 지웁니다. 없는 것은 실패로 치지 않습니다.', 'no-prune': '마지막 이름을 잃은 이미지를 남깁니다.' },
};

const inspect: ClientHelp['image inspect'] = { summary: '이미지의 모든 것 보기', details: [], flags: { format, json } };

const history: ClientHelp['history'] = {
  summary: '이미지가 만들어진 단계 보기',
  details: [],
  flags: { format, human: '크기와 날짜를 읽기 쉽게.', 'no-trunc': noTrunc, quiet: idsOnly, json },
};

const save: ClientHelp['save'] = {
  summary: '이미지들을 아카이브 하나로 쓰기',
  details: [
    '아카이브는 OCI 이미지 레이아웃이면서 docker-archive입니다. docker, podman, skopeo가 읽습니다. 레이어는 저장된 그대로 들어갑니다.',
    '태그 없는 이름은 그 모든 태그를 뜻합니다. -o가 없으면 표준 출력으로 씁니다.',
  ],
  flags: { output: '파일로 씁니다. 파일은 다 써진 뒤에 나타납니다.' },
};

const load: ClientHelp['load'] = {
  summary: '아카이브에서 이미지를 읽기',
  details: [
    'naru save, docker save, podman save, skopeo가 쓴 것을 읽습니다. gzip, zstd, xz, bzip2로 압축되어 있어도 됩니다. 아카이브의 어떤 것도 디스크에 풀지 않으며, 이미지들은 한꺼번에 나타나거나 전혀 나타나지 않습니다.',
  ],
  flags: {
    input: '표준 입력 대신 파일에서 읽습니다.',
    quiet: '스크립트를 위해 받아들입니다. 원래 진행 상황을 보여 주지 않습니다.',
    'max-expansion': expansion,
  },
};

const client: ClientHelp = {
  login: {
    summary: '레지스트리에 로그인하기',
    details: [
      defaultServer,
      '자격 증명은 먼저 시험해 본 뒤 Docker가 두는 곳에 둡니다. config.json이 정한 헬퍼가 있으면 거기에, 없으면 파일에 둡니다. Docker의 명령이 그것을 쓰고, 이 명령도 Docker와 Podman의 것을 씁니다.',
    ],
    flags: {
      username: '사용자 이름.',
      password: '비밀번호 또는 토큰. 같은 컴퓨터의 다른 사용자가 볼 수 있으니 표준 입력이 낫습니다.',
      'password-stdin': '비밀번호를 표준 입력에서 받습니다.',
      config,
    },
  },
  logout: { summary: '레지스트리의 자격 증명을 잊기', details: [defaultServer], flags: { config } },
  search: {
    summary: '레지스트리에서 이미지 찾기',
    details: ['호스트/검색어는 그 레지스트리를 찾습니다. 검색 기능이 없는 레지스트리에서는 카탈로그의 이름을 뒤집니다.'],
    flags: {
      filter: '맞는 것만: stars=N, is-official=true, is-automated=false.',
      limit: '결과의 수, 100까지.',
      format: "'table', 'table 템플릿', 'json', 또는 '{{.Name}}' 같은 Go 템플릿.",
      'no-trunc': '설명을 줄이지 않습니다.',
      config,
      json,
    },
  },
  'ref explain': {
    summary: '이미지 이름의 각 부분이 무엇인지 말하기',
    details: ['레지스트리, 프로젝트, 이미지, 태그를 기본값까지 채워 출력합니다. 아무 데도 묻지 않습니다.'],
    flags: { json },
  },
  sign: {
    summary: '레지스트리의 이미지에 개인 키로 서명하기',
    details: [
      '서명은 cosign처럼 push하고, 있던 서명은 남겨 둡니다. cosign의 키는 모두 쓸 수 있습니다. --generate-key는 비밀번호로 잠근 cosign.key와 cosign.pub를 만듭니다.',
      '비밀번호는 물어보거나 COSIGN_PASSWORD에서 읽습니다.',
    ],
    flags: { key: '개인 키.', 'generate-key': '키를 만들고 아무것도 서명하지 않습니다.', output: '두 파일 이름의 앞부분.', config },
  },
  verify: {
    summary: '레지스트리의 이미지가 이 키로 서명되었는지 확인하기',
    details: ['이미지와 다이제스트를 출력하거나, 무엇이 틀렸는지 말하고 1로 끝납니다. 레지스트리를 믿지 않고 서명과 다이제스트를 여기서 확인합니다.'],
    flags: { key: '공개 키.', config, json },
  },
  'remote tags': { summary: '리포지터리의 태그 목록 보기', details: [whichRegistry], flags: { config, json } },
  'remote inspect': {
    summary: '레지스트리의 이미지를 내려받지 않고 보기',
    details: [whichRegistry],
    flags: { platform: ofIndex, raw: '매니페스트를 바이트 그대로 출력합니다.', config, json },
  },
  'remote rm': {
    summary: '레지스트리의 태그와 이미지를 지우기',
    details: ['이름:태그는 태그만 떼고 이미지를 남깁니다. 이름@다이제스트는 이미지를 모든 태그와 함께 지웁니다.'],
    flags: { config },
  },
  'remote copy': {
    summary: '레지스트리 사이에 이미지를 복사하기',
    details: [
      '이 컴퓨터에는 아무것도 저장하지 않습니다. 한 레지스트리 안에서는 레이어를 마운트하고, 레지스트리 사이에서는 흘려보냅니다. 다이제스트는 그대로입니다. 플랫폼을 고르지 않으면 인덱스를 통째로 복사합니다.',
      whichRegistry,
    ],
    flags: {
      platform: '인덱스에서 linux/arm64 같은 이 플랫폼의 이미지만. 여러 번 주면 그것들의 인덱스.',
      referrers: '서명 등 이미지를 가리키는 것도 복사합니다.',
      quiet: '이름과 다이제스트만 출력합니다.',
      config,
      json,
    },
  },
  'remote referrers': {
    summary: '이미지를 가리키는 것들의 목록 보기',
    details: ['이 이미지를 subject로 둔 서명, 보고서 등의 아티팩트입니다.'],
    flags: { 'artifact-type': '이 종류만.', config, json },
  },
  'remote index add': {
    summary: '여러 플랫폼의 이미지를 한 태그 아래 모으기',
    details: [
      '인덱스가 없으면 만들고, 같은 플랫폼의 항목이 있으면 바꿉니다. 여럿이 동시에 추가하면 서로가 쓴 것에서 다시 시작하므로, 레지스트리가 If-Match를 지키는 한 아무것도 잃지 않습니다.',
    ],
    flags: {
      platform: '설정에 없을 때, 이 이미지 하나가 어느 플랫폼의 것인지.',
      'if-match': "인덱스가 아직 이 다이제스트일 때만. 'none'은 아직 없을 때만.",
      config,
      json,
    },
  },
  'config ls': { summary: '클라이언트의 설정 보기', details: [settings], flags: { json } },
  'config get': { summary: '설정 하나를 출력하기', details: [settings], flags: { json } },
  'config set': { summary: '설정에 값을 주기', details: [settings, '파일의 주석과 순서는 그대로 둡니다.'], flags: {} },
  'config add': { summary: '목록인 설정에 값을 더하기', details: [settings], flags: {} },
  'config rm': { summary: '설정이나 목록의 값을 없애기', details: [settings], flags: {} },
  completion: {
    summary: '셸의 명령 자동 완성 스크립트를 출력하기',
    details: [
      '명령, 플래그, 로컬 이미지 이름, 그리고 1초 안에 답하는 레지스트리의 태그를 완성합니다. bash: source <(naru completion bash). zsh: source <(naru completion zsh). fish: naru completion fish | source.',
    ],
    flags: {},
  },
  pull,
  'image pull': pull,
  push,
  'image push': push,
  tag,
  'image tag': tag,
  images: list,
  'image ls': list,
  rmi: remove,
  'image rm': remove,
  inspect: {
    summary: '컨테이너, 이미지, 볼륨의 모든 것 보기',
    details: ['그 이름을 가진 컨테이너, 이미지, 볼륨을 이 순서로 찾습니다.'],
    flags: { format, type: '이 가운데서만 찾습니다.', json },
  },
  'image inspect': inspect,
  history,
  'image history': history,
  'image prune': {
    summary: '이름 없는 이미지를 지우기',
    details: ['끊긴 pull과 load가 남긴 것도 지웁니다.'],
    flags: {
      all: '어느 컨테이너도 쓰지 않는 이미지를 모두 지웁니다.',
      'dry-run': '무엇을 지울지 말하기만 합니다.',
      filter: 'reference, until, label로 거릅니다.',
      force: '묻지 않습니다.',
    },
  },
  save,
  'image save': save,
  load,
  'image load': load,
  export: {
    ...save,
    summary: '이미지들을 OCI 아카이브로 쓰기',
    details: ['아카이브에는 OCI 이미지 레이아웃만 들어갑니다.', '-o가 없으면 표준 출력으로 씁니다.'],
  },
  import: {
    summary: 'OCI 아카이브에서 이미지를 읽기',
    details: ['이름은 이미지를 태그로만 부르거나 전혀 부르지 않는 아카이브를 위한 것입니다.'],
    flags: { 'max-expansion': expansion },
  },
  'system df': {
    summary: '로컬 이미지가 차지하는 크기 보기',
    details: ['SIZE는 디스크에 있는 크기이고, -v를 주면 하나씩, 이미지는 이미지 목록처럼 풀었을 때의 크기로 보여 줍니다.'],
    flags: { format, verbose: '하나씩 보여 줍니다.', json },
  },
  ...containerHelp,
  info: { summary: '로컬 이미지가 어디에 얼마나 있는지 보기', details: [], flags: { format, json } },
};

const whereItRuns = '데이터 폴더를 쓰는 서버가 있으면 서버가 계속 서비스하면서 일하고, 없으면 명령이 폴더를 직접 엽니다.';
const adminFlags = { data: '모든 것을 담는 폴더: 블롭, 업로드, 데이터베이스.', config: '설정이 든 YAML 파일.', json: '보고를 JSON으로 출력합니다.' };

const server: Readonly<Partial<Record<string, AnyHelp>>> = {
  serve: {
    summary: '레지스트리를 실행하기',
    details: ['플래그가 NARU_* 환경 변수를, 환경 변수가 파일을 이깁니다. 첫 Ctrl-C는 진행 중인 요청을 끝내게 두고, 두 번째는 곧바로 멈춥니다.'],
    flags: { config: adminFlags.config, ...settingSentences },
  },
  'admin gc': {
    summary: '아무것도 가리키지 않는 내용을 지우기',
    details: [whereItRuns, 'collection.grace 안에 올리거나 마운트하거나 물어본 것은 남습니다.'],
    flags: { ...adminFlags, 'dry-run': '무엇을 지울지 말하기만 합니다.', untagged: '태그도 인덱스도 subject도 붙들지 않는 매니페스트도 지웁니다.' },
  },
  'admin fsck': {
    summary: '데이터 폴더가 나루의 약속대로인지 검사하기',
    details: [whereItRuns, '종료 코드: 망가진 것이 (더는) 없으면 0, 있으면 1, 검사할 수 없었으면 2.'],
    flags: { ...adminFlags, repair: '아무것도 잃지 않고 고칠 수 있는 것을 고칩니다.' },
  },
  'admin scrub': {
    summary: '저장된 모든 블롭을 읽어 다이제스트와 대조하기',
    details: [
      whereItRuns,
      '상한 블롭은 따로 치워 더 이상 주지 않습니다. 다시 올리면 회복됩니다.',
      '종료 코드: 모두 온전하면 0, 아니면 1, 검사할 수 없었으면 2.',
    ],
    flags: adminFlags,
  },
  'admin advisories import': {
    summary: '무엇이 취약한지 말하는 파일들을 들여오기',
    details: [
      whereItRuns,
      '파일은 내용으로 구별합니다: OSV 내보내기(.zip, .tar.gz, JSON, YAML), 데비안의 트래커와 목록, 알파인의 보안 데이터베이스, npm 권고, EPSS 점수, CISA의 악용 목록.',
      '파일마다 전부 받아들이거나 전혀 받아들이지 않습니다. 내보내기는 그 출처가 전에 말한 것을 대신하고, 낱개 권고는 더해집니다.',
      '종료 코드: 모든 파일을 받아들였으면 0, 아닌 것이 있으면 1, 아무것도 할 수 없었으면 2.',
    ],
    flags: { ...adminFlags, force: '지금 것보다 오래된 데이터도 받아들입니다.' },
  },
  'admin advisories status': { summary: '어떤 권고를 언제 것까지 아는지 보기', details: [whereItRuns], flags: adminFlags },
  version: { summary: '버전을 출력하기', details: [], flags: { json } },
  help: { summary: '명령을 설명하기', details: [], flags: {} },
};

/** What looks after accounts: said in short; their flags speak English. */
const adminSummaries: Readonly<Partial<Record<string, string>>> = {
  'admin user create': '계정을 만들기',
  'admin user ls': '계정 목록 보기',
  'admin user rm': '리포지터리가 없는 계정을 지우기',
  'admin user set': '계정을 바꾸기',
  'admin org create': '조직을 만들기',
  'admin org ls': '모든 조직의 목록 보기',
  'admin org rm': '리포지터리가 없는 조직을 지우기',
  'admin org invite': '누군가를 이메일로 초대하기',
  'admin org invitations': '조직의 열린 초대 목록 보기',
  'admin org withdraw': '초대를 거두기',
  'admin org members': '조직의 구성원 목록 보기',
  'admin org add': '누군가를 구성원이나 소유자로 만들기',
  'admin org rm-member': '구성원을 내보내기',
  'admin org set': '조직을 바꾸기',
  'admin team create': '팀을 만들기',
  'admin team ls': '조직의 팀 목록 보기',
  'admin team rm': '팀을 그 권한과 함께 지우기',
  'admin team members': '팀의 구성원 목록 보기',
  'admin team add': '구성원을 팀에 넣기',
  'admin team rm-member': '누군가를 팀에서 빼기',
  'admin grant create': '누군가에게 허용하거나 금지하기',
  'admin grant ls': '네임스페이스의 권한 목록 보기',
  'admin grant rm': '권한을 거두기',
  'admin robot create': '사람이 아닌 계정을 만들기',
  'admin robot ls': '네임스페이스의 로봇 목록 보기',
  'admin robot set': '로봇 계정을 끄거나 다시 켜기',
  'admin robot rm': '로봇 계정을 그 토큰과 함께 지우기',
  'admin token create': '액세스 토큰을 만들기(한 번만 보여 줌)',
  'admin token ls': '사용자나 로봇의 액세스 토큰 목록 보기',
  'admin token rm': '액세스 토큰을 무효로 하기',
  'admin trusted-issuer create': 'CI의 토큰을 믿기',
  'admin trusted-issuer ls': '네임스페이스가 누구의 토큰을 믿는지 보기',
  'admin trusted-issuer rm': '발급자를 곧바로 더는 믿지 않기',
  'admin repository ls': '모든 리포지터리 목록 보기',
  'admin repository create': '빈 리포지터리를 만들기',
  'admin repository set': '누가 리포지터리를 볼 수 있는지와 그 설명을 바꾸기',
  'admin repository rename': '리포지터리의 이름을 바꾸거나 다른 네임스페이스로 옮기기',
  'admin repository rm': '리포지터리를 모든 이미지와 함께 삭제하기. 되돌릴 수 없음',
  'admin namespace set': '네임스페이스의 설정을 바꾸기',
  'event follow': '서버에서 일어나는 일을 일어나는 대로 출력하기',
  'webhook create': '무슨 일이 있는지 수신자에게 알리게 하기(비밀 값은 한 번만 보여 줌)',
  'webhook list': '웹훅 목록 보기',
  'webhook show': '웹훅 보기',
  'webhook set': '웹훅을 끄거나 켜기',
  'webhook rm': '웹훅을 전송 기록과 함께 지우기',
  'webhook test': '지금 시험 메시지를 보내고 수신자의 답을 출력하기',
  'webhook deliveries': '웹훅의 전송 목록 보기, 최근 것부터',
  'webhook redeliver': '같은 ID로 메시지를 다시 보내기',
  'notification list': '알림 목록 보기, 최근 것부터',
  'notification read': '알림을 읽은 것으로 표시하기',
  'notification settings': '무엇을 어디에서 알려 주는지 목록 보기',
  'notification set': '어떤 일을 어디에서 알려 줄지 정하기',
  'retention set': '리포지터리의 태그가 얼마나 남는지 정하기',
  'retention preview': '지금 무엇을 지울지 말하고 아무것도 지우지 않기',
  'retention show': '리포지터리의 태그가 얼마나 남는지 보기',
  'retention run': '리포지터리의 보존 규칙을 지금 실행하기',
  'retention rm': '누가 지울 때까지 태그를 남겨 두기',
  'review list': '결정을 기다리는 이미지 목록 보기',
  'review approve': '이미지를 모두에게 보이기',
  'review refuse': '이미지를 push하거나 검토하는 사람에게만 보이기',
  'review require': '리포지터리에 push한 것을 사람이 승인한 뒤에만 보이기',
  'review end': '리포지터리의 검토를 끝내고 모든 것을 보이기',
  'review show': '리포지터리를 검토하는지, 언제부터인지 보기',
  'trash list': '되돌릴 수 있는 지워진 태그 목록 보기',
  'trash restore': '지운 태그를 되돌리기',
  'trash images': '다이제스트로 지워져 되돌릴 수 있는 이미지 목록 보기',
  'trash restore-image': '다이제스트로 지운 이미지를 되돌리기',
  'trash empty': '다이제스트로 지운 것을 버리기',
  findings: '이미지에서 무엇이 취약한지 보기',
  security: '사용자나 조직이 얼마나 취약한지 보기',
  packages: '이미지에 무엇이 설치되어 있는지 보기',
  sbom: '이미지에 설치된 것을 프로그램이 읽는 문서(SBOM)로 출력하기',
  'finding-rule add': '취약점의 발견을 제쳐 두기',
  'scanner list': '외부 스캐너와 그 상태를 보기',
  'scanner test': '스캐너에 무엇이고 무엇을 검사하는지 물어보기',
  'scanner scan': '모든 스캐너에게 이미지를 지금 다시 검사하게 하기',
  'finding-rule ls': '제쳐 둔 것의 목록 보기',
  'finding-rule rm': '제쳐 둔 것을 다시 세기',
  'vex import': 'VEX 문서가 말하는 것을 규칙으로 받아들이기',
  lineage: '이미지가 무엇 위에 만들어졌고 무엇이 그 위에 만들어졌는지 보기',
  lint: '서버에 있는 이미지에 무엇이 잘못됐는지 보기',
  'golden add': '리포지터리의 태그에 있는 이미지를 골든 이미지로 승인하기',
  'golden ls': '네임스페이스가 승인한 골든 이미지 목록 보기',
  'golden rm': '골든 이미지를 목록에서 빼기',
  'golden outdated': '골든 이미지의 지난 버전 위에 있는 이미지 목록 보기',
  'golden require': '골든 이미지 위에 있지 않은 이미지의 푸시를 거절하기',
  'golden preview': '지금 있는 태그 가운데 무엇을 거절할지 말하고 아무것도 바꾸지 않기',
  'golden policy': '이미지가 골든 이미지 위에 있어야 하는지 보기',
  'golden unrequire': '이미지가 골든 이미지 위에 있으라고 더는 요구하지 않기',
  'tag-rule set': '리포지터리의 태그 규칙을 바꾸기',
  'tag-rule show': '리포지터리의 태그 규칙 보기',
  'tag-rule rm': '리포지터리의 태그 규칙과 알림을 모두 없애기',
  'policy get': '정책 보기',
  'policy set': '정책을 바꾸기',
  'policy rm': '정책을 없애기',
  'policy check': '지금 무엇이 막힐지 말하고 아무것도 막지 않기',
  'policy verdict': '이미지를 pull할 수 있는지, 없으면 왜인지 보기',
  'policy exception add': '정책이 요구하는 것을 잠시 면제하기',
  'policy exception ls': '예외 목록 보기',
  'policy exception rm': '예외를 지금 끝내기',
  'signer add': '이미지의 서명자를 믿기',
  'signer ls': '믿는 서명자 목록 보기',
  'signer rm': '서명자를 더는 믿지 않기',
  signatures: '이미지의 서명이 올바른지, 아니면 왜인지 보기',
  deprecate: '태그가 더는 권장되지 않는다고 알리기',
  'environment set': '리포지터리의 환경을 만들거나 모두 바꾸기',
  'environment ls': '리포지터리의 환경과 거기서 실행 중인 것의 목록 보기',
  'environment show': '환경을 대상과 함께 보기',
  'environment rm': '환경을 기록과 함께 지우기',
  'release ls': '환경의 릴리스 목록 보기, 최근 것부터',
  'release approve': '다른 사람이 요청한 릴리스를 승인하기',
  'release reject': '릴리스를 거절하기',
  deploy: '태그나 다이제스트를 환경에 배포하기',
  promote: '다른 환경에서 실행 중인 것을 배포하기',
  rollback: '환경에서 전에 실행되던 것으로 돌아가기',
  agent: '서버가 원하는 것을 대상 옆에서 실행하고 끊김 없이 바꾸기',
  'agent-forward': '지금 응답하는 것으로 연결을 이끌기',
  'admin usage ls': '네임스페이스마다 얼마나 차지하고 얼마까지 쓸 수 있는지 보기',
  'admin usage show': '네임스페이스 하나가 얼마나 차지하고 얼마까지 쓸 수 있는지 보기',
  'admin quota set': '네임스페이스가 얼마까지 차지할 수 있는지 정하기',
  'admin quota rm': '네임스페이스를 서버의 기본 한도로 되돌리기',
  'admin audit ls': '한 일의 목록 보기, 최근 것부터',
  'admin audit verify': '아무도 감사 기록을 바꾸지 않았는지 확인하기',
};
