// check.mjs TIDEGATE SOURCE WORK: renders the examples and the cases, and holds every file against the checkers.
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {parseAllDocuments} from 'yaml'

import {checkPolicies} from './policies.mjs'
import {checkSchemas} from './schemas.mjs'
import {checkArgo} from './argocd.mjs'
import {checkSyrf} from './syrf.mjs'

const [program, source, work] = process.argv.slice(2)
const cases = join(source, 'tests/integration/manifests/cases')
const syrf = join(source, 'examples/syrf/tidegate.yaml')
const env = {PATH: process.env.PATH, HOME: work}

const onPath = program => process.env.PATH.split(':').some(directory => existsSync(join(directory, program)))
const run = (file, args, options = {}) =>
  execFileSync(file, args, {env, encoding: 'utf8', maxBuffer: 1 << 27, stdio: ['ignore', 'pipe', 'pipe'], ...options})

function render(name, config, ...args) {
  const directory = join(work, 'rendered', name)
  mkdirSync(directory, {recursive: true})
  run(program, ['render', '--config', config, '--out', directory, ...args])
  run(program, ['render', '--config', config, '--check', directory, ...args])
  return directory
}

const preview = (labels, number = '42', ...more) =>
  ['--pr', number, '--labels', labels, '--commit', '4be1c02d5e6f7a8b9c0d4be1c02d5e6f7a8b9c0d', ...more]

// Only where there is a folder has a preview an end.
mkdirSync(join(work, 'rendered/over/syrf/previews/pr-42'), {recursive: true})
const directories = {
  syrf: render('syrf', syrf),
  snapshot: render('snapshot', syrf, ...preview('preview,use-snapshot')),
  seed: render('seed', syrf, ...preview('preview', '42', '--set', 'gitops.phase=sync')),
  locked: render('locked', syrf, ...preview('preview,use-snapshot,persist-db')),
  first: render('first', syrf, ...preview('preview,use-snapshot,persist-db', '42', '--database', 'none')),
  over: render('over', syrf, ...preview('preview', '42', '--state', 'closed')),
  native: render('native', syrf, 'policies', '--set', 'render.policies=native'),
  legacy: render('legacy', syrf, 'policies', '--set', 'render.policies=legacy'),
  postgresql: render('postgresql', join(cases, 'postgresql.yaml')),
  postgresqlPreview: render('postgresql-preview', join(cases, 'postgresql.yaml'), ...preview('preview,use-snapshot')),
  archives: render('archives', join(cases, 'archives.yaml')),
  hostile: render('hostile', join(cases, 'hostile.yaml')),
  hostilePreview: render('hostile-preview', join(cases, 'hostile.yaml'), ...preview('preview', '7')),
}

// The output for kubectl equals the written files byte for byte, placeholders of passwords too.
const printed = run(program, ['render', '--config', syrf, ...preview('preview,use-snapshot')])
const written = readdirSync(directories.snapshot, {recursive: true, withFileTypes: true})
  .filter(entry => entry.isFile())
  .map(entry => relative(directories.snapshot, join(entry.parentPath ?? entry.path, entry.name)))
  .filter(path => /\/(access|jobs)\//.test(path)).sort()
assert.equal(printed, written.map(path =>
  `---\n# ${path}\n${readFileSync(join(directories.snapshot, path), 'utf8')}`).join(''))
assert.ok(printed.includes('{{ .password | urlquery'))
const listed = JSON.parse(run(program, ['render', '--json', '--config', syrf, ...preview('preview,use-snapshot')]))
for (const {path, content} of listed.files) {
  assert.equal(content, readFileSync(join(directories.snapshot, path), 'utf8'), path)
}

const files = Object.values(directories).flatMap(directory =>
  readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name)))
const workflows = files.filter(file => file.endsWith('.yml'))
// Files that Applications are made of stand beside the manifests, and are none.
const beside = files.filter(file => /\/previews\/pr-[0-9]+\/[a-z]+\.yaml$/.test(file))
const manifests = files.filter(file => file.endsWith('.yaml') && !beside.includes(file))
const previews = name => beside.filter(file => file.startsWith(directories[name] + '/')).map(file => file.replace(/.*\//, ''))
assert.deepEqual(previews('locked'), ['access.yaml', 'jobs.yaml'])
assert.deepEqual(previews('over'), ['access.yaml'])
assert.deepEqual(readdirSync(render('never', syrf, ...preview('preview', '43', '--state', 'closed'))), [])
assert.ok(workflows.length >= 3 && manifests.length >= 40, `${files.length} files are too few`)

// Two readers, and both versions of YAML that readers speak.
const read = (file, version) =>
  parseAllDocuments(readFileSync(file, 'utf8'), {version, schema: version === '1.1' ? 'yaml-1.1' : 'core'})
    .map(document => {
      assert.deepEqual(document.errors, [], file)
      return document.toJS()
    })
const python = JSON.parse(run('python3', [join(work, 'read.py'), ...files]))
const objects = {}
for (const file of files) {
  const documents = read(file, '1.2')
  assert.deepEqual(read(file, '1.1'), documents, `${file}: YAML 1.1 and 1.2 disagree`)
  assert.deepEqual(python[file], documents, `${file}: PyYAML disagrees`)
  if (manifests.includes(file)) objects[relative(join(work, 'rendered'), file)] = documents[0]
}

// The values of the hostile configuration come back in the manifests and in the file within them.
const [{metadata, data}] = read(join(directories.hostile, '007/producer/configmap.yaml'), '1.2')
assert.deepEqual(
  Object.fromEntries(['on', 'yes', 'version', 'exponent', 'date'].map(key => [key, metadata.labels[key]])),
  {on: 'y', yes: 'no', version: '007', exponent: '1e3', date: '2026-01-01'})
const [given] = read(join(cases, 'hostile.yaml'), '1.2')
for (const annotation of given.render.annotations) {
  const at = annotation.indexOf('=')
  assert.equal(metadata.annotations[annotation.slice(0, at)], annotation.slice(at + 1))
}
const inner = parseAllDocuments(data['tidegate.yaml'], {version: '1.1'})[0].toJS().databases['007']
assert.deepEqual(inner.snapshot.include, given.databases['007'].snapshot.include)
assert.equal(inner.production.database, 'no')
assert.equal(inner.snapshot.schema_version, '2026-01-01')
assert.equal(inner.previews.database, 'y{number}')
// The program itself reads it too, without a variable being set.
const back = join(work, 'rendered/configuration.yaml')
writeFileSync(back, data['tidegate.yaml'])
run(program, ['config', 'check', '--config', back])

// Archives in an object store: the producer reaches it, and a workflow may read it.
const ports = name => objects[`archives/shop/${name}/networkpolicy.yaml`].spec.egress.slice(1)
  .map(rule => rule.ports.map(({port}) => port))
assert.deepEqual(ports('producer'), [[6432], [443, 9000]])
assert.deepEqual(ports('sweep')[0], [5432])
const [event] = read(join(directories.archives, '.github/workflows/preview-databases.yml'), '1.2')
const [step] = event.jobs.database.steps
for (const name of ['STORE_KEY', 'STORE_SECRET']) {
  assert.equal(step.env[name], '${{ secrets.' + name + ' }}')
  assert.ok(step.run.includes(`--env ${name} `))
}

assert.throws(
  () => run(program, ['render', '--config', syrf, '--out', join(work, 'rendered/none'), '--set', 'render.labels=a=~']),
  error => error.status === 3 && /'~' cannot be the value of the label 'a'/.test(error.stderr))

// Without a GitOps repository nothing is committed, so that how is not said; over SSH no workflow could.
assert.ok(!existsSync(join(directories.archives, '.github/workflows/reconcile-preview-databases.yml')))
assert.doesNotMatch(step.env.TIDEGATE_FILE, /^(gitops|render):/m)
assert.throws(
  () => run(program, ['render', 'workflows', '--config', syrf, '--out', join(work, 'rendered/none'),
    '--set', 'gitops.repository=git@github.com:camaradesuk/cluster-gitops.git']),
  error => error.status === 3 && /reached over SSH/.test(error.stderr))

// kubectl reads each directory as it is, and gives back the same objects.
const kubectl = join(work, 'kubectl/kubectl')
const key = object => [object.apiVersion, object.kind, object.metadata.namespace, object.metadata.name].join('|')
for (const [name, directory] of Object.entries(directories)) {
  const resources = manifests.filter(file => file.startsWith(directory + '/')).map(file => relative(directory, file))
  if (resources.length === 0) continue
  writeFileSync(join(directory, 'kustomization.yaml'), JSON.stringify({resources}))
  const listed = parseAllDocuments(run(kubectl, ['kustomize', directory])).map(document => document.toJS())
  const ours = resources.map(file => objects[relative(join(work, 'rendered'), join(directory, file))])
  assert.equal(new Set(ours.map(key)).size, ours.length, `${name}: an object twice`)
  assert.deepEqual(Object.fromEntries(listed.map(object => [key(object), object])),
    Object.fromEntries(ours.map(object => [key(object), object])), `${name}: kubectl reads something else`)
}

run('actionlint', ['-no-color', ...workflows], {stdio: 'inherit'})

for (const [file, object] of Object.entries(objects)) {
  if (object.kind !== 'PrometheusRule' || !onPath('promtool')) continue
  const rules = join(work, 'rendered/rules.yaml')
  writeFileSync(rules, JSON.stringify(object.spec))
  try {
    run('promtool', ['check', 'rules', rules])
  } catch (error) {
    assert.fail(`${file}: ${error.stdout}${error.stderr}`)
  }
}

const argo = checkArgo(source, files.filter(file => file.startsWith(join(directories.snapshot, 'syrf/previews/')))
  .map(file => ({
    file: relative(directories.snapshot, file),
    text: readFileSync(file, 'utf8'),
    object: objects[relative(join(work, 'rendered'), file)],
  })))
if (existsSync(join(process.env.TIDEGATE_SCHEMAS, 'kinds.json'))) {
  checkSchemas(process.env.TIDEGATE_SCHEMAS, {...objects, ...argo})
}
checkPolicies(objects)
checkSyrf(objects, name => read(join(directories.syrf, `.github/workflows/${name}.yml`), '1.2')[0])

// For cluster.mjs.
writeFileSync(join(work, 'objects.json'), JSON.stringify(objects))

// Drift: a changed file, one that is gone and one too many are each named.
const drift = directories.syrf
writeFileSync(join(drift, 'syrf/producer/cronjob.yaml'), 'apiVersion: "v1"\n')
writeFileSync(join(drift, 'syrf/sweep/old.yaml'), readFileSync(join(drift, 'syrf/sweep/cronjob.yaml')))
writeFileSync(join(drift, 'syrf/sweep/own.yaml'), '# another tool keeps this here\n')
try {
  run(program, ['render', '--config', syrf, '--check', drift, '--json'])
  assert.fail('drift was not noticed')
} catch (error) {
  assert.equal(error.status, 10, error.stderr)
  assert.deepEqual(JSON.parse(error.stdout).differences,
    [{file: 'syrf/producer/cronjob.yaml', what: 'differs'}, {file: 'syrf/sweep/old.yaml', what: 'extra'}])
}
run(program, ['render', '--config', syrf, '--out', drift])
// Files of a database that is no longer in the configuration are extra; its previews' files are not compared.
for (const file of ['gone/alerts/prometheusrule.yaml', 'gone/previews/pr-1/jobs/restore.yaml']) {
  mkdirSync(join(drift, file, '..'), {recursive: true})
  writeFileSync(join(drift, file), readFileSync(join(drift, 'syrf/alerts/prometheusrule.yaml')))
}
try {
  run(program, ['render', '--config', syrf, '--check', drift, '--json'])
  assert.fail('files of a database that is gone were not noticed')
} catch (error) {
  assert.deepEqual(JSON.parse(error.stdout).differences, [{file: 'gone/alerts/prometheusrule.yaml', what: 'extra'}])
}
run(program, ['render', '--config', syrf, '--out', drift])
assert.ok(!existsSync(join(drift, 'gone/alerts')) && existsSync(join(drift, 'gone/previews/pr-1/jobs/restore.yaml')))
assert.ok(!existsSync(join(drift, 'syrf/sweep/old.yaml')) && existsSync(join(drift, 'syrf/sweep/own.yaml')))

console.log(`${files.length} files in ${Object.keys(directories).length} directories are what they should be`)
