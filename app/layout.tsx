import './globals.css';
import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import Link from 'next/link';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { ownAddress } from './ui/site-address';
import { SiteFooter } from './ui/site-footer';
import { SiteNav } from './ui/site-nav';
import { WaveMark } from './ui/wave-mark';

const inter = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  variable: '--font-inter',
  // Preloaded; where it is late all the same, the fallback stays for that page: text that is being read never moves.
  display: 'optional',
});

/** What all pages share; each has a title of its own, and by it a card where it is linked to. */
export async function generateMetadata(): Promise<Metadata> {
  return {
    metadataBase: new URL(await ownAddress()),
    title: { default: 'Ocean-R1', template: '%s · Ocean-R1' },
    description:
      'Leaderboards of vision-language models that were taught to reason, then to perceive: every figure with its rule, its interval and its samples.',
    // A page is the same with whatever stands behind its question mark.
    alternates: { canonical: './' },
    openGraph: { siteName: 'Ocean-R1', type: 'website', locale: 'en' },
    twitter: { card: 'summary_large_image' },
  };
}

export const viewport: Viewport = { colorScheme: 'light dark' };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // A page carries its nonce, so none is made before the request.
  await connection();
  return (
    <html lang="en" className={inter.variable}>
      <body>
        <a className="skip-link" href="#main">
          Skip to content
        </a>
        <header className="site-header">
          <Link href="/" className="site-name">
            <WaveMark />
            <span>Ocean-R1</span>
          </Link>
          <SiteNav />
        </header>
        <main id="main">{children}</main>
        <SiteFooter />
      </body>
    </html>
  );
}
