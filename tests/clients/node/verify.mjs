// Verifies what was sent to a notify_url with the function that the official clients offer for it.
import { readFileSync } from 'node:fs'

import { verifyWebhookSignature } from '@transloadit/utils'

const { authSecret, deliveries } = JSON.parse(readFileSync(0, 'utf8'))
const answers = []
for (const [rawBody, signatureHeader] of deliveries) {
  answers.push(await verifyWebhookSignature({ rawBody, signatureHeader, authSecret }))
}
console.log(JSON.stringify(answers))
