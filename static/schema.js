/** JSON Schema as a table: name, type and words. */

import { element } from './element.js'

const KINDS = { string: 'text', integer: 'whole number', object: 'object', boolean: 'true or false', null: 'null' }

/** The properties of an object, wherever its schema says them, and those of the named objects right inside. */
export function rows(root, schema, before = '') {
  const whole = resolved(root, schema)
  const required = whole.required ?? []
  return Object.entries(whole.properties ?? {}).flatMap(([name, told]) => {
    const own = resolved(root, told)
    const row = { name: before + name, schema: own, required: required.includes(name), description: own.description }
    const inner = before ? [] : inside(told).flatMap(([part, how]) => rows(root, part, `${name}${how}.`))
    return [row, ...inner]
  })
}

/** The schema with a name of its own that a property, its items or its values have. */
function inside(told) {
  const parts = [
    [told, ''],
    [told.items, '[]'],
    [told.additionalProperties, '.*'],
  ]
  return parts.filter(([part]) => part?.$ref)
}

/** `asked` is what a client sends, of which some parts may be left out. */
export function table(root, listed, asked = true) {
  const lines = listed.map(({ name, schema, required, where, description }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('code', {}, name), required && asked ? element('small', {}, ' required') : null),
      element('td', { class: 'type' }, where ? `${where}: ${kind(root, schema)}` : kind(root, schema)),
      element('td', {}, description ?? '', rest(schema)),
    ),
  )
  return element('div', { class: 'scroll' }, element('table', {}, element('tbody', {}, ...lines)))
}

/** With what stands behind its `$ref`; what is said beside that comes on top. */
function resolved(root, schema) {
  if (!schema.$ref) return schema
  const found = schema.$ref.slice(2).split('/').reduce((part, name) => part[name], root)
  return { ...found, ...schema, properties: { ...found.properties, ...schema.properties } }
}

function kind(root, schema) {
  const own = resolved(root, schema)
  if ('const' in own) return JSON.stringify(own.const)
  if (own.enum) return own.enum.map((one) => JSON.stringify(one)).join(' | ')
  const several = own.anyOf ?? own.oneOf
  if (several && !own.properties) {
    const told = several.filter((one) => !(one.pattern ?? '').startsWith('\\$')).map((one) => kind(root, one))
    return [...new Set(told)].join(' | ')
  }
  if (own.type === 'array') return `list of ${own.items ? kind(root, own.items) : 'anything'}`
  return KINDS[own.type] ?? own.type ?? 'anything'
}

function rest(schema) {
  const told = 'default' in schema && schema.default !== null ? [`Default: ${JSON.stringify(schema.default)}.`] : []
  const many = schema.examples?.length ? [`Such as ${JSON.stringify(schema.examples[0])}.`] : []
  return element('small', {}, [' ', ...told, ...many].join(' '))
}
