/** The recipes: Assembly Instructions that are worth trying first. */

export const RECIPES = [
  {
    id: 'pictures',
    icon: 'picture',
    title: 'Resize pictures',
    words: 'A large, a medium and a square version of every picture.',
    takes: 'pictures',
    types: ['image/*', '.heic', '.heif', '.jxl', '.avif'],
    sample: '/static/sample.jpg',
    steps: {
      large: {
        robot: '/image/resize',
        use: ':original',
        width: 1600,
        height: 1600,
        resize_strategy: 'fit',
        zoom: false,
        format: 'jpg',
        result: true,
      },
      medium: {
        robot: '/image/resize',
        use: 'large',
        width: 800,
        height: 800,
        resize_strategy: 'fit',
        zoom: false,
        format: 'webp',
      },
      square: {
        robot: '/image/resize',
        use: ':original',
        width: 400,
        height: 400,
        resize_strategy: 'fillcrop',
        format: 'jpg',
      },
    },
  },
  {
    id: 'thumbnails',
    icon: 'frames',
    title: 'Video thumbnails',
    words: 'Six frames from start to end, and a small version of each.',
    takes: 'videos',
    types: ['video/*', '.mkv', '.avi', '.mov'],
    steps: {
      frames: {
        robot: '/video/thumbs',
        use: ':original',
        count: 6,
        format: 'jpg',
        result: true,
      },
      small: {
        robot: '/image/resize',
        use: 'frames',
        width: 320,
        height: 320,
        resize_strategy: 'fit',
        format: 'webp',
      },
    },
  },
  {
    id: 'mp4',
    icon: 'film',
    title: 'Encode to MP4',
    words: 'A 720p video that plays everywhere, with a poster.',
    takes: 'videos',
    types: ['video/*', '.mkv', '.avi', '.mov', 'image/gif'],
    steps: {
      mp4: {
        robot: '/video/encode',
        use: ':original',
        preset: 'web/mp4/720p',
        result: true,
      },
      poster: {
        robot: '/video/thumbs',
        use: 'mp4',
        count: 1,
        format: 'jpg',
      },
    },
  },
]

/** The names of the steps that feed a step. */
export function sources(step) {
  return [step.use].flat()
}

/** The steps in columns: each stands to the right of all that feed it. `:original` is the first. */
export function columns(steps) {
  const depths = { ':original': 0 }
  const depth = (name) => (depths[name] ??= 1 + Math.max(...sources(steps[name]).map(depth)))
  const found = [[':original']]
  for (const name of Object.keys(steps)) (found[depth(name)] ??= []).push(name)
  return found
}
