/** The steps of a recipe as a stream from left to right, each with its state. */

import { element, svg } from './element.js'
import { columns, sources } from './recipes.js'
import { counted, size } from './words.js'

const WORDS = {
  waiting: 'waiting',
  running: 'working',
  done: 'done',
  idle: 'nothing to do',
  failed: 'failed',
  stopped: 'stopped',
}

export class Steps {
  constructor(steps) {
    this.steps = steps
    this.nodes = new Map()
    this.lines = svg('svg', { class: 'lines', 'aria-hidden': 'true' })
    this.element = element('div', { class: 'steps' }, this.lines)
    for (const names of columns(steps)) {
      this.element.append(element('ol', { class: 'column' }, ...names.map((name) => this.node(name))))
    }
    new ResizeObserver(() => this.draw()).observe(this.element)
  }

  node(name) {
    const step = this.steps[name]
    const state = element('span', { class: 'step-state' })
    const words = step ? `${step.robot} after ${sources(step).map(title).join(', ')}` : 'your files'
    const made = element(
      'li',
      { class: 'step', 'data-step': name },
      element('span', { class: 'step-name' }, title(name)),
      element('span', { class: 'step-robot' }, words),
      state,
    )
    this.nodes.set(name, { made, state })
    return made
  }

  /** Shows a status; `found` has the results by step. */
  show(status, found) {
    this.set(':original', ...uploads(status))
    for (const name of Object.keys(this.steps)) {
      const count = found.get(name)?.length ?? 0
      const state = stateOf(name, status, count)
      this.set(name, state, count ? counted(count, 'file') : WORDS[state])
    }
    this.draw()
  }

  set(name, state, words) {
    const node = this.nodes.get(name)
    node.made.dataset.state = state
    node.state.textContent = words
  }

  /** A curve from each step to each that it feeds; it flows while the latter works. */
  draw() {
    const origin = this.element.getBoundingClientRect()
    const box = (name) => this.nodes.get(name).made.getBoundingClientRect()
    const curves = []
    for (const [name, step] of Object.entries(this.steps)) {
      for (const source of sources(step)) {
        const [from, to] = [box(source), box(name)]
        const [x1, y1] = [from.right - origin.left, from.top + from.height / 2 - origin.top]
        const [x2, y2] = [to.left - origin.left, to.top + to.height / 2 - origin.top]
        const middle = (x1 + x2) / 2
        const d = `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
        curves.push(svg('path', { d, 'data-state': this.nodes.get(name).made.dataset.state }))
      }
    }
    this.lines.replaceChildren(...curves)
  }
}

function title(name) {
  return name === ':original' ? 'Uploads' : name
}

function uploads(status) {
  const [done, expected] = [status.finished_tus_uploads, status.expected_tus_uploads]
  if (status.ok !== 'ASSEMBLY_UPLOADING') return status.uploads.length ? ['done', total(status)] : unsent(status)
  if (!status.bytes_received) return ['running', counted(expected, 'file')]
  return ['running', `${done} of ${expected}, ${size(status.bytes_received)}`]
}

function unsent(status) {
  const state = status.error && !status.step ? 'failed' : 'stopped'
  return [state, WORDS[state]]
}

function total(status) {
  return `${counted(status.uploads.length, 'file')}, ${size(status.uploads.reduce((sum, file) => sum + file.size, 0))}`
}

function stateOf(name, status, count) {
  const begun = (jobs) => jobs.some((job) => job.startsWith(`${name}::`))
  const touched = count > 0 || begun(status.started_jobs)
  if (status.error) return status.step === name ? 'failed' : count ? 'done' : touched ? 'stopped' : 'waiting'
  if (status.ok === 'ASSEMBLY_COMPLETED') return touched ? 'done' : 'idle'
  if (status.ok === 'ASSEMBLY_CANCELED') return count ? 'done' : 'stopped'
  if (begun(status.running_jobs)) return 'running'
  return touched ? 'done' : 'waiting'
}
