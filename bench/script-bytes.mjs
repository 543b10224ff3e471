/** Counts the JavaScript that a page is sent from now on, as it comes over the wire; the session is the page's, for more of the like. */
export async function scriptBytes(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const scripts = new Set();
  let bytes = 0;
  session.on(
    'Network.responseReceived',
    ({ requestId, type }) => type === 'Script' && scripts.add(requestId),
  );
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  return { session, kilobytes: () => bytes / 1_000 };
}
