// Checks examples/syrf for Argo CD: the Applications that its ApplicationSets make of a preview's files read what is
// rendered, and the health check (Lua, as Argo CD runs it) tells users that are ready from those that are not.
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'

const objectsOf = file => parseAllDocuments(readFileSync(file, 'utf8')).map(document => {
  assert.deepEqual(document.errors, [], file)
  return document.toJS()
})

const lua = value => {
  if (value === null || value === undefined) return 'nil'
  if (Array.isArray(value)) return `{${value.map(lua).join(', ')}}`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.entries(value).map(([key, one]) => `[${JSON.stringify(key)}] = ${lua(one)}`).join(', ')}}`
}

/// The libraries that Argo CD loads for a health check: base, package, table, and what is harmless of os.
const argoLibraries = `
os = { date = os.date, time = os.time, clock = os.clock, difftime = os.difftime }
getmetatable("").__index = nil
for _, name in ipairs({"string", "math", "io", "debug", "coroutine", "utf8"}) do
  _G[name], package.loaded[name] = nil, nil
end`

function checkHealth(config) {
  const script = config.data['resource.customizations.health.atlas.mongodb.com_AtlasDatabaseUser']
  const health = (conditions, observed = 2) => {
    const status = conditions && {conditions, observedGeneration: observed}
    const source = `${argoLibraries}
local obj = ${lua({metadata: {generation: 2}, status})}
local function health()
${script}
end
local told = health()
print(told.status)`
    return execFileSync('lua5.4', ['-'], {input: source, encoding: 'utf8'}).trim()
  }
  const condition = (type, status, reason) => ({type, status, reason, message: `${type} is ${status}`})
  const run = source => execFileSync('lua5.4', ['-'], {input: `${argoLibraries}\n${source}`, stdio: 'pipe'})
  assert.throws(() => run('return string.find("a", "a")'), 'the libraries that Argo CD does not load are there')
  assert.throws(() => run('return ("a"):find("a")'))
  assert.equal(health(undefined), 'Progressing')
  assert.equal(health([]), 'Progressing')
  assert.equal(health([condition('Ready', 'False')]), 'Progressing')
  assert.equal(health([condition('Ready', 'True')]), 'Healthy')
  assert.equal(health([condition('Ready', 'True')], 1), 'Progressing', 'of an older generation')
  assert.equal(health([condition('DatabaseUserReady', 'False', 'DatabaseUserInvalidSpec')]), 'Degraded')
  assert.equal(health([condition('DatabaseUserReady', 'False', 'DatabaseUserExpired')]), 'Degraded')
  assert.equal(health([condition('DatabaseUserReady', 'False')]), 'Progressing')
  assert.equal(health([condition('DatabaseUserReady', 'False', 'DatabaseUserNotCreatedInAtlas'), condition('Ready', 'False')]),
    'Progressing')
}

/// The text that a Go template makes of these values, as far as the ApplicationSets use any.
const expanded = (text, values) => text.replace(/\{\{ \.([a-z.]+) \}\}/g, (all, name) => {
  const value = name.split('.').reduce((at, key) => at?.[key], values)
  assert.notEqual(value, undefined, `missingkey=error: ${all}`)
  return value
})

/// The Application that a set makes of one file, as its generator finds it.
function applicationOf(set, file, text) {
  const {files} = set.spec.generators[0].git
  const glob = new RegExp(`^${files[0].path.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`)
  if (!glob.test(file)) return undefined
  const values = {...parseAllDocuments(text)[0].toJS(), path: {path: file.slice(0, file.lastIndexOf('/'))}}
  return JSON.parse(expanded(JSON.stringify(set.spec.template), values))
}

/// Every rendered manifest of a preview is in the folder of exactly one Application, and in the namespace that it says;
/// each has an ordinary resource, without which its hooks would never be run.
function checkApplications(sets, previews) {
  const place = file => `databases/${file.replace(/^syrf\/previews\/(pr-[0-9]+)\//, 'previews/$1/syrf/')}`
  const applications = sets.flatMap(set => previews
    .map(({file, text}) => applicationOf(set, place(file), text)).filter(Boolean))
  assert.equal(applications.length, 2)
  const names = new Set(applications.map(each => each.metadata.name))
  assert.equal(names.size, 2)
  const manifests = previews.filter(({object}) => object)
  for (const application of applications) {
    assert.ok(application.metadata.finalizers.includes('resources-finalizer.argocd.argoproj.io'))
    const own = manifests.filter(({file}) => place(file).startsWith(`${application.spec.source.path}/`))
    assert.ok(own.some(({object}) => !object.metadata.annotations?.['argocd.argoproj.io/hook']),
      `${application.metadata.name} has hooks alone`)
    for (const {file, object} of own) {
      assert.equal(object.metadata.namespace, application.spec.destination.namespace, file)
    }
    const hooks = own.some(({object}) => object.metadata.annotations?.['argocd.argoproj.io/hook'])
    assert.ok(!(hooks && application.spec.syncPolicy.automated.selfHeal), 'a sync that heals leaves hooks out')
  }
  for (const {file} of manifests) {
    const fitting = applications.filter(each => place(file).startsWith(`${each.spec.source.path}/`))
    assert.equal(fitting.length, 1, `${file} is read by ${fitting.length} Applications`)
  }
}

/// @returns the objects, for the schemas.
export function checkArgo(source, previews) {
  const at = name => objectsOf(join(source, 'examples/syrf/argocd', name))
  const [config] = at('argocd-cm.yaml')
  const sets = at('previews.yaml')
  checkHealth(config)
  assert.ok(previews.length >= 8)
  checkApplications(sets, previews)
  return Object.fromEntries([config, ...sets].map(object => [`argocd/${object.metadata.name}`, object]))
}
