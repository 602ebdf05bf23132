// Every object against the schema of its kind, in which a field that is not known is an error.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import Ajv from 'ajv'

export function checkSchemas(directory, objects) {
  // Patterns are Go's, which may say (?i) anywhere.
  const regExp = (pattern, flags) =>
    new RegExp(pattern.replace('(?i)', ''), pattern.includes('(?i)') ? `${flags}i` : flags)
  const ajv = new Ajv({strict: false, allErrors: true, validateFormats: false, code: {regExp}})
  const kinds = JSON.parse(readFileSync(join(directory, 'kinds.json'), 'utf8'))
  const load = file => JSON.parse(readFileSync(join(directory, file), 'utf8'))
  for (const file of new Set(Object.values(kinds).map(place => place.split('#')[0]))) ajv.addSchema(load(file), file)

  const validate = object => {
    const place = kinds[`${object.apiVersion} ${object.kind}`]
    assert.ok(place, `there is no schema for ${object.apiVersion} ${object.kind}`)
    const valid = ajv.compile({$ref: place})
    return valid(object) ? [] : valid.errors
  }
  for (const [file, object] of Object.entries(objects)) {
    assert.deepEqual(validate(object), [], file)
  }
  // And the check can fail.
  const [job] = Object.values(objects).filter(object => object.kind === 'Job')
  const misspelt = structuredClone(job)
  misspelt.spec.activeDeadlineSecond = 1
  assert.notDeepEqual(validate(misspelt), [])
}
