import { mergeMethods } from '../../domain/merge.ts'
import { type Static, type TSchema, Type } from 'typebox'
import {
  batches,
  sloDemands,
  commandVerbs,
  conflictAnswers,
  lockableKeys,
} from '../../domain/configuration.ts'
import { dangerCodes } from '../diff/dangers.ts'
import { indicatorNames } from '../slo/ready-indicators.ts'
import { personPattern } from './person-name.ts'

/**
 * The shape of `.drawbridge.yaml`: one source for the type of the document, for validation and for the published JSON Schema.
 * `x-expected` completes the sentence "… is not …" and `x-fix` says what to write; both reach people.
 */
function described(expected: string, fix: string, description: string) {
  return { 'x-expected': expected, 'x-fix': fix, description }
}

const memberPattern = `^(${personPattern}|@[A-Za-z0-9_-]+/[A-Za-z0-9._-]+)$`

const strict = { additionalProperties: false }

function list<Item extends TSchema>(item: Item, what: string, description: string) {
  return Type.Array(item, {
    maxItems: 500,
    ...described(`a list of ${what}`, 'write it as [a, b]', description),
  })
}

function flag(description: string) {
  return Type.Boolean(described('true or false', 'write true or false, without quotes', description))
}

function text(maxLength: number, description: string) {
  const size = `a text of 1 to ${maxLength.toLocaleString('en-US')} characters`
  return Type.String({ minLength: 1, maxLength, ...described(size, 'write it in quotes', description) })
}

const name = (what: string, description: string) =>
  Type.String({
    maxLength: 63,
    pattern: '^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$',
    ...described(
      `a name of ${what}`,
      'use letters, digits, and single "-", "_" or "." between them, at most 63 characters',
      description,
    ),
  })

const duration = (description: string) =>
  Type.String({
    maxLength: 20,
    pattern: '^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$',
    minLength: 2,
    ...described('a duration', 'write 20m, 1h30m or 2d', description),
  })

const timeOfDay = (description: string) =>
  Type.String({
    pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
    ...described('a time of day', 'use HH:MM', description),
  })

const date = (description: string) =>
  Type.String({
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
    ...described('a date', 'use YYYY-MM-DD', description),
  })

const wholeNumber = (minimum: number, maximum: number, description: string) =>
  Type.Integer({
    minimum,
    maximum,
    ...described(`a whole number from ${minimum} to ${maximum}`, 'write it without quotes', description),
  })

function oneOf<const Values extends string[]>(values: [...Values], description: string) {
  const all = values.join(', ')
  return Type.Enum(values, described(`one of ${all}`, `write one of ${all}`, description))
}

const dependencySchema = Type.Object(
  {
    application: text(200, 'The application that must be healthy first.'),
    environment: Type.Optional(name('an environment', 'Its environment; the same when absent.')),
    cluster: Type.Optional(
      name('a cluster', 'Its cluster; when absent the same, or all of its clusters where it is not there.'),
    ),
  },
  { ...strict, ...described('a dependency', 'write { application: database }', '') },
)

const conflictSchema = Type.Object(
  {
    managers: list(
      text(200, 'A field manager, or a pattern with *.'),
      'field managers',
      'Who owns the field.',
    ),
    fields: Type.Optional(
      list(
        text(300, 'The beginning of a field, as spec.replicas.'),
        'fields',
        'Which; every field when absent.',
      ),
    ),
    kinds: Type.Optional(list(text(100, 'A kind.'), 'kinds', 'Of which kinds; every kind when absent.')),
    answer: oneOf(
      [...conflictAnswers],
      'Our value, theirs (the field is not applied), or the release stops.',
    ),
  },
  { ...strict, ...described('a rule for conflicts', 'write { managers: [robot], answer: yield }', '') },
)

const fieldSchema = Type.Union(
  [
    Type.String({ minLength: 1, maxLength: 500 }),
    Type.Array(Type.Union([Type.String({ maxLength: 300 }), Type.Integer({ minimum: 0 })]), {
      minItems: 1,
      maxItems: 50,
    }),
  ],
  described(
    'a field',
    'write server.logLevel, or a list where a key has a dot: [data, app.conf]',
    'The way to one value: keys, and indexes of lists, between dots.',
  ),
)

const promotedSchema = Type.Union(
  [
    Type.Enum(['images', 'charts']),
    Type.Object(
      { file: text(500, 'A file, from the application’s folder.'), field: fieldSchema },
      { ...strict, description: 'One value of one file.' },
    ),
    Type.Object(
      {
        folder: text(500, 'A folder, from the application’s folder; "." is that itself.'),
        except: Type.Optional(
          list(text(500, 'A file or folder in it.'), 'paths', 'What each environment keeps for itself.'),
        ),
      },
      { ...strict, description: 'Every file of a folder.' },
    ),
  ],
  described(
    'something that can be promoted',
    'write images, charts, { file: settings.yaml, field: log.level } or { folder: flags }',
    'Images, charts, one value, or a whole folder.',
  ),
)

const applicationSchema = Type.Object(
  {
    path: text(500, 'Where applications live; {application} and {environment} stand for their names.'),
    valueFiles: Type.Optional(
      list(
        text(500, 'A file relative to the chart.'),
        'files',
        'Helm: values files; by convention when absent.',
      ),
    ),
    namespace: Type.Optional(name('a namespace', 'The namespace for objects that name none.')),
    renderer: Type.Optional(
      Type.String({
        maxLength: 80,
        pattern: '^(kustomize|helm|plain|jsonnet|ytt|plugin/[a-z0-9]+(-[a-z0-9]+)*)$',
        ...described(
          'a renderer',
          'write kustomize, helm, plain, jsonnet, ytt or plugin/NAME',
          'What renders the folders that match; found out when absent.',
        ),
      }),
    ),
    inputs: Type.Optional(
      list(
        text(500, 'A pattern with * for any text, from the root of the repository.'),
        'patterns',
        'Plug-ins: files outside of the folder that are read.',
      ),
    ),
    conflicts: Type.Optional(
      list(conflictSchema, 'rules', 'What is done where others own fields that are applied.'),
    ),
    promote: Type.Optional(
      list(promotedSchema, 'things', 'What a promotion carries; [images, charts] when absent.'),
    ),
    dependsOn: Type.Optional(
      list(dependencySchema, 'dependencies', 'What must be healthy before these applications are applied.'),
    ),
  },
  { ...strict, ...described('an application rule', 'write - path: apps/{application}/{environment}', '') },
)

const sourceNames = Type.Array(name('an environment', 'An environment.'), { maxItems: 500 })

const sourcesSchema = Type.Union(
  [
    name('an environment', 'The environment before this one.'),
    sourceNames,
    Type.Object({ all: sourceNames }, { ...strict, description: 'Every one of them.' }),
    Type.Object({ any: sourceNames }, { ...strict, description: 'One of them.' }),
    Type.Object(
      { atLeast: Type.Integer({ minimum: 1, maximum: 500 }), of: sourceNames },
      { ...strict, description: 'So many of them.' },
    ),
  ],
  described(
    'an environment or several',
    'write staging, [eu, us], { any: [eu, us] } or { atLeast: 2, of: [eu, us, asia] }',
    'The environment before this one, or several: all of a list, any, or at least so many.',
  ),
)

const promotionSchema = Type.Object(
  {
    from: sourcesSchema,
    soak: Type.Optional(duration('How long a version must have been healthy there; 0m asks for none.')),
    slos: Type.Optional(
      oneOf(
        [...sloDemands],
        'How the application’s SLOs have to stand there: healthy, where what nobody can tell waits, or not breached.',
      ),
    ),
    automatic: Type.Optional(flag('Open the promotion pull request without being asked.')),
    batch: Type.Optional(
      oneOf(
        [...batches],
        'Which of several releases go on by themselves: the newest that has soaked, every one in its turn, or only what runs there now.',
      ),
    ),
    merge: Type.Optional(
      oneOf(['rule', 'people'], 'Who merges a promotion: Drawbridge, when every gate is open, or people.'),
    ),
  },
  { ...strict, ...described('a promotion rule', 'write { from: staging, soak: 1h }', '') },
)

const approvalConditionSchema = Type.Object(
  {
    applications: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Only for changes of these applications.'),
    ),
    paths: Type.Optional(
      list(text(500, 'A pattern as in CODEOWNERS.'), 'patterns', 'Only where such a file changes.'),
    ),
    dangers: Type.Optional(
      list(
        oneOf([...dangerCodes], 'A danger line.'),
        'danger lines',
        'Only where the change shows such a danger line.',
      ),
    ),
  },
  { ...strict, ...described('a condition', 'write { applications: ["pay*"] }', '') },
)

const peopleKeys = {
  count: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 20,
      ...described(
        'a whole number from 0 to 20',
        'write how many people must approve',
        'How many people must approve.',
      ),
    }),
  ),
  from: Type.Optional(
    Type.Union(
      [
        Type.Literal('owners'),
        Type.Array(Type.String({ pattern: memberPattern, maxLength: 160 }), {
          minItems: 1,
          maxItems: 100,
        }),
      ],
      described(
        '"owners" or a list of @login and @organisation/team',
        'write owners, or a list such as ["@shop/platform", "@ada"]',
        'Who may approve: the owners by CODEOWNERS, or the people and teams listed.',
      ),
    ),
  ),
  each: Type.Optional(
    Type.Union(
      [Type.Integer({ minimum: 1, maximum: 20 }), Type.Literal('all')],
      described(
        'a whole number from 1 to 20, or all',
        'write 2, or all',
        'Owners: how many of each group of owners, or every owner named; 1 when absent.',
      ),
    ),
  ),
  when: Type.Optional(approvalConditionSchema),
}

/** Needs inside needs, three levels deep: more than people can read, and no schema that refers to itself. */
function needsOf<Item extends TSchema>(item: Item) {
  return {
    all: Type.Optional(list(item, 'approval rules', 'Every one of these must be met.')),
    any: Type.Optional(list(item, 'approval rules', 'One of these must be met.')),
  }
}

const needDescription = described('an approval rule', 'write { count: 1, from: owners }', '')
const innermostNeedSchema = Type.Object(peopleKeys, { ...strict, ...needDescription })
const innerNeedSchema = Type.Object(
  { ...peopleKeys, ...needsOf(innermostNeedSchema) },
  { ...strict, ...needDescription },
)
const approvalsSchema = Type.Object(
  {
    ...peopleKeys,
    ...needsOf(innerNeedSchema),
    fourEyes: Type.Optional(flag('Author, requester and everybody with a commit in it never count.')),
  },
  { ...strict, ...needDescription },
)

const windowSchema = Type.Object(
  {
    allow: Type.Optional(text(100, 'The name of a span in which changes may go out.')),
    deny: Type.Optional(text(100, 'The name of a span in which they may not; deny wins.')),
    days: Type.Optional(
      Type.Union(
        [
          Type.String({ maxLength: 60 }),
          Type.Array(Type.String({ maxLength: 20 }), { minItems: 1, maxItems: 7 }),
        ],
        described(
          'days of the week',
          'write mon-thu or [sat, sun]',
          'Days of the week; every day when absent.',
        ),
      ),
    ),
    weeks: Type.Optional(
      list(
        wholeNumber(-5, 5, 'Which of them in the month.'),
        'numbers',
        'Which of the month’s days of that name: 1 the first, -1 the last.',
      ),
    ),
    monthDays: Type.Optional(
      list(wholeNumber(-31, 31, 'A day of the month.'), 'numbers', 'Days of the month; -1 is the last.'),
    ),
    months: Type.Optional(
      Type.Union(
        [
          Type.String({ maxLength: 60 }),
          Type.Array(Type.String({ maxLength: 20 }), { minItems: 1, maxItems: 12 }),
        ],
        described('months of the year', 'write nov-jan or [jun, dec]', 'Months; every month when absent.'),
      ),
    ),
    dates: Type.Optional(list(date('A day.'), 'days', 'Only on these days.')),
    calendar: Type.Optional(
      text(500, 'An iCalendar file (.ics) in the repository; only on the days of its events.'),
    ),
    from: Type.Optional(timeOfDay('Wall clock at which it begins; 00:00 when absent.')),
    to: Type.Optional(timeOfDay('Wall clock at which it ends, itself outside; 24:00 when absent.')),
    zone: Type.Optional(text(60, 'IANA time zone, such as Europe/Berlin; UTC when absent.')),
    startDate: Type.Optional(date('First day of a one-off window.')),
    endDate: Type.Optional(date('Last day of a one-off window.')),
    except: Type.Optional(
      list(
        oneOf(['change', 'promotion', 'revert', 'hotfix'], 'A class of changes.'),
        'classes',
        'Classes that pass whatever the clock says.',
      ),
    ),
  },
  {
    ...strict,
    ...described('a window', 'write { allow: office hours, days: mon-thu, from: "09:00", to: "16:00" }', ''),
  },
)

const kubernetesSchema = Type.Object(
  {
    version: Type.Optional(
      Type.String({
        maxLength: 20,
        pattern: '^1[.][0-9]{1,3}([.][0-9]{1,3})?$',
        ...described('a version of Kubernetes', 'write it in quotes, as "1.34.2"', 'The clusters’ version.'),
      }),
    ),
    apiVersions: Type.Optional(
      list(
        Type.String({
          maxLength: 200,
          pattern: '^[a-z0-9.-]+/[a-z0-9]+(/[A-Za-z0-9]+)?$',
          ...described(
            'an API',
            'write group/version or group/version/Kind',
            'An API that the clusters serve.',
          ),
        }),
        'APIs',
        'APIs that the clusters serve besides those of Kubernetes itself.',
      ),
    ),
  },
  {
    ...strict,
    ...described('what charts are told', 'write { version: "1.34.2" }', 'What Helm charts are told.'),
  },
)

const labelValueSchema = Type.String({
  maxLength: 63,
  pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$',
  ...described(
    'the value of a label',
    'use letters, digits, "-", "_" and ".", at most 63 characters, in quotes where YAML reads something else',
    'Letters, digits, "-", "_" and ".".',
  ),
})

const labelsSchema = (description: string) =>
  Type.Record(Type.String(), labelValueSchema, {
    maxProperties: 50,
    ...described('labels', 'write { region: eu }', description),
  })

const clusterItemSchema = Type.Union(
  [
    Type.String({ maxLength: 63, pattern: '^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$' }),
    Type.Record(Type.String(), labelValueSchema, { minProperties: 1, maxProperties: 50 }),
  ],
  described(
    'a name of a cluster, or labels',
    'write prod-eu, or { region: eu } for every declared cluster with these labels',
    'A cluster by name, or all declared clusters of this environment that carry these labels and are not named elsewhere.',
  ),
)

const clusterApiSchema = Type.Object(
  {
    management: name('a kubeconfig', 'The operator’s kubeconfig of the management cluster.'),
    namespace: name('a namespace', 'Where Cluster API keeps the Secret.'),
  },
  {
    ...strict,
    ...described(
      'a place of Cluster API',
      'write { management: fleet, namespace: clusters }',
      'The credentials are in the Secret <cluster>-kubeconfig of the management cluster.',
    ),
  },
)

const agentKeySchema = Type.String({
  maxLength: 200,
  pattern: '^ssh-ed25519 [A-Za-z0-9+/]+={0,2}( [^\n]{0,80})?$',
  ...described(
    'an Ed25519 public key',
    'write it as OpenSSH does: "ssh-ed25519 AAAA…"',
    'A public key of the agent.',
  ),
})

const clusterSchema = Type.Object(
  {
    environment: Type.Optional(name('an environment', 'The environment that it serves.')),
    labels: Type.Optional(labelsSchema('What waves select by.')),
    region: Type.Optional(labelValueSchema),
    agent: Type.Optional(
      Type.Array(agentKeySchema, {
        maxItems: 20,
        ...described(
          'a list of Ed25519 public keys',
          'write ["ssh-ed25519 AAAA…"]',
          'An agent serves it; its reports are believed when one of these keys signs them.',
        ),
      }),
    ),
    kubeconfig: Type.Optional(name('a kubeconfig', 'The operator’s kubeconfig of that name.')),
    clusterApi: Type.Optional(clusterApiSchema),
  },
  {
    ...strict,
    ...described('a cluster', 'write { environment: prod, agent: ["ssh-ed25519 AAAA…"] }', ''),
  },
)

const hotfixSchema = Type.Object(
  { approvals: Type.Optional(approvalsSchema) },
  {
    ...strict,
    ...described(
      'the settings of hotfixes',
      'write {} for those of every change',
      'A change that somebody declares a hotfix with /hotfix passes windows and freezes here, with these approvals.',
    ),
  },
)

const expression = (description: string) => text(2_000, description)

const healthSchema = Type.Object(
  {
    group: Type.String({
      maxLength: 253,
      pattern: '^([*][.])?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
      ...described(
        'an API group',
        'write shop.example, or *.shop.example',
        'The API group, or all below it.',
      ),
    }),
    kind: Type.String({
      maxLength: 63,
      pattern: '^([A-Za-z0-9]+|[*])$',
      ...described('a kind', 'write Coupon, or "*"', 'The kind; * for every other of the group.'),
    }),
    progressing: Type.Optional(expression('CEL: it is being worked on. Asked first.')),
    degraded: Type.Optional(expression('CEL: it has failed.')),
    suspended: Type.Optional(expression('CEL: it rests on purpose.')),
    healthy: Type.Optional(expression('CEL: it is as it should be. Nothing true is progressing.')),
    message: Type.Optional(expression('CEL: a text for people; the condition in question when absent.')),
  },
  {
    ...strict,
    ...described('a health rule', 'write { group: shop.example, kind: Coupon, healthy: … }', ''),
  },
)

const ignoreSchema = Type.Object(
  {
    applications: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Of which applications; all when absent.'),
    ),
    group: Type.Optional(
      Type.String({ maxLength: 253, ...described('an API group', 'write apps', 'The API group.') }),
    ),
    kind: Type.Optional(text(63, 'The kind.')),
    namespace: Type.Optional(text(63, 'The namespace.')),
    name: Type.Optional(text(253, 'The name.')),
    fields: list(
      Type.String({
        maxLength: 500,
        pattern: '^/.+',
        ...described('a JSON pointer', 'write /spec/replicas', 'A field.'),
      }),
      'JSON pointers',
      'Fields that belong to whoever writes them after the object was created.',
    ),
  },
  { ...strict, ...described('an ignore rule', 'write { kind: Deployment, fields: [/spec/replicas] }', '') },
)

const reconcileSchema = Type.Object(
  {
    stable: Type.Optional(
      duration('How long everything must be healthy before a release is; 3s when absent.'),
    ),
    deadline: Type.Optional(
      duration('After how long without progress a release has failed; 15m when absent.'),
    ),
    reportOnly: Type.Optional(
      list(
        text(100, 'A name, or a pattern with *.'),
        'names',
        'Applications whose drift is reported and not put back.',
      ),
    ),
    ignore: Type.Optional(list(ignoreSchema, 'ignore rules', 'Fields that others may write.')),
  },
  { ...strict, ...described('what the cluster side is told', 'write { stable: 10s }', '') },
)

const environmentSchema = Type.Object(
  {
    clusters: Type.Optional(
      list(
        clusterItemSchema,
        'clusters',
        'Clusters rolled out together; those declared for it, else its own name, when absent.',
      ),
    ),
    waves: Type.Optional(
      list(
        list(clusterItemSchema, 'clusters', 'Clusters rolled out together.'),
        'waves',
        'Clusters rolled out one wave after the other.',
      ),
    ),
    maxParallel: Type.Optional(
      wholeNumber(1, 1000, 'How many clusters of a wave are rolled out at a time; all of them when absent.'),
    ),
    protected: Type.Optional(flag('Nothing unattested is ever applied. Default true.')),
    url: Type.Optional(
      Type.String({
        maxLength: 500,
        pattern: '^https?://[^\\s<>"]+$',
        ...described(
          'an address',
          'write https://shop.example.com',
          'Where what runs there can be looked at; GitHub links it from its deployments.',
        ),
      }),
    ),
    promotion: Type.Optional(promotionSchema),
    approvals: Type.Optional(approvalsSchema),
    windows: Type.Optional(list(windowSchema, 'windows', 'When releases may start.')),
    hotfix: Type.Optional(hotfixSchema),
    onUnhealthy: Type.Optional(
      oneOf(
        ['revert', 'propose', 'report'],
        'What to do about a release that does not become healthy in time; report when absent.',
      ),
    ),
    kubernetes: Type.Optional(kubernetesSchema),
    signedCommits: Type.Optional(
      Type.Object(
        {
          allowedSigners: Type.Optional(
            text(500, 'A file of the repository: who signs with which SSH key, as ssh-keygen reads it.'),
          ),
          openpgpKeys: Type.Optional(
            text(
              500,
              'A file of the repository: armoured OpenPGP public keys, as gpg --armor --export writes them.',
            ),
          ),
          github: Type.Optional(flag('Believe every signature that GitHub calls verified. Default false.')),
        },
        {
          ...strict,
          ...described(
            'what is asked of signatures',
            'write { allowedSigners: .github/allowed_signers } or { github: true }',
            'Only signed commits are released here.',
          ),
        },
      ),
    ),
    reconcile: Type.Optional(reconcileSchema),
  },
  { ...strict, ...described('the settings of an environment', 'write {} for the defaults', '') },
)

const roleSchema = Type.Object(
  {
    name: text(100, 'For people.'),
    members: Type.Optional(
      list(
        Type.String({
          pattern: memberPattern,
          maxLength: 160,
          ...described('a @login or @organisation/team', 'write it as "@shop/release" or "@ada"', ''),
        }),
        'people and teams',
        'Who has the role.',
      ),
    ),
    permission: Type.Optional(
      oneOf(
        ['read', 'write', 'maintain', 'admin'],
        'Or everybody with at least this permission on the repository.',
      ),
    ),
    may: list(oneOf([...commandVerbs], 'A command.'), 'commands', 'What the role may do.'),
    environments: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Where; everywhere when absent.'),
    ),
    applications: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'For which applications; all when absent.'),
    ),
  },
  { ...strict, ...described('a role', 'write { name: …, members: ["@shop/release"], may: [promote] }', '') },
)

const policiesSchema = Type.Object(
  {
    severities: Type.Optional(
      Type.Record(Type.String(), oneOf(['error', 'warning', 'notice', 'off'], 'How bad it is.'), {
        ...described(
          'severities by policy',
          'write { image-tag-latest: error }',
          'Severity by policy name; off turns it off.',
        ),
      }),
    ),
    folders: Type.Optional(
      list(text(500, 'A folder.'), 'folders', 'Folders of the repository with further policies.'),
    ),
  },
  { ...strict, ...described('policy settings', 'write { folders: [policies] }', '') },
)

const diffSchema = Type.Object(
  {
    mask: Type.Optional(
      list(
        text(253, 'A name, with * for any text; capitals, "-", "_" and "." make no difference.'),
        'names',
        'Fields, variables and keys of ConfigMaps whose values are shown as fingerprints.',
      ),
    ),
  },
  { ...strict, ...described('diff settings', 'write { mask: ["*connection*"] }', '') },
)

const sloSchema = Type.Object(
  {
    name: Type.Optional(text(100, 'For people; application and environment when absent.')),
    application: name('an application', 'The application measured.'),
    environment: name('an environment', 'Where it is measured.'),
    objective: Type.Number(described('a percentage', 'write 99.9', 'Percent of good events promised.')),
    window: Type.Optional(oneOf(['28d', '30d'], 'Period of the error budget; 28d when absent.')),
    bad: Type.Optional(
      text(2000, 'PromQL counter of bad events: name and label matchers, without range and function.'),
    ),
    good: Type.Optional(
      text(2000, 'In place of bad: the counter of good events, such as the bucket of a latency histogram.'),
    ),
    total: Type.Optional(
      text(2000, 'PromQL counter of all events: name and label matchers, without range and function.'),
    ),
    indicator: Type.Optional(
      oneOf(indicatorNames, 'In place of bad, good and total: what a proxy or a library counts by itself.'),
    ),
    service: Type.Optional(text(200, 'Of an indicator: whom it counts; the application when absent.')),
    namespace: Type.Optional(text(100, 'Of an indicator: where the service is; any when absent.')),
    within: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,6}(\\.[0-9]{1,3})?(ms|s)$',
        ...described(
          'a time',
          'write 250ms or 1s',
          'Of an indicator: slower is bad; what fails, when absent.',
        ),
      }),
    ),
    versionLabel: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        maxLength: 100,
        ...described(
          'a label name',
          'use letters, digits and _',
          'The label that tells versions apart while both run.',
        ),
      }),
    ),
    onBreach: Type.Optional(
      oneOf(['revert', 'propose', 'report'], 'What to do when it burns; report when absent.'),
    ),
    onBudgetSpent: Type.Optional(
      oneOf(['freeze', 'report'], 'What to do when the whole budget is spent; nothing when absent.'),
    ),
  },
  {
    ...strict,
    ...described(
      'an SLO',
      'write application, environment, objective, total, and bad or good; or an indicator',
      '',
    ),
  },
)

const chartSchema = Type.Object(
  {
    repository: Type.String({
      maxLength: 500,
      pattern: '^(https?|oci)://[A-Za-z0-9.:-]+(/[A-Za-z0-9._/-]+)?$',
      ...described(
        'the address of a chart repository',
        'write https://charts.example.org or oci://registry.example.org/charts',
        'As the chart that depends on it writes it.',
      ),
    }),
    name: name('a chart', 'The chart.'),
    version: text(100, 'Its version.'),
    digest: Type.String({
      pattern: '^sha256:[0-9a-f]{64}$',
      ...described(
        'a SHA-256',
        'write "sha256:" and what sha256sum prints of the archive',
        'The hash of its archive (.tgz).',
      ),
    }),
  },
  {
    ...strict,
    ...described('a chart', 'write { repository: …, name: …, version: …, digest: "sha256:…" }', ''),
  },
)

const freezeSchema = Type.Object(
  {
    environments: list(text(100, 'A name, or a pattern with *.'), 'names', 'Where nothing starts.'),
    applications: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Which applications; all when absent.'),
    ),
    reason: text(500, 'Why; shown to everybody who waits.'),
    until: Type.Optional(
      Type.String({
        maxLength: 30,
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$',
        ...described('a moment', 'write it in quotes, as "2026-11-30T08:00Z"', 'When it ends by itself.'),
      }),
    ),
  },
  { ...strict, ...described('a freeze', 'write { environments: [prod], reason: … }', '') },
)

const tenantSchema = Type.Object(
  {
    name: name('a tenant', 'For people: a team, a product.'),
    applications: list(
      text(100, 'A name, or a pattern with *.'),
      'names',
      'Its applications; the first tenant that fits counts.',
    ),
    environments: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Where this holds; everywhere when absent.'),
    ),
    clusters: Type.Optional(
      list(
        text(100, 'A name, or a pattern with *.'),
        'names',
        'Clusters it may deliver to; all when absent.',
      ),
    ),
    namespaces: list(
      text(100, 'A name, or a pattern with *.'),
      'names',
      'Namespaces it may deliver to, its own and no other.',
    ),
    clusterKinds: Type.Optional(
      list(
        text(200, 'A kind, or Kind.group, or a pattern with *.'),
        'kinds',
        'Kinds without a namespace that it may deliver; none when absent.',
      ),
    ),
    deniedKinds: Type.Optional(
      list(
        text(200, 'A kind, or Kind.group, or a pattern with *.'),
        'kinds',
        'Kinds that it may not deliver to its namespaces either; what gives rights when absent.',
      ),
    ),
    impersonate: Type.Optional(
      Type.Object(
        {
          serviceAccount: Type.String({
            maxLength: 317,
            pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
            ...described(
              'a service account',
              'write it as namespace/name',
              'As whom the agent applies: namespace/name.',
            ),
          }),
        },
        { ...strict, ...described('an identity', 'write { serviceAccount: payments/deployer }', '') },
      ),
    ),
  },
  {
    ...strict,
    ...described('a tenant', 'write { name: …, applications: ["pay*"], namespaces: [payments] }', ''),
  },
)

const mergeSchema = Type.Object(
  { method: oneOf([...mergeMethods], 'The method that is taken where the repository allows it.') },
  {
    ...strict,
    ...described(
      'how proposals are merged',
      'write { method: squash }',
      'How Drawbridge merges its own proposals.',
    ),
  },
)

export const configurationSchema = Type.Object(
  {
    version: Type.Optional(
      Type.Literal(1, described('a version known here', 'write version: 1', 'Version of this format.')),
    ),
    applications: Type.Optional(
      list(applicationSchema, 'application rules', 'Where applications live; the first match wins.'),
    ),
    environments: Type.Optional(
      Type.Record(Type.String(), environmentSchema, {
        maxProperties: 100,
        ...described(
          'environments by name',
          'write prod: { clusters: [prod] }',
          'The stages, from first to last.',
        ),
      }),
    ),
    clusters: Type.Optional(
      Type.Record(Type.String(), clusterSchema, {
        maxProperties: 10_000,
        ...described(
          'clusters by name',
          'write prod-eu: { environment: prod }',
          'Who serves which cluster, and the labels that waves select by.',
        ),
      }),
    ),
    roles: Type.Optional(
      list(roleSchema, 'roles', 'Who may do what, where. Nothing is granted by default but reading.'),
    ),
    policies: Type.Optional(policiesSchema),
    charts: Type.Optional(list(chartSchema, 'charts', 'Helm charts of other hosts that may be rendered.')),
    merge: Type.Optional(mergeSchema),
    diff: Type.Optional(diffSchema),
    slos: Type.Optional(list(sloSchema, 'SLOs', 'Service level objectives that guard releases.')),
    sloFiles: Type.Optional(
      list(text(500, 'The path of a file.'), 'paths', 'Files of OpenSLO v1 with more of them.'),
    ),
    health: Type.Optional(
      list(healthSchema, 'health rules', 'How objects of further kinds tell how they are.'),
    ),
    freezes: Type.Optional(list(freezeSchema, 'freezes', 'Nothing but reverts starts there.')),
    tenants: Type.Optional(
      list(
        tenantSchema,
        'tenants',
        'How far each team’s applications reach. Who is in none reaches nothing.',
      ),
    ),
    locked: Type.Optional(
      list(
        oneOf([...lockableKeys], 'A key.'),
        'keys',
        'The organisation’s own file only: keys that its repositories may not set.',
      ),
    ),
  },
  {
    ...strict,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Drawbridge configuration',
    ...described(
      'a configuration',
      'write keys such as environments: at the start of a line',
      'The file .drawbridge.yaml.',
    ),
  },
)

/** The document as written, before defaults. */
export type ConfigurationDocument = Static<typeof configurationSchema>
export type EnvironmentDocument = Static<typeof environmentSchema>
export type ClusterDocument = Static<typeof clusterSchema>
export type ClusterItem = Static<typeof clusterItemSchema>
export type WindowDocument = Static<typeof windowSchema>
export type SloDocument = Static<typeof sloSchema>
export type FreezeDocument = Static<typeof freezeSchema>
export type RoleDocument = Static<typeof roleSchema>
export type NeedDocument = Static<typeof innerNeedSchema>
export type ApprovalsDocument = Static<typeof approvalsSchema>
export type TenantDocument = Static<typeof tenantSchema>
