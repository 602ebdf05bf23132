// Checks the objects rendered from examples/syrf against requirement A7, word for word.
import assert from 'node:assert/strict'
import {parse} from 'yaml'

const restricted = spec => {
  const [container] = spec.containers
  assert.equal(spec.restartPolicy, 'Never')
  assert.equal(spec.automountServiceAccountToken, false)
  assert.equal(spec.securityContext.runAsNonRoot, true)
  assert.ok(spec.securityContext.runAsUser > 0)
  assert.deepEqual(spec.securityContext.seccompProfile, {type: 'RuntimeDefault'})
  assert.equal(container.securityContext.allowPrivilegeEscalation, false)
  assert.equal(container.securityContext.readOnlyRootFilesystem, true)
  assert.deepEqual(container.securityContext.capabilities, {drop: ['ALL']})
  assert.deepEqual(container.resources,
    {requests: {cpu: '50m', memory: '64Mi'}, limits: {cpu: '200m', memory: '256Mi'}})
}

const failurePolicy = job => {
  const [lost, hopeless] = job.podFailurePolicy.rules
  assert.equal(lost.action, 'Ignore')
  assert.equal(lost.onPodConditions[0].type, 'DisruptionTarget')
  assert.equal(hopeless.action, 'FailJob')
  assert.deepEqual(hopeless.onExitCodes.values, [1, 2, 3, 4, 5, 6, 9, 10, 11])
}

const argo = object => Object.fromEntries(Object.entries(object.metadata.annotations)
  .filter(([name]) => name.startsWith('argocd.argoproj.io/'))
  .map(([name, value]) => [name.slice('argocd.argoproj.io/'.length), value]))

const inner = map => parse(map.data['tidegate.yaml']).databases.syrf

export function checkSyrf(objects, workflow) {
  const cron = objects['syrf/syrf/producer/cronjob.yaml']
  assert.deepEqual([cron.metadata.name, cron.metadata.namespace], ['snapshot-producer', 'syrf-system'])
  const {jobTemplate, ...rest} = cron.spec
  assert.deepEqual(rest, {
    schedule: '0 3 * * 0', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid',
    successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3,
  })
  assert.equal(jobTemplate.spec.backoffLimit, 2)
  assert.equal(jobTemplate.spec.activeDeadlineSeconds, 1800)
  assert.equal(jobTemplate.spec.ttlSecondsAfterFinished, undefined)
  failurePolicy(jobTemplate.spec)
  restricted(jobTemplate.spec.template.spec)
  const producer = inner(objects['syrf/syrf/producer/configmap.yaml'])
  assert.equal(producer.snapshot.timeout, '29m')
  assert.equal(producer.snapshot.retries, '0')
  assert.equal(producer.snapshot.include.length, 11)
  const secrets = objects['syrf/syrf/producer/externalsecret.yaml'].spec
  assert.deepEqual(secrets.secretStoreRef, {name: 'gcp-secret-manager', kind: 'ClusterSecretStore'})
  assert.deepEqual(secrets.data.map(({secretKey, remoteRef}) => [secretKey, remoteRef.key, remoteRef.property]),
    [['password', 'snapshot-producer-mongodb', 'password'], ['username', 'snapshot-producer-mongodb', 'username']])

  const at = name => objects[`snapshot/syrf/previews/pr-42/${name}.yaml`]
  const restore = at('jobs/restore')
  assert.deepEqual([restore.metadata.name, restore.metadata.namespace], ['snapshot-restore-42-4be1c02', 'pr-42'])
  assert.deepEqual(argo(restore), {hook: 'PreSync', 'hook-delete-policy': 'BeforeHookCreation,HookFailed', 'sync-wave': '3'})
  assert.deepEqual([restore.spec.backoffLimit, restore.spec.activeDeadlineSeconds, restore.spec.ttlSecondsAfterFinished],
    [3, 900, 600])
  const [container] = restore.spec.template.spec.containers
  assert.deepEqual(container.args.slice(0, 4),
    ['restore', 'syrf/pr-42', '--commit', '4be1c02d5e6f7a8b9c0d4be1c02d5e6f7a8b9c0d'])
  assert.equal(container.args[container.args.indexOf('--sign-in-wait') + 1], '2m')
  assert.deepEqual(container.env,
    [{name: 'SYRF_PREVIEW_URI', valueFrom: {secretKeyRef: {name: 'mongodb-credentials', key: 'connectionString'}}}])
  failurePolicy(restore.spec)
  restricted(restore.spec.template.spec)
  assert.equal(inner(at('access/configmap')).previews.timeout, '14m')
  assert.equal(inner(at('access/configmap')).previews.retries, '0')

  const cleanup = at('jobs/cleanup')
  assert.deepEqual([cleanup.metadata.name, cleanup.metadata.namespace], ['mongodb-cleanup-42', 'pr-42'])
  assert.deepEqual(argo(cleanup),
    {hook: 'PreDelete', 'hook-delete-policy': 'HookSucceeded', 'sync-options': 'Delete=false'})
  assert.equal(cleanup.spec.ttlSecondsAfterFinished, 300)
  assert.deepEqual(cleanup.spec.template.spec.containers[0].args.slice(0, 2), ['drop', 'syrf/pr-42'])

  const user = at('access/atlasdatabaseuser')
  assert.equal(user.spec.username, 'syrf-pr-42-user')
  assert.deepEqual(argo(user), {'sync-wave': '1'})
  assert.equal(user.metadata.annotations['mongodb.com/atlas-resource-policy'], 'delete')
  assert.deepEqual(user.spec.roles.map(({roleName, databaseName}) => [roleName, databaseName]),
    [['readWrite', 'syrf_pr_42'], ['dbAdmin', 'syrf_pr_42'], ['read', 'syrf_snapshot']])
  const made = at('access/externalsecret').spec.target
  assert.equal(made.name, 'mongodb-credentials')
  assert.equal(made.template.metadata.labels['atlas.mongodb.com/type'], 'credentials')
  assert.equal(made.template.data.connectionString, 'mongodb+srv://syrf-pr-42-user:' +
    '{{ .password | urlquery | replace "+" "%20" }}@cluster0.syrf.mongodb.net/?authSource=admin')

  // Labels decide which files there are.
  const jobs = name => Object.keys(objects).filter(file => file.startsWith(`${name}/`) && file.includes('/jobs/'))
    .map(file => file.replace(/.*\//, '')).filter(file => file !== 'intent.yaml')
  const intent = name => objects[`${name}/syrf/previews/pr-42/jobs/intent.yaml`].data
  assert.deepEqual(jobs('snapshot'), ['cleanup.yaml', 'restore.yaml'])
  assert.deepEqual(jobs('seed'), ['cleanup.yaml', 'reset.yaml'])
  assert.deepEqual(jobs('locked'), [])
  assert.deepEqual(jobs('first'), ['restore.yaml'])
  assert.deepEqual(jobs('over'), ['cleanup.yaml'])
  const commit = '4be1c02d5e6f7a8b9c0d4be1c02d5e6f7a8b9c0d'
  assert.deepEqual(intent('snapshot'), {'pull-request': '42', fill: 'restore', locked: 'false', commit})
  assert.deepEqual(intent('seed'), {'pull-request': '42', fill: 'reset', locked: 'false', commit})
  assert.deepEqual(intent('locked'), {'pull-request': '42', fill: 'nothing', locked: 'true'})
  assert.deepEqual(intent('first'), {'pull-request': '42', fill: 'restore', locked: 'true', commit})
  const seed = objects['seed/syrf/previews/pr-42/access/atlasdatabaseuser.yaml']
  assert.ok(seed.spec.roles.every(({databaseName}) => databaseName === 'syrf_pr_42'))
  const reset = objects['seed/syrf/previews/pr-42/jobs/reset.yaml']
  assert.deepEqual(argo(reset), {hook: 'Sync', 'hook-delete-policy': 'BeforeHookCreation,HookFailed', 'sync-wave': '3'})
  assert.ok(reset.spec.template.spec.containers[0].args.includes('--seed'))
  const locked = objects['locked/syrf/previews/pr-42/access/atlasdatabaseuser.yaml']
  assert.equal(locked.metadata.annotations['mongodb.com/atlas-resource-policy'], 'keep')

  const staging = objects['syrf/syrf/targets/staging/jobs/restore.yaml']
  assert.equal(staging.metadata.namespace, 'syrf-staging')
  assert.equal(argo(staging).hook, 'PreSync')
  assert.deepEqual(staging.spec.template.spec.containers[0].args.slice(0, 2), ['restore', 'syrf/staging'])

  // The filler's Secret is not the application's own, and Atlas's operator may read it.
  const filler = objects['syrf/syrf/targets/staging/access/externalsecret.yaml'].spec
  assert.equal(filler.target.name, 'staging-filler-mongodb')
  for (const {target, data} of [filler, secrets]) {
    assert.equal(target.template.metadata.labels['atlas.mongodb.com/type'], 'credentials')
    assert.ok(data.some(({secretKey}) => secretKey === 'password'))
  }
  assert.equal(objects['syrf/syrf/sweep/externalsecret.yaml'].spec.target.template, undefined)

  // The workflow commits, with the token that may, and is followed by looks at what became of it.
  for (const name of ['preview-databases', 'reconcile-preview-databases']) {
    const [job] = Object.values(workflow(name).jobs)
    const [{env, run}] = job.steps
    assert.equal(env.GITOPS_TOKEN, '${{ secrets.GITOPS_TOKEN }}')
    assert.match(run, /--env GITOPS_TOKEN /)
    assert.match(env.TIDEGATE_FILE, /repository: "https:\/\/github.com\/camaradesuk\/cluster-gitops.git"/)
    assert.match(env.TIDEGATE_FILE, /host: "cluster0.syrf.mongodb.net"/, 'what manifests are made of')
  }
  assert.match(workflow('reconcile-preview-databases').on.schedule[0].cron, /^\*\/10 /)

  const {rules} = objects['syrf/syrf/alerts/prometheusrule.yaml'].spec.groups[0]
  const expression = name => rules.find(({alert}) => alert === name).expr
  for (const name of ['TidegateSnapshotFailed', 'TidegateRestoreFailed', 'TidegateCleanupFailed']) {
    assert.match(expression(name), /^(max_over_time\()?kube_job_failed\{.*condition="true"\}(\[15m\]\))? == 1$/)
  }
  assert.match(expression('TidegateSweepFailed'), /kube_cronjob_status_last_successful_time\{.*cronjob="tidegate-sweep"/)

  // PostgreSQL: a Secret of its own, no user of Atlas; a file of a Secret where the configuration names one.
  const kinds = Object.entries(objects).filter(([file]) => file.startsWith('postgresql-preview/'))
    .map(([, object]) => object.kind).sort()
  assert.deepEqual(kinds, ['ConfigMap', 'ConfigMap', 'ExternalSecret', 'Job', 'Job'])
  const job = objects['postgresql-preview/shop/previews/pr-42/jobs/restore.yaml'].spec.template.spec
  assert.ok(job.containers[0].volumeMounts.some(({mountPath}) => mountPath === '/run/secrets/shop/pr-42'))
  assert.ok(!Object.keys(objects).some(file => file.startsWith('postgresql/shop/targets/demo')), 'seeded by others')
}
