/** One Assembly on the page: its state, its steps, what failed, and its results. */

import { cancel } from './api.js'
import { element, icon } from './element.js'
import { ended, Live } from './live.js'
import { Results } from './results.js'
import { Steps } from './steps.js'
import { counted, duration } from './words.js'

const STATES = {
  ASSEMBLY_UPLOADING: ['running', 'Uploading'],
  ASSEMBLY_EXECUTING: ['running', 'Working'],
  ASSEMBLY_COMPLETED: ['done', 'Done'],
  ASSEMBLY_CANCELED: ['stopped', 'Canceled'],
  REQUEST_ABORTED: ['stopped', 'Broken off'],
}
const LAST_LINES = 6

export class Run {
  /** `over(status)` is called when the Assembly has ended, however it did. */
  constructor(recipe, status, over) {
    this.recipe = recipe
    this.url = status.assembly_ssl_url
    this.over = over
    this.steps = new Steps(recipe.steps)
    this.results = new Results(Object.keys(recipe.steps))
    this.element = this.build()
    this.show(status)
    this.live = new Live(status, {
      result: (step, file) => this.add(step, file),
      progress: (percent) => this.progress(percent),
      status: (now) => this.show(now),
    })
  }

  build() {
    this.chip = element('span', { class: 'chip' })
    this.facts = element('span', { class: 'facts' })
    this.cancelButton = element('button', { class: 'quiet', type: 'button', onclick: () => this.cancel() }, 'Cancel')
    this.percent = element('span', { class: 'percent' })
    this.bar = element('progress', { max: 100, value: 0, 'aria-label': 'Progress of the Assembly' })
    this.trouble = element('div', { class: 'trouble', role: 'alert', hidden: true })
    this.empty = element('p', { class: 'facts', hidden: true })
    this.spoken = element('p', { class: 'out-of-sight', role: 'status' })
    const json = { class: 'quiet', href: this.url, target: '_blank', rel: 'noopener' }
    return element(
      'article',
      { class: 'card run', 'aria-label': this.recipe.title },
      element(
        'header',
        {},
        this.chip,
        element('h3', {}, this.recipe.title),
        this.facts,
        element('span', { class: 'actions' }, this.cancelButton, element('a', json, 'Assembly JSON', icon('away'))),
      ),
      element('div', { class: 'flow' }, this.bar, this.percent),
      this.steps.element,
      this.trouble,
      this.results.element,
      this.empty,
      this.spoken,
    )
  }

  add(step, file) {
    this.results.add(step, file)
    this.spoken.textContent = `${counted(this.results.count, 'result')} ready`
    if (this.status) this.steps.show(this.status, this.results.byStep)
  }

  progress(percent) {
    this.bar.value = Math.max(this.bar.value, percent)
    this.percent.textContent = `${Math.round(this.bar.value)} %`
  }

  show(status) {
    this.status = status
    this.results.addAll(status.results)
    this.steps.show(status, this.results.byStep)
    const [state, word] = status.error ? ['failed', 'Failed'] : (STATES[status.ok] ?? ['running', 'Working'])
    if (this.chip.textContent !== word) this.spoken.textContent = `${this.recipe.title}: ${word}`
    this.chip.textContent = word
    this.element.dataset.state = state
    this.facts.textContent = facts(status)
    if (ended(status)) this.end(status)
  }

  end(status) {
    this.cancelButton.remove()
    if (status.ok === 'ASSEMBLY_COMPLETED') this.progress(100)
    if (status.error) this.trouble.replaceChildren(...trouble(status))
    this.trouble.hidden = !status.error
    this.empty.hidden = this.results.count > 0 || status.ok !== 'ASSEMBLY_COMPLETED'
    this.empty.textContent = `Nothing came out: this recipe works on ${this.recipe.takes} only.`
    this.over(status)
  }

  async cancel() {
    this.cancelButton.disabled = true
    try {
      await cancel(this.url)
    } finally {
      this.cancelButton.disabled = false
      this.live.soon()
    }
  }
}

function facts(status) {
  const names = status.tus_uploads.map((file) => file.filename)
  const files = names.length > 1 ? `${names[0]} and ${names.length - 1} more` : names[0]
  const seconds = status.execution_duration
  return [files, seconds && duration(seconds)].filter(Boolean).join(' · ')
}

/** The sentence, where it happened, and the last words of the tool. */
function trouble(status) {
  const words = [status.stderr, status.stdout].find((text) => text?.length)
  const lines = [words ?? []].flat().join('\n').trim().split('\n').slice(-LAST_LINES)
  const where = status.step ? element('p', {}, 'It happened in step ', element('code', {}, status.step), '.') : null
  return [
    element('p', { class: 'sentence' }, status.message || status.error),
    where,
    lines[0] ? element('pre', { tabindex: 0, 'aria-label': 'Last words of the tool' }, lines.join('\n')) : null,
    element('p', { class: 'facts' }, status.error),
  ].filter(Boolean)
}
