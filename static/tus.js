/** A small tus client: creates an upload, sends it in pieces, and goes on where it was after a failure. */

const VERSION = { 'Tus-Resumable': '1.0.0' }
const PIECE = 4 * 1024 * 1024
const WAITS = [300, 1000, 3000, 5000, 10000]
const PASSING = [409, 423, 429] // a wrong offset, a lock, too many at once: worth another try

/** Sends a file; `progress(bytes)` is told what has arrived, `signal` breaks off. */
export async function upload(file, { endpoint, metadata, progress, signal }) {
  const url = await persist(signal, () => create(file, endpoint, metadata, signal))
  let offset = 0
  while (offset < file.size) {
    let lost = false
    offset = await persist(signal, async () => {
      if (lost) offset = await arrived(url, signal)
      lost = true
      return offset < file.size ? send(url, file.slice(offset, offset + PIECE), offset, signal) : offset
    })
    progress(offset)
  }
  progress(file.size)
  return url
}

async function create(file, endpoint, metadata, signal) {
  const headers = { ...VERSION, 'Upload-Length': file.size, 'Upload-Metadata': encoded(metadata) }
  const response = await ask(endpoint, { method: 'POST', headers, signal })
  return new URL(response.headers.get('Location'), endpoint).href
}

async function send(url, piece, offset, signal) {
  const headers = { ...VERSION, 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream' }
  const response = await ask(url, { method: 'PATCH', headers, body: piece, signal })
  return Number(response.headers.get('Upload-Offset'))
}

async function arrived(url, signal) {
  const response = await ask(url, { method: 'HEAD', headers: VERSION, signal })
  return Number(response.headers.get('Upload-Offset'))
}

async function ask(url, how) {
  const response = await fetch(url, how)
  if (response.ok) return response
  const refusal = new Error((await response.text()) || `The server refused the upload (${response.status}).`)
  refusal.final = response.status < 500 && !PASSING.includes(response.status)
  throw refusal
}

/** Tries again, ever more patiently, what a lost connection or a busy server has spoilt. */
async function persist(signal, act) {
  for (const wait of WAITS) {
    try {
      return await act()
    } catch (error) {
      if (signal.aborted || error.final) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
  return act()
}

function encoded(metadata) {
  const base64 = (text) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)))
  return Object.entries(metadata)
    .map(([name, value]) => `${name} ${base64(value)}`)
    .join(',')
}
