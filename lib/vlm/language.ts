import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import * as z from 'zod/mini';
import { parseFile } from './parse-file';
import { type Message, VlmError } from './types';

const tokenizerFile = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string(), special: z.boolean() })),
  decoder: z.looseObject({
    type: z.literal('ByteLevel', 'this engine reads byte-level tokenizers, as Qwen2.5-VL has one'),
  }),
  model: z.looseObject({ vocab: z.record(z.string(), z.int()) }),
});
const tokenizerConfig = z.looseObject({ chat_template: z.optional(z.string()) });

/** A model's tokens and chat template. */
export class Language {
  private readonly tokenizer: Tokenizer;
  private readonly template: Template;
  private readonly templateTokens: Record<string, string>;
  /** What a text may not spell: the model would read it as the end of a message, or as a picture. */
  private readonly special: readonly string[];
  private readonly bytes = new Map<number, Uint8Array>();
  private readonly longest: number;

  /**
   * @param files Contents of `tokenizer.json` and `tokenizer_config.json`, and of `chat_template.jinja` where the latter
   *   has no template.
   * @throws VlmError naming file and key.
   */
  constructor(files: { tokenizer: unknown; config: unknown; template: string | null }) {
    const tokenizer = parseFile(tokenizerFile, files.tokenizer, 'tokenizer.json');
    const config = parseFile(tokenizerConfig, files.config, 'tokenizer_config.json');
    const template = config.chat_template ?? files.template;
    if (template === null)
      throw new VlmError(
        'model',
        'tokenizer_config.json: chat_template is missing, and there is no chat_template.jinja.',
      );
    try {
      this.template = new Template(template);
    } catch (error) {
      throw new VlmError('model', `tokenizer_config.json: chat_template cannot be read: ${error}`, {
        cause: error,
      });
    }
    this.tokenizer = new Tokenizer(tokenizer, config);
    this.templateTokens = Object.fromEntries(
      Object.entries(config).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0].endsWith('_token'),
      ),
    );
    this.special = tokenizer.added_tokens.flatMap(({ special, content }) => (special ? [content] : []));
    const encoder = new TextEncoder();
    let longest = 1;
    for (const [token, id] of Object.entries(tokenizer.model.vocab)) {
      this.bytes.set(id, bytesOf(token));
      longest = Math.max(longest, token.length);
    }
    for (const { id, content, special } of tokenizer.added_tokens) {
      this.bytes.set(id, special ? new Uint8Array() : encoder.encode(content));
      longest = Math.max(longest, content.length);
    }
    this.longest = longest;
  }

  /** The text's bytes that a token stands for; none for special tokens. */
  bytesOf(id: number): Uint8Array {
    return this.bytes.get(id) ?? new Uint8Array();
  }

  /** Tokens that a text has at least, told without reading it. */
  leastTokens(text: string): number {
    return Math.floor(text.length / this.longest);
  }

  /** The conversation up to where the reply begins, one image token for each picture. @throws VlmError */
  chat(messages: readonly Message[]): string {
    for (const { content } of messages)
      for (const part of content) {
        const spelt = part.type === 'text' && this.special.find((each) => part.text.includes(each));
        if (spelt)
          throw new VlmError(
            'prompt',
            `The text spells ${spelt}, which this model reads as a sign of its own; leave it out.`,
          );
      }
    try {
      return this.template.render({
        ...this.templateTokens,
        messages: messages.map(({ role, content }) => ({
          role,
          content: content.map((part) => (part.type === 'text' ? part : { type: 'image' })),
        })),
        add_generation_prompt: true,
      });
    } catch (error) {
      throw new VlmError('prompt', `The model's chat template refuses this conversation: ${error}`, {
        cause: error,
      });
    }
  }

  encode(text: string): number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }
}

/** GPT-2's alphabet of bytes: printable ones stand for themselves, the others for the characters from U+0100 on. */
const BYTE_OF = (() => {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173);
  const byte = new Map<string, number>();
  let other = 256;
  for (let value = 0; value < 256; value++)
    byte.set(String.fromCharCode(printable(value) ? value : other++), value);
  return byte;
})();

const bytesOf = (token: string): Uint8Array => Uint8Array.from(token, (letter) => BYTE_OF.get(letter) ?? 63);
