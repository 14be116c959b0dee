// sharp behind the smallest server that does the same work, to compare with: POST a picture to one of the paths below.

import http from 'node:http'
import sharp from 'sharp'

// The same encodes: from 90 on libvips keeps every colour sample, which sharp has to be told.
const works = {
  '/resize': (image) => image.autoOrient().resize(1000, 1000, { fit: 'inside' }).keepMetadata()
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  '/optimize': (image) => image.keepMetadata().png({ compressionLevel: 9, adaptiveFiltering: true }),
}

const server = http.createServer((request, response) => {
  const fail = (error) => response.writeHead(500).end(String(error))
  const work = works[request.url](sharp({ sequentialRead: true }))
  request.pipe(work).on('error', fail).pipe(response)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
