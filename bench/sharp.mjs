// sharp behind the smallest server that does the same work, to compare with: POST a picture to one of the paths below.

import http from 'node:http'
import sharp from 'sharp'

// The same pictures: from quality 90 on libvips keeps every colour sample, and its thumbnails leave a factor of two to the
// filter that is good, where sharp by itself takes what the reading of a JPEG gives. Both have to be told. `quick` is
// sharp as it comes, whose pictures are as soft as those of a plain average.
const resized = (image, quick) => image.autoOrient()
  .resize(1000, 1000, { fit: 'inside', fastShrinkOnLoad: quick }).keepMetadata()
  .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
const works = {
  '/resize': (image) => resized(image, false),
  '/resize-quick': (image) => resized(image, true),
  '/optimize': (image) => image.keepMetadata().png({ compressionLevel: 9, adaptiveFiltering: true }),
}

const server = http.createServer((request, response) => {
  const fail = (error) => response.writeHead(500).end(String(error))
  const work = works[request.url](sharp({ sequentialRead: true }))
  request.pipe(work).on('error', fail).pipe(response)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
