/** Puts the page together: recipe, files, runs. */

import { page, request } from './api.js'
import { dashboard } from './dashboard.js'
import { Dropzone } from './dropzone.js'
import { element, icon } from './element.js'
import { Key } from './key.js'
import { RECIPES } from './recipes.js'
import { Run } from './run.js'
import { KINDS, snippet } from './snippets.js'

const at = (id) => document.getElementById(id)
const RUNS_KEPT = 10
const SANDBOXES = {
  bwrap: 'in namespaces of their own, without network',
  landlock: 'without network and with their own files only',
  rlimits: 'within limits, but without a sandbox',
}

class App {
  constructor(told) {
    this.told = told
    this.recipe = RECIPES[0]
    this.kind = 'json'
    this.key = new Key(at('access'), told, () => this.showSnippet())
    this.doing = {
      prepare: () => this.prepare(),
      created: (status) => this.created(status),
      failed: (sentence) => this.complain(sentence),
    }
  }

  async start() {
    this.buildRecipes()
    this.buildSnippets()
    this.files = await dashboard(at('uploader'), this.doing).catch(() => new Dropzone(at('uploader'), this.doing))
    at('sample').addEventListener('click', () => this.trySample())
    this.choose(this.recipe)
    at('sandbox').textContent = `Tools run ${SANDBOXES[this.told.sandbox] ?? 'as this server allows'}.`
    at('sandbox').hidden = false
    document.body.dataset.ready = ''
  }

  buildRecipes() {
    const cards = RECIPES.map((recipe) => {
      const input = { type: 'radio', name: 'recipe', value: recipe.id, onchange: () => this.choose(recipe) }
      return element(
        'label',
        { class: 'card recipe' },
        element('input', { ...input, class: 'out-of-sight', checked: recipe === this.recipe }),
        icon(recipe.icon),
        element('strong', {}, recipe.title),
        element('span', {}, recipe.words),
      )
    })
    at('recipes').append(...cards)
  }

  buildSnippets() {
    const tabs = Object.entries(KINDS).map(([kind, title]) =>
      element(
        'button',
        { type: 'button', role: 'tab', id: `tab-${kind}`, 'aria-controls': 'snippet', 'data-kind': kind },
        title,
      ),
    )
    at('kinds').append(...tabs)
    at('kinds').addEventListener('click', (event) => this.chooseKind(event.target.dataset.kind))
    at('kinds').addEventListener('keydown', (event) => this.walk(event, tabs))
    at('copy').addEventListener('click', () => this.copy())
  }

  /** The arrow keys walk from tab to tab, as in all lists of tabs. */
  walk(event, tabs) {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!way) return
    const next = tabs.at((tabs.indexOf(document.activeElement) + way) % tabs.length)
    next.focus()
    this.chooseKind(next.dataset.kind)
  }

  choose(recipe) {
    this.recipe = recipe
    this.files.accept(recipe)
    at('sample').hidden = !recipe.sample
    this.showSnippet()
  }

  chooseKind(kind) {
    this.kind = kind ?? this.kind
    this.showSnippet()
  }

  showSnippet() {
    at('snippet').firstChild.textContent = snippet(this.kind, this.recipe, this.key.value)
    at('snippet').setAttribute('aria-labelledby', `tab-${this.kind}`)
    for (const tab of at('kinds').children) {
      const chosen = tab.dataset.kind === this.kind
      tab.setAttribute('aria-selected', chosen)
      tab.tabIndex = chosen ? 0 : -1
    }
  }

  async copy() {
    const words = at('copy').lastChild
    try {
      await navigator.clipboard.writeText(at('snippet').textContent)
      words.textContent = 'Copied'
    } catch {
      getSelection().selectAllChildren(at('snippet')) // browsers copy by themselves only over https
      words.textContent = 'Selected'
    }
    setTimeout(() => (words.textContent = 'Copy'), 2000)
  }

  async trySample() {
    const response = await fetch(this.recipe.sample)
    const sample = new File([await response.blob()], 'sample.jpg', { type: 'image/jpeg' })
    try {
      await this.files.add(sample)
    } catch (error) {
      this.complain(error.message)
    }
  }

  /** Params and signature for the next Assembly. */
  prepare() {
    this.complain('')
    this.started = this.recipe
    return request(this.recipe.steps, this.key.given)
  }

  created(status) {
    const run = new Run(this.started, status, (last) => this.ended(run, last))
    this.run = run
    at('runs').prepend(run.element)
    at('runs').closest('section').hidden = false
    while (at('runs').children.length > RUNS_KEPT) at('runs').lastChild.remove()
    run.element.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
  }

  /** There is no use in sending on to an Assembly that was canceled or has failed. */
  ended(run, status) {
    if (run === this.run && status.ok !== 'ASSEMBLY_COMPLETED') this.files.stop()
  }

  complain(sentence) {
    at('complaint').textContent = sentence
    at('complaint').hidden = !sentence
  }
}

await new App(await page()).start()
