import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

export interface Picture {
  /** The file's name without ending; also says which element is shown. */
  name: string
  url: string
}

/** What of a page is shown: the first of these that is on it; the top of the page where none is. */
const elements: Record<string, string[]> = {
  comment: ['[data-picture=comment]', 'article.card:has(.markdown h3)', 'main'],
  checks: ['[data-picture=checks]', '.checks', 'main'],
  rollout: ['[data-picture=rollout]', 'article.card:has(.markdown h3)', 'main'],
  board: ['main'],
}

/** Pixels; wide enough for GitHub's column, short enough to be read at a glance. */
const width = 900
const mostHeight = 1_000
const mostBytes = 150_000

/** The browser to drive, or an error that says how to get one. */
export function findBrowser(named: string | undefined): string {
  const path = named ?? '/usr/bin/chromium'
  if (existsSync(path)) return path
  throw new Error(
    `${path} is not there. Pictures need Chromium: apt-get install chromium, or name one by CHROMIUM=/path/to/chrome`,
  )
}

/** One PNG for each, `<folder>/<name>.png`. Too large a picture loses height until it is small enough. */
export async function takePictures(
  browserPath: string,
  pictures: readonly Picture[],
  folder: string,
): Promise<{ file: string; bytes: number }[]> {
  const browser = await launch(browserPath)
  try {
    const taken = []
    for (const picture of pictures) taken.push(await takePicture(browser, picture, folder))
    return taken
  } finally {
    await browser.close()
  }
}

function launch(executablePath: string): Promise<Browser> {
  const isRoot = process.getuid?.() === 0
  return chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] })
}

async function takePicture(browser: Browser, { name, url }: Picture, folder: string) {
  const page = await browser.newPage({
    viewport: { width, height: mostHeight },
    deviceScaleFactor: 1,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  const answer = await page.goto(url, { waitUntil: 'load' })
  if (!answer?.ok()) throw new Error(`${name}: ${url} answers ${answer?.status() ?? 'nothing'}`)
  const clip = await placeOf(page, name)
  for (let height = clip.height; ; height = Math.floor(height * 0.8)) {
    const image = await page.screenshot({ clip: { ...clip, height }, fullPage: true, animations: 'disabled' })
    if (image.length > mostBytes && height > 200) continue
    const file = join(folder, `${name}.png`)
    await writeFile(file, image)
    await page.close()
    return { file, bytes: image.length }
  }
}

/** Where the element is on the page, cut to the size of a picture. */
async function placeOf(page: Page, name: string) {
  for (const selector of elements[name] ?? []) {
    const box = await page
      .locator(selector)
      .first()
      .boundingBox({ timeout: 1_000 })
      .catch(() => null)
    if (box && box.width > 0 && box.height > 0) {
      return {
        x: box.x,
        y: box.y,
        width: Math.min(box.width, width),
        height: Math.min(box.height, mostHeight),
      }
    }
  }
  return { x: 0, y: 0, width, height: mostHeight }
}
