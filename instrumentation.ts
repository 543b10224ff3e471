/** Next calls it once, before the first request is answered. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { start } = await import('./server/start');
    await start();
  }
}
