// Custom resources, defined to an API server by the schemas of their kinds.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

const clusterWide = ['ClusterPolicy', 'ValidatingPolicy']

const map = (object, one) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, one(value)]))
const isIntOrString = ({anyOf}) => anyOf?.length === 2 && anyOf.every(({type}) => ['integer', 'string'].includes(type))

/// In the form that definitions ask for ("structural"): a field that is not known is refused by the server without being
/// told so, and what may be anything says it.
function structural(schema) {
  if (isIntOrString(schema)) return {'x-kubernetes-int-or-string': true}
  const {additionalProperties, properties, items, ...rest} = schema
  if (!schema.type) return {...rest, 'x-kubernetes-preserve-unknown-fields': true}
  return {
    ...rest,
    ...(properties && {properties: map(properties, structural)}),
    ...(items && {items: structural(items)}),
    ...(additionalProperties && {additionalProperties: structural(additionalProperties)}),
  }
}

const named = (group, version, kind, schema) => {
  const singular = kind.toLowerCase()
  const plural = singular.replace(/y$/, 'ie') + 's'
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {name: `${plural}.${group}`},
    spec: {
      group,
      scope: clusterWide.includes(kind) ? 'Cluster' : 'Namespaced',
      names: {kind, plural, singular, listKind: `${kind}List`},
      versions: [{name: version, served: true, storage: true, schema: {openAPIV3Schema: structural(schema)}}],
    },
  }
}

/// Of those kinds among the objects' that Kubernetes itself does not know.
export function definitions(directory, objects) {
  const kinds = JSON.parse(readFileSync(join(directory, 'kinds.json'), 'utf8'))
  const wanted = new Set(objects.map(({apiVersion, kind}) => `${apiVersion} ${kind}`))
  return [...wanted].filter(name => !kinds[name].includes('#')).map(name => {
    const [, group, version, kind] = name.match(/(.*)\/(.*) (.*)/)
    return named(group, version, kind, JSON.parse(readFileSync(join(directory, kinds[name]), 'utf8')))
  })
}
