// Reads replies, one a line with the kind of its schema, and prints what the official schemas find wrong, as JSON.
import { createInterface } from 'node:readline'

import { assemblyIndexSchema, assemblyStatusSchema } from '../node_modules/@transloadit/node/dist/alphalib/types/assemblyStatus.js'

const schemas = {
  status: (told) => assemblyStatusSchema.safeParse(told),
  list: (told) => assemblyIndexSchema.safeParse(told.items),
}
// Of the kinds of replies that are possible, the one that is meant is that with the least wrong.
const least = (issue) =>
  issue.unionErrors
    ? issue.unionErrors.map(({ issues }) => issues.flatMap(least)).reduce((one, other) => (other.length < one.length ? other : one))
    : [`${issue.path.join('.')}: ${issue.message}`]
const faults = []
for await (const line of createInterface({ input: process.stdin })) {
  const { kind, told } = JSON.parse(line)
  const { error } = schemas[kind](told)
  if (error) faults.push({ told, issues: error.issues.flatMap(least) })
}
console.log(JSON.stringify(faults))
