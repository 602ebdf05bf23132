// chart.mjs CHART WORK TIDEGATE: the Helm chart linted and templated by Helm 3 and 4, and what it makes held against
// schemas, promtool and tidegate itself.
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'

import {checkSchemas} from './schemas.mjs'

const [chart, work, program] = process.argv.slice(2)
const run = (file, args) => execFileSync(file, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: {PATH: process.env.PATH, HOME: work}})
const helms = ['helm-3', 'helm-4'].map(name => join(work, name, 'helm/helm'))
const cases = readdirSync(join(chart, 'ci')).filter(name => name.endsWith('-values.yaml'))
assert.ok(cases.length >= 2)
const template = (helm, values, ...more) =>
  run(helm, ['template', 'release', chart, '--namespace', 'syrf-system', '--values', join(chart, 'ci', values), ...more])

const objects = {}
for (const values of cases) {
  for (const helm of helms) run(helm, ['lint', '--strict', chart, '--values', join(chart, 'ci', values)])
  const [three, four] = helms.map(helm => template(helm, values))
  assert.equal(three, four, `${values}: Helm 3 and 4 make different things`)
  for (const document of parseAllDocuments(four)) {
    assert.deepEqual(document.errors, [], values)
    const object = document.toJS()
    if (object) objects[`${values} ${object.kind} ${object.metadata.name}`] = object
  }
}
if (existsSync(join(process.env.TIDEGATE_SCHEMAS, 'kinds.json'))) checkSchemas(process.env.TIDEGATE_SCHEMAS, objects)

const named = name => {
  assert.ok(objects[name], `there is no ${name}, but ${Object.keys(objects).join(', ')}`)
  return objects[name]
}
const producer = named('producer-values.yaml CronJob snapshot-producer')
assert.equal(producer.spec.schedule, '0 3 * * 0')
assert.equal(producer.spec.timeZone, 'Etc/UTC')
assert.equal(producer.spec.concurrencyPolicy, 'Forbid')
const pod = producer.spec.jobTemplate.spec.template.spec
assert.equal(pod.automountServiceAccountToken, false)
assert.equal(pod.securityContext.runAsNonRoot, true)
assert.equal(pod.containers[0].securityContext.readOnlyRootFilesystem, true)
const filling = named('producer-values.yaml Job release-tidegate-fill-staging').metadata.annotations
assert.equal(filling['argocd.argoproj.io/hook'], 'PreSync')
assert.equal(filling['argocd.argoproj.io/hook-delete-policy'], 'BeforeHookCreation,HookFailed')

// Archives in a directory are on a claim, for the job that takes them and for the one that fills from them.
const podOf = object => (object.spec.jobTemplate?.spec ?? object.spec).template.spec
for (const name of ['CronJob release-tidegate-snapshot-shop', 'Job release-tidegate-fill-staging']) {
  const {containers: [container], volumes} = podOf(named(`archives-values.yaml ${name}`))
  assert.ok(container.volumeMounts.some(({name, mountPath}) => name === 'data' && mountPath === '/var/lib/tidegate'))
  assert.ok(volumes.some(({name, persistentVolumeClaim}) => name === 'data' && persistentVolumeClaim.claimName === 'snapshots'))
}
assert.ok(!pod.volumes.some(({name}) => name === 'data'), 'a mount without a claim')

const {rules} = named('archives-values.yaml PrometheusRule release-tidegate').spec.groups[0]
const expression = name => rules.find(({alert}) => alert === name).expr
assert.match(expression('TidegateSnapshotFailed'), /kube_job_failed\{.*condition="true"\}\) == 1/)
assert.match(expression('TidegateSnapshotStale'), /or time\(\) - kube_cronjob_created/)

// The program accepts every mounted configuration, and the first argument of each job is a command of its own.
for (const [name, object] of Object.entries(objects)) {
  if (object.kind === 'ConfigMap') {
    const file = join(work, 'chart.yaml')
    writeFileSync(file, object.data['tidegate.yaml'])
    run(program, ['config', 'check', '--config', file])
  }
  const spec = object.spec?.jobTemplate?.spec?.template?.spec ?? object.spec?.template?.spec
  if (spec) assert.match(run(program, [spec.containers[0].args[0], '--help']), /usage: tidegate/, name)
  if (object.kind !== 'PrometheusRule') continue
  try {
    writeFileSync(join(work, 'rules.yaml'), JSON.stringify(object.spec))
    run('promtool', ['check', 'rules', join(work, 'rules.yaml')])
  } catch (error) {
    if (error.code !== 'ENOENT') assert.fail(`${name}: ${error.stdout}${error.stderr}`)
    console.error('NOT CHECKED by promtool, which is not installed: alert rules of the chart')
  }
}

// Wrong values are refused with a message that names them.
const refused = (values, words, ...more) => {
  for (const helm of helms) {
    try {
      template(helm, values, ...more)
    } catch (error) {
      assert.match(error.stderr, words)
      continue
    }
    assert.fail(`${more.join(' ')} was taken`)
  }
}
refused('producer-values.yaml', /additional properties|Additional property/, '--set', 'producer.activeDeadlineSecond=1')
refused('producer-values.yaml', /both take the snapshots/, '--set', 'daemon.enabled=true')
refused('producer-values.yaml', /is in "syrf_snapshot"/, '--set', 'database.snapshotDatabase=another')
refused('producer-values.yaml', /image.repository is needed/, '--set', 'image.repository=')
refused('producer-values.yaml', /needs daemon.enabled/, '--set', 'metrics.serviceMonitor.enabled=true')
const schedule = text => ['--set-string', `config.databases.syrf.snapshot.schedule=${text}`]
for (const text of ['0 3 * * 7', '0 3 * * 5-7', '0 3 * * SAT-SUN', '0 3 * * 1\\,7', '@reboot', '0 3 * *']) {
  refused('producer-values.yaml', /config.databases.syrf.snapshot.schedule is ".*Kubernetes takes/, ...schedule(text))
}
refused('producer-values.yaml', /sweep.schedule is "0 3 \* \* 7"/, '--set', 'sweep.enabled=true', '--set-string', 'sweep.schedule=0 3 * * 7')
for (const [text, written] of [['@Daily', '@daily'], ['0 3 * * MON-FRI', '0 3 * * mon-fri'], ['*/10 * * * 0\\,2-6/2', '*/10 * * * 0,2-6/2']]) {
  assert.ok(template(helms[1], 'producer-values.yaml', ...schedule(text)).includes(`schedule: "${written}"`), text)
}
refused('archives-values.yaml', /producer.existingClaim names no claim/, '--set', 'producer.existingClaim=')
refused('archives-values.yaml', /database.existingClaim names no claim/, '--set', 'database.existingClaim=')
refused('archives-values.yaml', /is not below producer.mountPath/, '--set', 'producer.mountPath=/data')
console.log(`${Object.keys(objects).length} objects of the chart are what they should be`)
