// A story in steps: one line each, and the first that fails ends it, because the next ones build on it.

/** Runs a step and says how it went. */
export async function step(sentence, work) {
  const begun = Date.now();
  try {
    const given = await work();
    console.log(`ok    ${sentence} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    return given;
  } catch (error) {
    console.log(`FAIL  ${sentence}: ${error.message}`);
    throw new Failed(error);
  }
}

class Failed extends Error {
  constructor(cause) {
    super(cause.message, { cause });
  }
}

/** Runs a story within a limit, then lets go of what it holds; the exit code is 1 if a step failed. */
export async function story(seconds, tell, release = async () => {}) {
  const limit = setTimeout(() => {
    console.log(`FAIL  the story did not end within ${seconds} s`);
    process.exit(1);
  }, seconds * 1000);
  let failed = false;
  try {
    await tell();
  } catch (error) {
    failed = true;
    if (!(error instanceof Failed)) console.log(`FAIL  ${error.stack}`);
    else if (process.env.ATELIER_TRACE) console.error(error.cause.stack);
  } finally {
    await release().catch((error) => console.error(`letting go: ${error.message}`));
    clearTimeout(limit);
  }
  process.exit(failed ? 1 : 0);
}
