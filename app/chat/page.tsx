import './chat.css';
import type { Metadata } from 'next';
import { api } from '../trpc/server';
import { ChatScreen } from './chat-screen';
import { firstScenes } from './first-scenes';
import { readMeasured } from './read-measured';
import { Recorded } from './recorded';

export const metadata: Metadata = {
  title: 'Try it',
  description:
    'Ask a small vision-language model about a picture, in your own browser: its base and its two stages of training answer side by side.',
};

export default async function ChatPage() {
  const { chat } = await api();
  const [manifest, endpoints, measured] = await Promise.all([
    chat.browserModels(),
    chat.endpoints(),
    readMeasured(),
  ]);
  return (
    <ChatScreen manifest={manifest} endpoints={endpoints} measured={measured} first={firstScenes()}>
      {endpoints.length === 0 ? <Recorded /> : null}
    </ChatScreen>
  );
}
