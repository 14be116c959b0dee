// Calls methods of the official Node SDK one after the other; prints what each gave, or the error that it threw.
import { readFileSync } from 'node:fs'

import { Transloadit } from '@transloadit/node'

const { options, calls } = JSON.parse(readFileSync(0, 'utf8'))
const client = new Transloadit(options)
const answers = []

/** Streams are read to their end. */
async function whole(given) {
  return given?.[Symbol.asyncIterator] ? Array.fromAsync(given) : given
}

for (const [method, ...given] of calls) {
  try {
    answers.push(await whole(await client[method](...given)))
  } catch ({ name, message, code, rawMessage }) {
    answers.push({ thrown: { name, message, code, rawMessage } })
  }
}
console.log(JSON.stringify(answers))
