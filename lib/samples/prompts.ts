export interface Prompt {
  id: string;
  label: string;
  /** `{Question}` stands for the sample's question. */
  template: string;
}

/** Prompts of the seed's evaluation scripts, word for word: a figure depends on every character of them. */

export const THINK_PROMPT: Prompt = {
  id: 'seed-think',
  label: 'Think, then answer in tags',
  template:
    '{Question} You FIRST think about the reasoning process as an internal monologue and then provide the final answer. The reasoning process MUST BE enclosed within <think> </think> tags. The final answer MUST BE in <answer> </answer> tags.',
};

export const REC_PROMPT: Prompt = {
  id: 'seed-rec',
  label: 'Think, then answer in JSON',
  template:
    '{Question} First output the thinking process in <think> </think> tags and then output the final answer in <answer> </answer> tags. Output the final answer in JSON format.',
};

export const PLAIN_PROMPT: Prompt = { id: 'plain', label: 'The question alone', template: '{Question}' };
