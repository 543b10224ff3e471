/**
 * Text as it is shown: control characters as their pictures (NUL is ␀), half characters as the replacement character.
 * Tabs and line ends stay.
 */
export function visible(text: string): string {
  return (
    text
      .replaceAll('\r\n', '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, (each) => String.fromCharCode(0x2400 + each.charCodeAt(0)))
      .replaceAll('\u007f', '\u2421')
      // Those that turn what stands around them are shown as unknown too.
      .replace(/[\u0080-\u009f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu, '\ufffd')
  );
}
