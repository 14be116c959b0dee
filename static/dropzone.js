/** Uploads without Uppy: a place to drop files on, and our own tus client. */

import { create } from './api.js'
import { element, icon } from './element.js'
import { upload } from './tus.js'
import { counted, size } from './words.js'

/** `prepare()` gives params and signature, `created(status)` and `failed(sentence)` are told. */
export class Dropzone {
  constructor(target, { prepare, created, failed }) {
    Object.assign(this, { prepare, created, failed })
    this.input = element('input', { type: 'file', multiple: true, class: 'out-of-sight', id: 'files' })
    this.note = element('p', { class: 'dropzone-note' })
    this.state = element('p', { class: 'dropzone-state', role: 'status' })
    this.bar = element('progress', { max: 1, value: 0, hidden: true, 'aria-label': 'Upload' })
    const invitation = element('span', {}, 'Drop files here, or ', element('u', {}, 'choose them'))
    this.zone = element(
      'div',
      { class: 'dropzone' },
      this.input,
      element('label', { for: 'files' }, icon('drop'), invitation),
      this.note,
      this.bar,
      this.state,
    )
    target.replaceChildren(this.zone)
    this.listen()
  }

  listen() {
    this.input.addEventListener('change', () => this.send([...this.input.files]))
    for (const name of ['dragover', 'dragleave', 'drop']) {
      this.zone.addEventListener(name, (event) => {
        event.preventDefault()
        this.zone.classList.toggle('over', name === 'dragover')
        if (name === 'drop') this.send([...event.dataTransfer.files])
      })
    }
  }

  accept(recipe) {
    this.input.accept = recipe.types.join(',')
    this.note.textContent = `For ${recipe.takes}, of any size`
  }

  add(file) {
    return this.send([file])
  }

  stop() {
    this.abort?.abort()
    this.busy(false)
    this.state.textContent = ''
  }

  async send(files) {
    this.input.value = ''
    if (!files.length || this.bar.hidden === false) return
    const { signal } = (this.abort = new AbortController())
    this.busy(true)
    try {
      const status = await create(await this.prepare(), files.length)
      this.created(status)
      await this.upload(files, status, signal)
      this.state.textContent = `${counted(files.length, 'file')} sent`
    } catch (error) {
      this.state.textContent = ''
      if (!signal.aborted) this.failed(error.message)
    }
    this.busy(false)
  }

  /** One after the other: each has the whole line for itself. */
  async upload(files, status, signal) {
    const whole = files.reduce((sum, file) => sum + file.size, 0)
    let before = 0
    for (const file of files) {
      const metadata = { assembly_url: status.assembly_ssl_url, fieldname: 'file', filename: file.name }
      const progress = (sent) => this.show(before + sent, whole)
      await upload(file, { endpoint: status.tus_url, metadata, progress, signal })
      before += file.size
    }
  }

  show(sent, whole) {
    this.bar.value = whole ? sent / whole : 1
    this.state.textContent = `${size(sent)} of ${size(whole)} sent`
  }

  busy(yes) {
    this.bar.hidden = !yes
    this.bar.value = 0
    this.input.disabled = yes
  }
}
