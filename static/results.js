/** The results of an Assembly as cards that come one by one. */

import { element, icon } from './element.js'
import { duration, size } from './words.js'

const SHOWN = /^image\/(jpeg|png|gif|webp|avif|bmp)$/
const ICONS = { image: 'picture', video: 'film', audio: 'sound' }

export class Results {
  /** `order` has the names of the steps. */
  constructor(order) {
    this.order = order
    this.element = element('ul', { class: 'results', 'aria-label': 'Results' })
    this.byStep = new Map()
    this.seen = new Set()
  }

  get count() {
    return this.seen.size
  }

  /** Shows a file, unless it was shown before: the stream and the status both tell of it. */
  add(step, file) {
    const name = `${step} ${file.id} ${file.ssl_url}`
    if (this.seen.has(name)) return
    this.seen.add(name)
    this.byStep.set(step, [...(this.byStep.get(step) ?? []), file])
    this.place(card(step, file), 1000 * this.order.indexOf(step) + (file.meta?.thumb_index ?? 0))
  }

  /** By step, and the pictures of a video by time, whichever comes first. */
  place(made, rank) {
    made.dataset.rank = rank
    this.element.insertBefore(made, [...this.element.children].find((card) => card.dataset.rank > rank) ?? null)
  }

  addAll(results) {
    for (const [step, files] of Object.entries(results)) files.forEach((file) => this.add(step, file))
  }
}

function card(step, file) {
  const open = { href: file.ssl_url, target: '_blank', rel: 'noopener' }
  return element(
    'li',
    { class: 'card result', 'data-step': step },
    element('div', { class: 'preview' }, preview(file, open)),
    element(
      'div',
      { class: 'about' },
      element('span', { class: 'tag' }, step),
      element('a', { class: 'name', title: file.name, ...open }, file.name),
      element('span', { class: 'facts' }, facts(file)),
    ),
    element(
      'a',
      { class: 'download', href: file.ssl_url, download: file.name, 'aria-label': `Download ${file.name}` },
      icon('download'),
    ),
  )
}

function preview(file, open) {
  const source = { src: file.ssl_url, controls: true, preload: 'metadata', 'aria-label': file.name }
  if (file.type === 'video') return element('video', { ...source, playsinline: true })
  if (file.type === 'audio') return element('audio', source)
  if (!SHOWN.test(file.mime ?? '')) return icon(ICONS[file.type] ?? 'file')
  const image = element('img', { src: file.ssl_url, alt: `${file.name}, opens in a new tab`, decoding: 'async' })
  image.addEventListener('error', () => image.replaceWith(icon('picture')))
  return element('a', open, image)
}

function facts(file) {
  const { width, height, duration: seconds, thumb_offset: offset } = file.meta ?? {}
  const found = [
    offset !== undefined && `at ${duration(offset)}`,
    width && height && `${width} × ${height}`,
    seconds && file.type !== 'image' && duration(seconds),
    size(file.size),
  ]
  return found.filter(Boolean).join(' · ')
}
