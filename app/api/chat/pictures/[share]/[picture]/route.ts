import { getSharedPicture } from '@/server/chat';

interface Params {
  params: Promise<{ share: string; picture: string }>;
}

/** A picture of a shared conversation. It is kept by nobody in between, so that it is gone when its link is revoked. */
export async function GET(_request: Request, { params }: Params): Promise<Response> {
  const { share, picture } = await params;
  const found = await getSharedPicture(share, picture);
  if (found === null) return new Response('This picture is not shared.\n', { status: 404 });
  return new Response(Buffer.from(found.bytes), {
    headers: {
      'content-type': found.mediaType,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
    },
  });
}
