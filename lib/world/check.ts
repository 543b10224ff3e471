import { charted, measured, readBars, readOut, readTable, tabulated, textsOf } from './check-flat';
import { SolidCheck } from './check-solids';
import { Fault, must, type Truth } from './must';
import type { AskedScene, Question } from './question';
import type { Scene } from './scene';

/**
 * Works out every answer again, by other ways than the question makers: from the scene and the query in symbols alone,
 * with charts, tables and texts read off the marks that are drawn, figures measured on the sheet, and things compared by
 * what is seen of them. Nothing that decides here is shared with the makers.
 */

/** What is wrong with a question on a scene, in a sentence; null where nothing is. Boxes are for a picture of `size` pixels. */
export function fault({ scene, question }: AskedScene, size: number): string | null {
  try {
    checkForm(question);
    const truth = answerOf(scene, question, size);
    const { answer } = question;
    if (answer.kind === 'box')
      must(String(truth) === String(answer.box), `the box is ${truth}, not ${answer.box}`);
    else must(String(truth) === answer.forms[0], `the answer is ${truth}, not ${answer.forms[0]}`);
    return null;
  } catch (error) {
    if (error instanceof Fault)
      return `${error.message} [${question.kind}, seed ${scene.seed}: ${question.text}]`;
    throw error;
  }
}

function answerOf(scene: Scene, question: Question, size: number): Truth {
  switch (scene.kind) {
    case 'tabletop':
    case 'vehicles':
      return new SolidCheck(scene, question, size).answer(question.query);
    case 'diagram':
      return measured(scene, question);
    case 'chart':
      return charted(readBars(scene.drawing), question);
    case 'table':
      return tabulated(readTable(scene.drawing), question);
    case 'text':
      return readOut(textsOf(scene.drawing), question);
  }
}

function checkForm(question: Question): void {
  const { text, steps, answer, options } = question;
  must(!/[{}]|undefined|null|NaN| {2}/.test(text + steps.join(' ')), 'something was not filled in');
  must(/^[A-Z∠"]/.test(text), 'the question does not begin with a capital');
  const last = steps.at(-1) ?? '';
  must(
    last.includes(answer.kind === 'box' ? answer.box.join(', ') : answer.forms[0]),
    'the last step does not end in the answer',
  );
  for (const step of steps) checkSums(step);
  if (answer.kind === 'words') {
    must(
      answer.forms.every((form) => form.trim() !== ''),
      'a form of the answer is blank',
    );
    must(new Set(answer.forms).size === answer.forms.length, 'a form of the answer stands twice');
  }
  if (!options) return;
  must(new Set(options).size === options.length, 'two choices are the same');
  must(
    text.endsWith(
      ` Select from the following choices.${options.map((o, i) => `\n(${'ABCDEF'[i]}) ${o}`).join('')}`,
    ),
    'the choices do not stand after the question',
  );
  if (answer.kind === 'box') return;
  const right = 'ABCDEF'.indexOf(answer.forms[0].charAt(1));
  const formsOf = (i: number): string[] =>
    [options[i] ?? '', 'ABCDEF'[i] ?? ''].flatMap((form) => [form, `(${form})`, `${form}.`, `the ${form}`]);
  const wrong = new Set(options.flatMap((_, i) => (i === right ? [] : formsOf(i))));
  for (const form of answer.forms) must(!wrong.has(form), `"${form}" is also a form of a wrong choice`);
  must(answer.forms.includes(options[right] ?? ''), 'the right choice is no form of the answer');
}

/** Every "… = number" of a step whose left side is a calculation. */
function checkSums(step: string): void {
  for (const [, left = '', right = ''] of step.matchAll(
    /(?<![\w²°.])([\d(][\d.\s()+*/-]*[+*/-][\d.\s()+*/-]*[\d)]) = (\d+(?:\.\d+)?)(?![\d²])/g,
  )) {
    const value = calculate(left);
    must(Math.abs(value - Number(right)) < 1e-9, `${left} is ${value}, not ${right}`);
  }
}

function calculate(text: string): number {
  const tokens = text.match(/\d+(?:\.\d+)?|[()+*/-]/g) ?? [];
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++];
    if (token !== '(') return Number(token);
    const inner = sum();
    at++;
    return inner;
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === '*' || tokens[at] === '/')
      value = tokens[at++] === '*' ? value * factor() : value / factor();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-')
      value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  return sum();
}
