// What examples/syrf says to Argo CD: the ApplicationSets' folders are those that are rendered, the health check (Lua,
// as Argo CD runs it) tells users that are ready from those that are not.
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

function checkHealth(config) {
  const script = config.data['resource.customizations.health.atlas.mongodb.com_AtlasDatabaseUser']
  const health = (conditions, observed = 2) => {
    const status = conditions && {conditions, observedGeneration: observed}
    const source = `local obj = ${lua({metadata: {generation: 2}, status})}
local function health()
${script}
end
local told = health()
print(told.status)`
    return execFileSync('lua5.4', ['-'], {input: source, encoding: 'utf8'}).trim()
  }
  const condition = (type, status, reason) => ({type, status, reason, message: `${type} is ${status}`})
  assert.equal(health(undefined), 'Progressing')
  assert.equal(health([]), 'Progressing')
  assert.equal(health([condition('Ready', 'False')]), 'Progressing')
  assert.equal(health([condition('Ready', 'True')]), 'Healthy')
  assert.equal(health([condition('Ready', 'True')], 1), 'Progressing', 'of an older generation')
  assert.equal(health([condition('DatabaseUserReady', 'False', 'DatabaseUserInvalidSpec')]), 'Degraded')
  assert.equal(health([condition('DatabaseUserReady', 'False', 'DatabaseUserNotCreated'), condition('Ready', 'False')]),
    'Progressing')
}

/// Every rendered file of a preview is in the folder of exactly one ApplicationSet, and in the namespace that it says.
function checkFolders(sets, previews) {
  const globs = sets.map(set => set.spec.generators[0].git.directories[0].path)
  for (const [file, object] of previews) {
    const folder = `databases/${file.slice(0, file.lastIndexOf('/'))}`
    const fitting = globs.filter(glob => new RegExp(`^${glob.replaceAll('*', '[^/]+')}$`).test(folder))
    assert.equal(fitting.length, 1, `${folder} is read by ${fitting.length} ApplicationSets`)
    assert.equal(folder.split('/')[3], object.metadata.namespace, file)
  }
  const jobs = sets.find(set => set.metadata.name.endsWith('-jobs'))
  assert.ok(jobs.spec.template.metadata.finalizers.includes('resources-finalizer.argocd.argoproj.io'),
    'without it nothing is cleaned up when the Application goes')
}

/// @returns the objects, for the schemas.
export function checkArgo(source, objects) {
  const at = name => objectsOf(join(source, 'examples/syrf/argocd', name))
  const [config] = at('argocd-cm.yaml')
  const sets = at('previews.yaml')
  checkHealth(config)
  const previews = Object.entries(objects).filter(([file]) => file.startsWith('snapshot/syrf/previews/'))
    .map(([file, object]) => [file.slice('snapshot/'.length), object])
  assert.ok(previews.length >= 5)
  checkFolders(sets, previews)
  return Object.fromEntries([config, ...sets].map(object => [`argocd/${object.metadata.name}`, object]))
}
