/** Uploads with the Dashboard of Uppy, which npm brings to static/vendor. */

import { SERVICE } from './api.js'
import { element } from './element.js'

const SCRIPT = '/static/vendor/uppy.min.mjs'
const STYLE = '/static/vendor/uppy.min.css'

/** The Dashboard in `target`; fails if Uppy is not there. `prepare`, `created` and `failed` are as for Dropzone. */
export async function dashboard(target, { prepare, created, failed }) {
  const { Uppy, Dashboard, Transloadit } = await import(SCRIPT)
  await styled()
  const uppy = new Uppy({ id: 'sluice' })
  uppy.use(Dashboard, {
    target,
    inline: true,
    width: '100%',
    height: 360,
    theme: 'auto',
    waitForThumbnailsBeforeUpload: true, // Uppy complains of one that comes after its file has gone
    proudlyDisplayPoweredByUppy: false,
  })
  uppy.use(Transloadit, {
    service: SERVICE,
    errorReporting: false,
    waitForEncoding: true,
    assemblyOptions: prepare,
  })
  // Its errors would go to a host far away, whatever errorReporting says.
  uppy.getPlugin('Transloadit').client.submitError = async () => {}
  const board = new Board(uppy)
  board.listen(created, failed)
  return board
}

class Board {
  constructor(uppy) {
    this.uppy = uppy
  }

  listen(created, failed) {
    let running = false
    this.uppy.on('upload', () => (running = false))
    this.uppy.on('transloadit:assembly-created', (status) => {
      running = true
      created(status)
    })
    // What goes wrong later is told where the Assembly is shown, and the place is free for other files.
    this.uppy.on('error', (error) => running || failed(error.details || error.message))
    this.uppy.on('complete', () => running && this.clear())
  }

  accept(recipe) {
    this.uppy.setOptions({ restrictions: { allowedFileTypes: recipe.types } })
    this.uppy.getPlugin('Dashboard').setOptions({ note: `For ${recipe.takes}, of any size` })
  }

  add(file) {
    this.clear()
    this.uppy.addFile({ name: file.name, type: file.type, data: file, source: 'sample' })
    return this.uppy.upload().catch(() => {}) // what went wrong has been told
  }

  /** File by file, since thumbnails that are still being drawn would be missed by Uppy's own `clear`. */
  clear() {
    for (const file of this.uppy.getFiles()) this.uppy.removeFile(file.id)
    this.uppy.clear()
  }

  /** The Assembly is over: the next files make another one. */
  stop() {
    this.uppy.cancelAll()
  }
}

/** Uppy's rules come first, so that those of the page win. */
function styled() {
  return new Promise((resolve, reject) => {
    const link = element('link', { rel: 'stylesheet', href: STYLE, onload: resolve, onerror: reject })
    document.head.insertBefore(link, document.querySelector('link[rel=stylesheet]'))
  })
}
