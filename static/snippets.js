/** A recipe as text to take away: its Assembly Instructions, a curl command and a few lines for Uppy. */

import { SERVICE } from './api.js'

export const KINDS = { json: 'Instructions', curl: 'curl', uppy: 'Uppy' }

export function snippet(kind, recipe, key) {
  return { json, curl, uppy }[kind](recipe, key || 'YOUR_KEY')
}

function json(recipe) {
  return pretty({ steps: recipe.steps })
}

function curl(recipe, key) {
  const params = pretty({ auth: { key }, steps: recipe.steps })
  const file = recipe.takes === 'videos' ? 'video.mp4' : 'picture.jpg'
  return `curl ${SERVICE}/assemblies \\\n  -F file=@${file} \\\n  --form-string ${quoted(`params=${params}`)}`
}

function uppy(recipe, key) {
  const params = pretty({ auth: { key }, steps: recipe.steps }).replaceAll('\n', '\n    ')
  return `uppy.use(Transloadit, {
  service: '${SERVICE}',
  errorReporting: false,
  waitForEncoding: true,
  assemblyOptions: {
    params: ${params},
  },
})

uppy.on('transloadit:result', (step, file) => {
  console.log(step, file.ssl_url)
})`
}

/** JSON with short objects, such as auth, on one line. */
function pretty(value) {
  return JSON.stringify(value, null, 2).replace(/\{\n\s+("key": "(?:[^"\\]|\\.)*")\n\s+\}/, '{ $1 }')
}

/** For a shell; nothing in the quotes means anything to it. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}
