// The policies' expressions, evaluated on users that must pass and on users that must not.
import assert from 'node:assert/strict'
import {evaluate} from '@marcbachmann/cel-js'

const user = (namespace, username, ...roles) => ({
  metadata: {namespace, name: username},
  spec: {username, roles: roles.map(([roleName, databaseName]) => ({roleName, databaseName}))},
})
const own = [['readWrite', 'syrf_pr_42'], ['dbAdmin', 'syrf_pr_42']]
const producer = [['read', 'syrftest'], ['readWrite', 'syrf_snapshot'], ['dbAdmin', 'syrf_snapshot']]
const preview = (...roles) => user('pr-42', 'syrf-pr-42-user', ...roles)

export const passing = {
  'a preview with seed data': preview(...own),
  'a preview that reads the snapshot': preview(...own, ['read', 'syrf_snapshot']),
  'the producer': user('syrf-system', 'snapshot-producer', ...producer),
  'the application in production': user('syrf-production', 'syrf-api', ['readWrite', 'syrftest']),
  'the filler of staging': user('syrf-staging', 'staging-filler', ['readWrite', 'syrf_staging'],
    ['dbAdmin', 'syrf_staging'], ['read', 'syrf_snapshot']),
}
export const refused = {
  'a preview that reads production': preview(...own, ['read', 'syrftest']),
  'a preview that writes production': preview(['readWrite', 'syrftest']),
  "another pull request's database": preview(...own, ['read', 'syrf_pr_7']),
  'a name that only begins like its own': preview(['readWrite', 'syrf_pr_421']),
  'a preview that writes the snapshot': preview(...own, ['readWrite', 'syrf_snapshot']),
  'a preview that administers the snapshot': preview(...own, ['dbAdmin', 'syrf_snapshot']),
  'a preview with all databases': preview(['readWriteAnyDatabase', 'admin']),
  'a preview with a role of its own database that is too much': preview(['dbOwner', 'syrf_pr_42']),
  'staging from a preview': preview(['readWrite', 'syrf_staging']),
  "a preview that takes the producer's name": user('pr-42', 'snapshot-producer', ...own),
  "a preview that takes another one's name": user('pr-42', 'syrf-pr-7-user', ...own),
  "a preview's name elsewhere": user('default', 'syrf-pr-42-user', ...own),
  "the producer's name elsewhere": user('default', 'snapshot-producer', ['read', 'syrftest']),
  'another user who writes the snapshot': user('default', 'another', ['readWrite', 'syrf_snapshot']),
  'another user with all databases': user('default', 'another', ['readWriteAnyDatabase', 'admin']),
  'a producer that writes production': user('syrf-system', 'snapshot-producer', ...producer, ['readWrite', 'syrftest']),
}

const rules = object => {
  const {spec} = object
  if (object.kind !== 'ClusterPolicy') return {variables: spec.variables, validations: spec.validations}
  const {cel} = spec.rules[0].validate
  return {variables: cel.variables, validations: cel.expressions}
}

function verdict({variables, validations}, object) {
  // A variable is evaluated when it is asked for, as clusters do.
  const known = {}
  for (const {name, expression} of variables) {
    Object.defineProperty(known, name, {enumerable: true, get: () => evaluate(expression, {object})})
  }
  return validations.filter(({expression}) => evaluate(expression, {object, variables: known}) !== true)
}

export function checkPolicies(objects) {
  const policies = Object.entries(objects).filter(([, object]) =>
    ['ValidatingPolicy', 'ValidatingAdmissionPolicy', 'ClusterPolicy'].includes(object.kind) &&
    object.metadata.name === 'syrf-database-users')
  assert.equal(policies.length, 3)
  for (const [file, policy] of policies) {
    for (const [what, object] of Object.entries(passing)) {
      assert.deepEqual(verdict(rules(policy), object), [], `${file} refuses ${what}`)
    }
    for (const [what, object] of Object.entries(refused)) {
      assert.notDeepEqual(verdict(rules(policy), object), [], `${file} lets pass ${what}`)
    }
  }
  // The rendered users pass too.
  for (const [file, object] of Object.entries(objects)) {
    if (object.kind !== 'AtlasDatabaseUser' || !object.spec.username.startsWith('syrf-')) continue
    assert.deepEqual(verdict(rules(policies[0][1]), object), [], file)
  }
}
