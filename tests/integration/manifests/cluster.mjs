// cluster.mjs WORK STATE: what check.mjs has rendered, put to the API server that KUBECONFIG names.
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {definitions} from './definitions.mjs'
import {passing, refused} from './policies.mjs'

const [work, state] = process.argv.slice(2)
const objects = JSON.parse(readFileSync(join(work, 'objects.json'), 'utf8'))

const run = (file, args, input) => {
  const {status, stdout, stderr, error} = spawnSync(file, args, {input, encoding: 'utf8', maxBuffer: 1 << 27})
  if (error) throw error
  return {status, text: stdout + stderr}
}
const kubectl = (args, ...given) =>
  run(join(work, 'kubectl/kubectl'), args, given.map(object => JSON.stringify(object)).join('\n---\n'))
const succeed = ({status, text}) => assert.equal(status, 0, text)

const apply = ['apply', '--server-side', '--validate=strict', '-f']
const keep = (...given) => succeed(kubectl([...apply, '-'], ...given))
const ask = object => kubectl([...apply, '-', '--dry-run=server'], object)

function define() {
  const made = definitions(process.env.TIDEGATE_SCHEMAS, Object.values(objects))
  keep(...made)
  succeed(kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...made.map(({metadata}) => `crd/${metadata.name}`)]))
  const namespaces = new Set([...Object.values(objects), ...Object.values(passing), ...Object.values(refused)]
    .map(({metadata}) => metadata.namespace).filter(name => name && name !== 'default'))
  keep(...[...namespaces].map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})))
}

/// The files themselves, as they would be applied.
function checkManifests() {
  for (const file of Object.keys(objects)) {
    const {status, text} = kubectl([...apply, join(work, 'rendered', file), '--dry-run=server'])
    assert.equal(status, 0, `${file}: ${text}`)
  }
}

/// One of each kind, with one field too many.
function checkMisspelt() {
  const kinds = new Map(Object.values(objects).filter(({spec}) => spec).map(object => [object.kind, object]))
  for (const [kind, object] of kinds) {
    const {status, text} = ask({...object, spec: {...object.spec, misspelt: 1}})
    assert.notEqual(status, 0, `${kind}: a field that is not known was taken`)
    assert.match(text, /misspelt/, kind)
  }
  return kinds.size
}

const atlasUser = ({metadata, spec}) => ({
  apiVersion: 'atlas.mongodb.com/v1',
  kind: 'AtlasDatabaseUser',
  metadata,
  spec: {...spec, projectRef: {name: 'project'}, passwordSecretRef: {name: 'password'}},
})

const policy = kind => {
  const found = Object.entries(objects).filter(([, object]) =>
    object.kind === kind && object.metadata.name === 'syrf-database-users')
  assert.equal(found.length, 1)
  return found[0]
}

async function until(what, holds) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    if (holds()) return
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  assert.fail(what)
}

/// `asked(user)` → what it says where it refuses the user, undefined otherwise.
function checkVerdicts(judge, asked) {
  for (const [what, user] of Object.entries(passing)) {
    assert.equal(asked(atlasUser(user)), undefined, `${judge} refuses ${what}`)
  }
  for (const [what, user] of Object.entries(refused)) {
    assert.ok(asked(atlasUser(user)), `${judge} lets pass ${what}`)
  }
}

async function checkNativePolicy() {
  const [file, {spec}] = policy('ValidatingAdmissionPolicy')
  const messages = spec.validations.map(({message}) => message)
  const asked = object => {
    const {status, text} = ask(object)
    if (status === 0) return undefined
    assert.ok(text.includes("ValidatingAdmissionPolicy 'syrf-database-users'"), text)
    assert.ok(messages.some(message => text.includes(message)), text)
    return text
  }
  const one = atlasUser(Object.values(refused)[0])
  assert.equal(asked(one), undefined, 'refused before there was a policy')
  for (const [name, {kind}] of Object.entries(objects)) {
    if (name.startsWith(`${file.split('/')[0]}/`) && kind.startsWith('ValidatingAdmissionPolicy')) {
      succeed(kubectl([...apply, join(work, 'rendered', name)]))
    }
  }
  await until('the policy does not come into force', () => asked(one))
  checkVerdicts('the API server', asked)
  // A user that was admitted cannot be changed into another user.
  const own = Object.values(passing)[0]
  keep(atlasUser(own))
  assert.ok(asked(atlasUser({...own, spec: {...own.spec, roles: [{roleName: 'read', databaseName: 'syrftest'}]}})))
}

function checkKyverno() {
  const [file] = policy('ValidatingPolicy')
  const resource = join(state, 'user.json')
  checkVerdicts('kyverno', object => {
    writeFileSync(resource, JSON.stringify(object))
    const {text} = run('kubectl-kyverno', ['apply', join(work, 'rendered', file), '--resource', resource])
    const counted = text.match(/pass: (\d+), fail: (\d+), warn: (\d+), error: (\d+), skip: (\d+)/)
    assert.ok(counted, text)
    const [pass, fail, ...others] = counted.slice(1).map(Number)
    assert.deepEqual([pass + fail, ...others], [1, 0, 0, 0], text)
    return fail === 1 ? text : undefined
  })
}

define()
checkManifests()
const kinds = checkMisspelt()
await checkNativePolicy()
checkKyverno()
console.log(`an API server takes ${Object.keys(objects).length} files, and no misspelt field of ${kinds} kinds; it and \
Kyverno admit ${Object.keys(passing).length} users and refuse ${Object.keys(refused).length}`)
