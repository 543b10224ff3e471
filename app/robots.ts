import type { MetadataRoute } from 'next';
import { ownAddress } from './ui/site-address';

/** Pages say for themselves what is to be listed; what makes many addresses of one page is not walked through. */
export default async function robots(): Promise<MetadataRoute.Robots> {
  return {
    rules: { userAgent: '*', disallow: ['/api/', '/compare/export', '/leaderboard/export', '/chat/s/'] },
    sitemap: `${await ownAddress()}/sitemap.xml`,
  };
}
