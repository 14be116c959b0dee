/** The API of this server, as the page uses it. */

export const SERVICE = location.origin

/** What the server answered instead of what was asked; `code` is one of the API's. */
export class Refusal extends Error {
  constructor(answer) {
    super(answer.message || answer.error || 'The server gave no reason.')
    this.code = answer.error
  }
}

/** Whether this page may know the key, and whether requests have to be signed. */
export async function page() {
  const response = await fetch('/page.json')
  return response.json()
}

/** A new Assembly for so many uploads; its status. */
export async function create({ params, signature }, uploads) {
  const form = new FormData()
  form.set('params', params)
  if (signature) form.set('signature', signature)
  form.set('num_expected_upload_files', uploads)
  return answer(await fetch('/assemblies', { method: 'POST', body: form }))
}

export async function read(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Refusal(await response.json())
  return response.json()
}

export async function cancel(url) {
  return answer(await fetch(url, { method: 'DELETE' }))
}

/** The `params` of an Assembly as text, and its signature where there is a secret. */
export async function request(steps, { key, secret }) {
  const auth = secret ? { key, expires: new Date(Date.now() + 3600_000).toISOString() } : { key }
  const params = JSON.stringify({ auth, steps, emit_execution_progress: true })
  return { params, signature: secret ? await signature(params, secret) : undefined }
}

async function signature(params, secret) {
  if (!crypto.subtle) throw new Error('Browsers sign only over https or on the machine of the server.')
  const bytes = (text) => new TextEncoder().encode(text)
  const key = await crypto.subtle.importKey('raw', bytes(secret), { name: 'HMAC', hash: 'SHA-384' }, false, ['sign'])
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(params)))
  return `sha384:${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

async function answer(response) {
  const status = await response.json()
  if (status.error) throw new Refusal(status)
  return status
}
