/** Follows an Assembly to its end: by server-sent events, and by asking where they do not get through. */

import { read } from './api.js'

const ASK_EVERY = 2000
const ASK_AGAIN_AFTER = 400 // the API wants no more than three questions a second
const ENDS = ['ASSEMBLY_COMPLETED', 'ASSEMBLY_CANCELED', 'REQUEST_ABORTED']

export function ended(status) {
  return Boolean(status.error) || ENDS.includes(status.ok)
}

/** Tells `on.result(step, file)`, `on.progress(percent)` and `on.status(status)` until the Assembly has ended. */
export class Live {
  constructor(status, on) {
    this.url = status.assembly_ssl_url
    this.on = on
    this.asked = 0
    this.timer = null
    this.over = false
    this.asking = false
    this.again = false // whether something happened while the answer was on its way
    this.stream = new EventSource(status.update_stream_url)
    this.stream.addEventListener('assembly_result_finished', (event) => {
      this.on.result(...JSON.parse(event.data))
      this.soon()
    })
    this.stream.addEventListener('assembly_execution_progress', (event) => {
      this.on.progress(JSON.parse(event.data).progress_combined)
      this.soon()
    })
    for (const name of ['message', 'open', 'assembly_upload_finished']) {
      this.stream.addEventListener(name, () => this.soon())
    }
    // The stream also ends without a word when the Assembly is canceled: only its status tells.
    for (const name of ['error', 'assembly_error']) this.stream.addEventListener(name, () => this.soon())
    this.soon()
  }

  /** Asks for the status shortly, however often this is called. */
  soon(delay = Math.max(0, this.asked + ASK_AGAIN_AFTER - Date.now())) {
    this.again = this.asking
    if (this.over || this.asking) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), delay)
  }

  async ask() {
    this.asked = Date.now()
    this.asking = true
    const status = await read(this.url).catch(() => null) // the next question may get an answer
    this.asking = false
    if (this.over) return
    if (status) this.on.status(status)
    if (status && ended(status)) this.close()
    else this.soon(this.again ? undefined : ASK_EVERY)
  }

  close() {
    this.over = true
    clearTimeout(this.timer)
    this.stream.close()
  }
}
