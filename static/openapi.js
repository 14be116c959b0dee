/** Puts the description of the API on the page: operations by resource, and the robots. */

import { element } from './element.js'
import { rows, table } from './schema.js'

const at = (id) => document.getElementById(id)
const ACCESS = {
  open: 'For anybody; where there is an id, for whoever knows it.',
  key: 'With auth.key, and a signature where the server or the Template wants one.',
  signed: 'Signed with the secret of auth.key, or with a bearer token.',
  login: 'With auth key and secret as HTTP Basic authentication.',
  address: 'With a signed address.',
}
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']

class Manual {
  constructor(told) {
    this.told = told
  }

  resources() {
    const named = Object.entries(this.told.paths).flatMap(([path, methods]) =>
      METHODS.filter((method) => methods[method]).map((method) => ({ path, method, ...methods[method] })),
    )
    return this.told.tags.map(({ name }) => ({ name, operations: named.filter(({ tags }) => tags.includes(name)) }))
  }

  section({ name, operations }) {
    const shown = operations.map((operation) => this.operation(operation))
    return element('section', { id: anchor(name) }, element('h2', {}, name), ...shown)
  }

  operation(operation) {
    const { method, path, summary } = operation
    const head = element(
      'summary',
      {},
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      element('code', {}, path),
      element('span', { class: 'words' }, summary),
    )
    const details = element('details', { class: 'card operation', id: operation.operationId }, head)
    details.addEventListener('toggle', () => details.open && this.fill(details, operation), { once: true })
    return details
  }

  /** What is folded up is built when it is opened, for there is a lot of it. */
  fill(details, operation) {
    const scope = operation['x-scope'] ? ` Needs the scope ${operation['x-scope']}.` : ''
    details.append(
      element('p', { class: 'facts' }, ACCESS[operation['x-access']] + scope),
      ...this.parameters(operation),
      ...this.body(operation),
      element('h3', {}, 'Replies'),
      ...Object.entries(operation.responses).map(([status, reply]) => this.reply(status, reply)),
    )
  }

  parameters({ parameters }) {
    const plain = parameters.filter(({ content }) => !content)
    const asked = parameters.filter(({ content }) => content)
    const listed = plain.map((one) => ({ ...one, where: one.in, description: one.description ?? one.schema.description }))
    return [
      ...(listed.length ? [element('h3', {}, 'Parameters'), table(this.told, listed)] : []),
      ...asked.flatMap(({ name, content }) => [
        element('h3', {}, `The JSON of ${name}, in the query`),
        table(this.told, rows(this.told, content['application/json'].schema)),
      ]),
    ]
  }

  body({ requestBody }) {
    if (!requestBody) return []
    const kinds = Object.keys(requestBody.content)
    const form = requestBody.content[kinds[0]].schema
    const inner = form.properties?.params?.contentSchema
    return [
      element('h3', {}, 'Body'),
      element('p', { class: 'facts' }, kinds.join(' or ')),
      ...(form.properties ? [table(this.told, rows(this.told, form))] : []),
      ...(inner ? [element('h3', {}, 'The JSON of params'), table(this.told, rows(this.told, inner))] : []),
    ]
  }

  reply(status, reply) {
    const schema = reply.content?.['application/json']?.schema
    const codes = status >= 400 ? reply.description.split(', ') : []
    const title = element('p', { class: 'status' }, element('b', {}, status), ' ', codes.length ? '' : reply.description)
    const media = Object.keys(reply.content ?? {}).filter((kind) => kind !== 'application/json')
    const parts = schema && status < 400 ? (schema.anyOf ?? [schema]).map((one) => rows(this.told, one)) : []
    return element(
      'div',
      { class: 'reply' },
      title,
      media.length && status < 400 ? element('p', { class: 'facts' }, media.join(', ')) : null,
      ...parts.filter((part) => part.length).map((part) => table(this.told, part, false)),
      codes.length ? element('dl', { class: 'codes' }, ...codes.flatMap((code) => this.code(code))) : null,
    )
  }

  code(code) {
    const words = this.told['x-errors'][code]?.message ?? 'A parameter of a robot is wrong.'
    return [element('dt', {}, element('code', {}, code)), element('dd', {}, words)]
  }
}

/** The robots, each of which tells its own parameters when it is opened. */
function gallery(robots) {
  const shown = robots.map((robot) => {
    const head = element(
      'summary',
      {},
      element('code', {}, robot.name),
      element('span', { class: 'words' }, robot.description),
    )
    const details = element('details', { class: 'card operation robot' }, head)
    details.addEventListener('toggle', () => details.open && tell(details, robot), { once: true })
    return details
  })
  return element('section', { id: 'steps' }, element('h2', {}, 'Steps, by robot'), ...shown)
}

async function tell(details, robot) {
  const schema = await read(robot.schema)
  const example = JSON.stringify(schema.examples[0], null, 2)
  details.append(
    element('p', { class: 'facts' }, `${schema.description} Accepts: ${robot.accepts.join(', ')}.`),
    element('pre', {}, element('code', {}, example)),
    table(schema, rows(schema, schema)),
  )
}

async function read(path) {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  return response.json()
}

function anchor(name) {
  return name.toLowerCase().replaceAll(/\W+/g, '-')
}

async function start() {
  const [told, { robots }] = await Promise.all([read('/openapi.json'), read('/robots')])
  const manual = new Manual(told)
  const resources = manual.resources()
  const links = [...resources.map(({ name }) => [anchor(name), name]), ['steps', 'Steps, by robot']]
  at('contents').append(...links.map(([id, name]) => element('a', { href: `#${id}` }, name)))
  at('resources').append(...resources.map((resource) => manual.section(resource)), gallery(robots))
  document.getElementById(location.hash.slice(1))?.scrollIntoView()
  document.body.dataset.ready = ''
}

await start().catch((error) => {
  at('complaint').textContent = error.message
  at('complaint').hidden = false
})
