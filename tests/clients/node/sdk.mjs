// Calls methods of the official Node SDK one after the other, those of each line that it is told;
// prints what each gave, or the error that it threw, again as a line.
import { createInterface } from 'node:readline'

import { Transloadit } from '@transloadit/node'

/** Streams are read to their end. */
async function whole(given) {
  return given?.[Symbol.asyncIterator] ? Array.fromAsync(given) : given
}

async function called(client, [method, ...given]) {
  try {
    return await whole(await client[method](...given))
  } catch ({ name, message, code, rawMessage }) {
    return { thrown: { name, message, code, rawMessage } }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { options, calls } = JSON.parse(line)
  const client = new Transloadit(options)
  const answers = []
  for (const call of calls) answers.push(await called(client, call))
  console.log(JSON.stringify(answers))
}
