import { useEffect, useRef, useState } from 'react';
import { Dialog } from '../ui/dialog';

/** What the camera sees, and a button that takes it. The camera is let go when the dialog closes. */
export function CameraDialog({ onTake, onClose }: { onTake: (picture: File) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let wanted = true;
    let stream: MediaStream | null = null;
    openCamera().then(
      (opened) => {
        stream = opened;
        if (!wanted) letGo(opened);
        else if (video.current !== null) video.current.srcObject = opened;
      },
      (reason: Error) => setProblem(reason.message),
    );
    return () => {
      wanted = false;
      if (stream !== null) letGo(stream);
    };
  }, []);

  const take = () => {
    const from = video.current;
    if (from === null) return;
    const canvas = document.createElement('canvas');
    canvas.width = from.videoWidth;
    canvas.height = from.videoHeight;
    canvas.getContext('2d')?.drawImage(from, 0, 0);
    canvas.toBlob((blob) => {
      if (blob === null) setProblem('This browser could not write the picture.');
      else onTake(new File([blob], 'camera.png', { type: 'image/png' }));
    }, 'image/png');
  };

  return (
    <Dialog title="Take a picture" onClose={onClose}>
      {problem === null ? (
        <video
          ref={video}
          className="chat-video"
          autoPlay
          playsInline
          muted
          aria-label="What the camera sees"
          onLoadedData={() => setReady(true)}
        />
      ) : (
        <p role="alert">{problem}</p>
      )}
      <div className="dialog-foot">
        <button type="button" className="button button-primary" disabled={!ready} onClick={take}>
          Take it
        </button>
      </div>
    </Dialog>
  );
}

const letGo = (stream: MediaStream) => {
  for (const track of stream.getTracks()) track.stop();
};

async function openCamera(): Promise<MediaStream> {
  if (navigator.mediaDevices === undefined)
    throw new Error('The camera can be used on pages that come over TLS alone. Upload a picture instead.');
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1_280 } },
    });
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : '';
    if (name === 'NotAllowedError')
      throw new Error('The camera may not be used: allow it for this page in the browser, and try again.', {
        cause,
      });
    if (name === 'NotFoundError') throw new Error('No camera was found here.', { cause });
    throw new Error('The camera could not be opened: another program may be using it.', { cause });
  }
}
