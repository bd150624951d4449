// The browser, and what a person does in it: pays on the hosted page, watches a film, tries the API explorer.
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { same, until } from './people.mjs';

const PATIENCE = 20_000;
const QUIET = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** A browser without a past; `close` leaves nothing behind. */
export async function openBrowser() {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET, viewport: { width: 1000, height: 720 }, timeout: 60_000,
  });
  context.setDefaultTimeout(PATIENCE);
  const close = async () => {
    await context.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, close };
}

/** The web shop that buyers come back to: a page of somebody else. */
export async function openShop() {
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<h1>Thank you!</h1>'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${server.address().port}/thanks`, close: async () => void server.close() };
}

/** Types a card into the payment page and presses the button. */
export async function typesCard(page, number) {
  await page.fill('input[name=number]', number);
  await page.fill('input[name=expiry]', '12 / 34');
  await page.fill('input[name=cvc]', '123');
  await page.click('button[value=pay]');
}

/** Plays a film as a lesson page would: what the player says of it. */
export async function watches(context, address) {
  const page = await context.newPage();
  await page.setContent('<video muted preload="auto" width="640"></video>');
  const seen = await page.evaluate(async ({ address, patience }) => {
    const video = document.querySelector('video');
    const event = (name) => new Promise((resolve, reject) => {
      video.addEventListener(name, resolve, { once: true });
      video.addEventListener('error', () => reject(new Error(`the player says: ${video.error?.message}`)), { once: true });
      setTimeout(() => reject(new Error(`no "${name}" from the player within ${patience} ms`)), patience);
    });
    const playable = event('canplay');
    video.src = address;
    await playable;
    const [readyState, duration, width] = [video.readyState, video.duration, video.videoWidth];
    const moved = event('timeupdate');
    await video.play();
    await moved;
    const sought = event('seeked');
    video.currentTime = 1.2;
    await sought;
    video.pause();
    return { readyState, duration, width, position: video.currentTime };
  }, { address, patience: PATIENCE });
  await page.close();
  return seen;
}

/** Opens the API explorer, asks it something, and gives what it showed and whom the page called. */
export async function explores(context, url, picture) {
  const page = await context.newPage();
  const hosts = new Set();
  page.on('request', (request) => {
    const address = new URL(request.url());
    if (address.protocol.startsWith('http')) hosts.add(address.host);
  });
  await page.goto(`${url}/graphiql`);
  await page.click('.graphiql-query-editor .CodeMirror');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{\n  niches {\n    slug\n    name\n  }\n}');
  await page.click('button.graphiql-execute-button');
  const shown = await until('the explorer\'s answer', async () => {
    const text = await page.textContent('.result-window');
    return text?.includes('"baking"') ? text : undefined;
  });
  if (picture) await page.screenshot({ path: picture });
  await page.close();
  same('hosts the explorer called', [...hosts], [new URL(url).host]);
  return shown;
}
