// One upload by tus-js-client, in one of the ways below; prints its URL and what happened.
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'

import * as tus from 'tus-js-client'

const { way, endpoint, metadata, size } = JSON.parse(readFileSync(0, 'utf8'))
const content = Buffer.alloc(size, 'sluice ')
const chunkSize = 40_000

function* pieces() {
  for (let start = 0; start < size; start += chunkSize) yield content.subarray(start, start + chunkSize)
}

/** Resolves when the upload ends, by success or because `onChunk` aborted it. */
function upload(source, options = {}, onChunk = async () => {}) {
  return new Promise((resolve, reject) => {
    const offsets = []
    const running = new tus.Upload(source, {
      endpoint,
      metadata,
      chunkSize,
      retryDelays: [0, 100],
      onError: reject,
      onSuccess: () => resolve({ url: running.url, offsets }),
      onChunkComplete: async (_, accepted) => {
        offsets.push(accepted)
        await onChunk(running)?.catch(reject)
        if (running.stopped) resolve({ url: running.url, offsets })
      },
      ...options,
    })
    running.start()
  })
}

async function stop(running, terminate = false) {
  running.stopped = true
  await running.abort(terminate)
}

const ways = {
  whole: () => upload(content),
  empty: () => upload(Buffer.alloc(0)),
  deferred: () => upload(Readable.from(pieces()), { uploadLengthDeferred: true }),
  resumed: async () => {
    const { url, offsets } = await upload(content, {}, stop)
    const rest = await upload(content, { uploadUrl: url })
    return { url, before: offsets, after: rest.offsets }
  },
  terminated: async () => {
    const { url } = await upload(content, {}, (running) => stop(running, true))
    const gone = await fetch(url, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } })
    return { url, status: gone.status }
  },
}

console.log(JSON.stringify(await ways[way]()))
