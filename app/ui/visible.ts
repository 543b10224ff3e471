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
      .replace(/[\u0080-\u009f]|\p{Cs}/gu, '\ufffd')
  );
}
