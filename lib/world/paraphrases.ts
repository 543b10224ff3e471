import type { Question } from './question';
import type { Random } from './random';
import { filled, withChoices } from './wording';

/**
 * More words to train in than a kind's own wordings, which a model learns by heart: it then fails on any other question.
 * `(a|b)` stands for one of several, so that a line gives dozens. None is a wording that is kept for the test splits, and the
 * last two of a kind are kept for validation: they tell how well a question is understood that was not trained in these words.
 */
export const HELD_FOR_VALIDATION = 2;

const COUNT_ALL = [
  'How many (objects|items|things|solids) (can be seen|are shown|are visible|appear|stand)(| in the image| in the picture| in the scene| here| in this photo)?',
  '(Count|Count up|Please count) (all|all of the|every one of the) (objects|items|things)(| here| in the scene| in the picture| that you see).',
  'What (is|would be) the (overall|full|complete) (count|number) of (objects|items|things)(| in the image| in the picture| here)?',
  '(Tell|Give) me the total number of (objects|items|things)(| in the image| in the scene|, all together).',
  'In (the|this) (image|picture|scene), how many (objects|items|things) (are there|stand|can you find)?',
  'The (image|scene|photo) (contains|holds|has) how many (objects|items|things)?',
  'Number of (objects|items|things) (in the image|in total|overall)?',
  'I want to know how many (objects|items|things) there are(| in all| in total| altogether).',
  'All (objects|items|things) counted, what (number|total) do you (reach|arrive at)?',
  'How large is the number of (objects|items|things)(| in the picture| here)?',
  'Say how many (objects|things|items) (there are|stand here|you see).',
  'Work out how many things this picture has in it.',
  'Altogether, the scene has how many objects?',
];
const COUNT_FITTING = [
  'How many {many} (appear|can be found|exist|are present|are shown|do you see|do you count|stand)(| in the image| in the picture| in the scene| here| in this photo)?',
  'Number of {many}(| in the image| in the scene)?',
  '{many}: how many(| of them) (are there|do you see)?',
  '(Please count|Count|Count up) (all|all the|the|every one of the) {many}(| in the image| here| that you see).',
  'What is the (count|total|total number|quantity|amount) of {many}(| in the image| here| in the scene)?',
  'The (image|picture|scene) (contains|has|holds) how many {many}?',
  'Of all the (things|objects|items)(| in the image), how many are {many}?',
  'Among (the objects|the things|all items), how many {many} are there?',
  'I want to know (how many {many} there are|the number of {many}).',
  'Can you (count|tell me the number of)(| the) {many}(| in the image)?',
  'Go through the (scene|image|objects) and count the {many}. (How many are they|What do you get|How many)?',
  'How many of the (things|objects|items)(| here) are {many}?',
  'Say how many {many} (there are|are in the picture|you see).',
  'Please work out the number of {many} that this picture has in it.',
  'Search the scene: how many {many} turn up?',
];
const COUNT_EITHER = [
  'How many (objects|things|items) are (|either ){many} or {other}?',
  'How many {many} (and|plus) {other} (can be seen|do you see|does the scene hold|are here) (in total|in all|all together|when added up)?',
  'What is the (sum|total) of the {many} and the {other}?',
  '(Add up|Sum|Sum up|Count) the {many} and the {other}. What is the (sum|total|result)?',
  'What do the {many} and the {other} (add up|come|sum) to?',
  'Number of {many} plus number of {other}?',
  'Count both the {many} and the {other}(| and give the sum| and tell me the total).',
  'If the {many} and the {other} are put together, how many (things|objects) (are there|is that)?',
  'How many is it (in all|altogether) when you count {many} as well as {other}?',
  'Give the (sum|total) of two counts: {many}, and {other}.',
  'How many {many} are there, and {other}, (both together|summed up)?',
  'The sum of {many} and {other} is what?',
  'Tell me how many {many} and {other} there are (in all|altogether|in sum).',
  'Put the count of {many} and the count of {other} into one sum. How large is it?',
  'How many do you have when you gather all {many} and all {other}?',
];
const COUNT_BESIDE = [
  'How many {many} (appear|are located|are placed|are visible|can be seen|do you see|lie) {side} the {anchor}(| in the image| in this scene)?',
  '{side} the {anchor}, how many {many} (are there|can you see|do you find|stand)?',
  'Number of {many} {side} the {anchor}?',
  '(Count|Please count|Count up) (all|the) {many} {side} the {anchor}(| in the image).',
  'What is the (count|total|total number) of {many} {side} the {anchor}?',
  'Of the (things|objects) {side} the {anchor}, how many are {many}?',
  'Find the {anchor}: how many {many} (stand|can be seen|lie) {side} this object?',
  'Starting from the {anchor}, count the {many} {side} it.',
  'The {anchor} has how many {many} {side} it?',
  'I want to know how many {many} there are {side} the {anchor}.',
  'How many (objects|things|items) {side} the {anchor} are {many}?',
  'Tell me (how many {many} are|the number of {many}) {side} the {anchor}.',
  'See where the {anchor} is, then count those {many} that are {side} it.',
  'Among all things {side} the {anchor}, what is the number of {many}?',
];
const COUNT_SAME = [
  'How many (others|of the others|other ones) have the same {attribute} as the {anchor}?',
  'Leaving out the {anchor}, how many (things|objects|items) (have|share|are of) its {attribute}?',
  'Without counting the {anchor}, how many (things|objects) (are of|have) the same {attribute}?',
  'What is the (count|total) of other (objects|things) with the same {attribute} as the {anchor}?',
  'Same {attribute} as the {anchor}: how many other (things|objects|items)?',
  '(Count|Please count) (all|the) other (things|objects|items) (that share|with) the {attribute} of the {anchor}.',
  'Which {attribute} does the {anchor} have, and how many other (things|objects) have that {attribute}?',
  'How many (things|objects|items) (agree with|are like) the {anchor} in {attribute}, apart from itself?',
  'Look at the {attribute} of the {anchor}. How many other (things|objects) (show|share) it?',
  'Number of other (things|objects) with the {attribute} of the {anchor}?',
  'Tell me how many other (things|objects|items) share the {attribute} of the {anchor}.',
  'How many (more|further) (things|objects) are there with the {attribute} of the {anchor}?',
  'The {attribute} of the {anchor} is found on how many of the other things?',
  'Find all things that are equal in {attribute} to the {anchor}, leave the {anchor} out, and count them.',
];
const COUNT_MORE = [
  'How many more {many} are there than {other}(| in the image| here)?',
  'By (how many|what number) are there more {many} than {other}?',
  'What is the number of {many} less the number of {other}?',
  'The {many} are more than the {other} by (how many|what number)?',
  'Number of {many} minus number of {other}?',
  'Compared (with|to) the {other}, how many more {many} (are there|do you see)?',
  'How much does the (number|count) of {many} exceed the (number|count) of {other}?',
  'Take the number of {other} (from|off) the number of {many}. (What is left|How many is that)?',
  'How (big|large|great) is the difference between the {many} and the {other} in number?',
  'What do you get (when|if) you subtract the (count|number) of {other} from the (count|number) of {many}?',
  'How many {other} are missing to be as many as the {many}?',
  'Count the {many} and the {other}. What is the difference?',
  'Of {many} there are more than of {other}. Say by how many.',
  'How many {other} would have to be added to reach the number of {many}?',
];
const EXISTS = [
  'Is there (any|a single|at least one) {bare}(| here| in the scene| in this photo)?',
  '(Do|Can) you (find|spot|notice|make out) (any {many}|{one}|at least one {bare})(| in the image| here| in the picture)?',
  'Does the (image|scene|photo) (have|include|hold) ({one}|any {many}|at least one {bare})?',
  'Is it true that there is {one}(| in the image| here)?',
  'Are there {many} (here|in the image|in the scene|in this picture)?',
  'Are {many} (shown|present|to be seen|there)?',
  'Does {one} (appear|exist|stand|occur) (here|in the image|in the scene)?',
  'Is {one} (shown|visible|there|to be seen)(| here| in the picture)?',
  'Is (any|one) of the (things|objects|items) {one}?',
  'Check (whether|if) there is {one}(| in the image).',
  'Tell me (whether|if) (there is {one}|you see {one}|{many} are there).',
  '{one}: is there (one|any)(| here)?',
  'Any {many}(| here| in the image)?',
  'Search for {many}. Are there any?',
  'Does at least one {bare} turn up in this picture?',
  'Please say whether {one} belongs to this scene.',
];
const EXISTS_BESIDE = [
  'Is there (any|at least one) {bare} {side} the {anchor}(| in the image)?',
  '{side} the {anchor}, (is there {one}|are there any {many}|can you see {one}|do you find any {many})?',
  '(Do|Can) you (find|spot|notice) (any {many}|{one}) {side} the {anchor}?',
  'Is it true that (there is {one}|{one} is|{one} stands) {side} the {anchor}?',
  'Are {many} (visible|placed|located|present|to be seen) {side} the {anchor}?',
  'Does the (scene|picture) have ({one}|any {many}) {side} the {anchor}?',
  'Does the {anchor} have {one} {side} it?',
  'Is one of the (things|objects) {side} the {anchor} {one}?',
  'Are any of the (things|objects) {side} the {anchor} {many}?',
  'Check (whether|if) {one} is {side} the {anchor}.',
  'Tell me (whether|if) there (is {one}|are any {many}) {side} the {anchor}.',
  'Find the {anchor}: does {one} (stand|lie|appear) {side} this object?',
  'Any {many} {side} the {anchor}?',
  'Is {one} (placed|located|standing|to be found) {side} the {anchor}?',
  'See where the {anchor} is. Do you notice {one} {side} it?',
  'Among the things {side} the {anchor}, does {one} turn up?',
];
const EXISTS_MORE = [
  'Are there more {many} (here|in the image|in the scene) than {other}?',
  'Are there more {many} than there are {other}?',
  'Is the (number|amount|total) of {many} (higher|bigger|larger) than (the number|that) of {other}?',
  'Do you (see|find|count) more {many} than {other}(| in the image)?',
  'Does the (scene|picture) (have|hold|contain) more {many} than {other}?',
  'Are the {many} more than the {other}(| in number)?',
  'Are the {other} outnumbered by the {many}?',
  'Is the number of {other} (lower|smaller) than that of {many}?',
  'Are the {other} less numerous than the {many}?',
  'Compare the {many} with the {other}. Are there more (of the first|{many})?',
  'Is it (right|correct) that the {many} outnumber the {other}?',
  'Count the {many} and the {other}. Are (there more of the former|the {many} more)?',
  'Tell me (whether|if) there are more {many} than {other}.',
  '(Check|Say) (whether|if) the {many} outnumber the {other}.',
  'More {many} than {other}?',
  'Do {many} appear more often than {other}?',
  'If you count both, do you get more {many} than {other}?',
  'Is the group of {many} the bigger one beside the group of {other}?',
];
const EXISTS_SAME = [
  'Is the {one} of the same {attribute} as the {other}?',
  'Have the {one} and the {other} (one|a common) {attribute}?',
  'Do the {one} and the {other} (share their|have one and the same|have an equal) {attribute}?',
  'Does the {one} (match|equal) the {other} in {attribute}?',
  'Is the same {attribute} found on the {one} and the {other}?',
  'Compare the {attribute} of the {one} with that of the {other}. (Is it the same|Are they equal|Are they alike)?',
  'Same {attribute}: the {one} and the {other}?',
  'Is the {attribute} (shared by|common to) the {one} and the {other}?',
  'Tell me (whether|if) the {one} and the {other} (have the same|share the) {attribute}.',
  'Is there no difference in {attribute} between the {one} and the {other}?',
  'Are the {attribute} of the {one} and the {attribute} of the {other} (the same|equal|alike)?',
  'By {attribute}, are the {one} and the {other} (alike|the same)?',
  'Is it (right|correct) that the {one} has the {attribute} of the {other}?',
  'Put the {one} next to the {other}: is their {attribute} equal?',
  'Has the {other} got the same {attribute} as the {one}?',
];
const RELATION = [
  'Where is the {one} (compared to|relative to|with regard to|in relation to|with reference to|as seen from) the {other}?',
  'Where (is the {one} placed|can the {one} be seen|is the {one} to be found) (compared to|relative to|with respect to|in relation to|with regard to) the {other}?',
  'On which side of the {other} (is|stands|do you see) the {one}?',
  '(What|Which) (place|side|spot) does the {one} (take|have) (compared to|relative to|in relation to) the {other}?',
  'How is the {one} (located|situated|positioned) (with respect to|compared with|in relation to) the {other}?',
  'Compare the places of the {one} and the {other}. Where is the (former|first)?',
  'Relative to the {other}, where (is|do you see|stands) the {one}?',
  'With respect to the {other}, (where is the {one}|what is the place of the {one})?',
  'The {one} is where (relative to|compared with|with respect to) the {other}?',
  'Say where the {one} is (with respect to|relative to|compared to) the {other}.',
  'In this (picture|scene|photo), where is the {one} in relation to the {other}?',
  'Looking at the {one} and the {other}, where is the former?',
  'Position of the {one} relative to the {other}?',
  'Where is the {one} if the {other} is the reference?',
  'Which (direction|way) (is|lies) the {one} from the {other}?',
  'When you go by the {other}, in which place is the {one}?',
  'As the camera sees it, where has the {one} been put in relation to the {other}?',
];
const DEPTH = [
  'Which (object|item|thing|one) is {word} the (observer|photographer|camera)(| in this picture| in the scene)?',
  'Which of (these|the following|them|these things|the objects below|the choices) (is|stands|appears|seems) {word} the (camera|viewer)?',
  'Of (these|the choices|all of these|the objects named), which (|one )is {word} the (camera|viewer)?',
  'What is {word} the (camera|viewer|observer)?',
  'By depth, which (object|one|of them) is {word} the (camera|viewer)?',
  'Which (object|thing) (stands|sits|is placed|is located|is found) {word} (the camera|the viewer|where the photo was taken)?',
  'Measure from the (camera|viewer): which (object|thing|of them) is {word} it?',
  'Compare the depths(| of these objects| in the image). Which (one|object) is {word} the (camera|viewer)?',
  'Tell me which (of these|object|thing) is {word} the (camera|viewer).',
  'Seen from the (camera|viewer), which (object|one) is {word} it?',
  'Think of how far away these things are. Which is {word} the camera?',
  'Name the (object|thing|one) (that is|which stands) {word} the (camera|viewer).',
  'The camera took this photo. Which (object|of these) was {word} it?',
  'Which one of those named has its place {word} the person who took the picture?',
  'Going by how deep in the scene they are, which is {word} the camera?',
];
const DISTANCE = [
  'Which (object|item|thing|one) (stands|is placed|is located|sits) {word} the {anchor}(| on the ground| in the scene| in reality)?',
  'Which of (the following|them|these things|the objects below|the choices) (is|stands) {word} the {anchor}?',
  'Of (these|the choices|all of these|the objects named), which (|one )is {word} the {anchor}?',
  'What is {word} the {anchor}?',
  'Seen from above, which (object|one|of these) is {word} the {anchor}?',
  'Compare (real|true|the actual) distances(| on the ground). Which (object|one|thing) is {word} the {anchor}?',
  'Take the {anchor}. Which (of these|object|thing) is {word} (it|that object)?',
  'Starting at the {anchor}, which (of these|object|thing) (is|would be) {word} it?',
  'Tell me which (of these|object|thing) is {word} the {anchor}.',
  'Name the (object|thing|one) (that is|which stands) {word} the {anchor}.',
  'On the ground, which (object|of them) is {word} the {anchor}?',
  'Think of how far these things are from the {anchor}. Which is {word} it?',
  'If you measure on the floor, which (one|object) is {word} the {anchor}?',
  'Estimate the distances (to|from) the {anchor}: which (object|one) is {word} it?',
  'Which one of those named has its place {word} the {anchor}?',
  'Lay a ruler on the ground: which thing is {word} the {anchor}?',
];
const REFERRING = [
  '(Give|Provide|Return|Report|Output|Write|State) the (box|box coordinates|bounding box coordinates|coordinates) (of|for|around) {that}.',
  '(Find|Locate|Detect|Spot|Identify|Look for|Search for) {that}(|, and give its box| and give its coordinates| and return its bounding box| and say where it is| in the image).',
  'Where is {that}(| in the picture| in this image)?',
  'Where can {that} be (found|seen)?(| Give its box.| Answer with a bounding box.)',
  'What is the (bounding box|box) (of|around|for) {that}?',
  'Which (box|region|part of the image) (contains|holds|shows) {that}?',
  'In the image, (find|locate|detect) {that}.',
  '(Show me|Tell me) where {that} is(|. Use a bounding box).',
  'Mark {that} (with|by) a (bounding box|box).',
  'I am looking for {that}. (Where is it|What is its box)?',
  'Bounding box of {that}?',
  'Put a box on {that}(| and tell its coordinates).',
  'Please (find|locate|box) {that}(| in this picture| in the image).',
  'Ground this in the picture: {that}.',
  'Enclose {that} in a rectangle and say the two corners of it.',
  'At which coordinates does one see {that}?',
];

/** Puts a question into words. */
export type Words = (question: Question, random: Random) => string;

/** By kind; kinds of figures, charts, tables and texts have none. */
export const PARAPHRASES: Readonly<Record<string, readonly string[]>> = {
  'count-all': COUNT_ALL,
  'count-filter': COUNT_FITTING,
  'count-either': COUNT_EITHER,
  'count-beside': COUNT_BESIDE,
  'count-same': COUNT_SAME,
  'count-more': COUNT_MORE,
  exists: EXISTS,
  'exists-beside': EXISTS_BESIDE,
  more: EXISTS_MORE,
  same: EXISTS_SAME,
  'relation-across': RELATION,
  'relation-along': RELATION,
  'relation-both': RELATION,
  'depth-2': DEPTH,
  'depth-3': DEPTH,
  'depth-4': DEPTH,
  'distance-2': DISTANCE,
  'distance-3': DISTANCE,
  'distance-4': DISTANCE,
  'refer-name': REFERRING,
  'refer-extreme': REFERRING,
  'refer-beside': REFERRING,
};

const OPENINGS = [
  'Look at the image.',
  'Take a look at the picture.',
  'Please answer.',
  'Here is a question.',
  'Look closely.',
  'Study the scene.',
];

/** The question in other words, drawn from those of training or those of validation; as it was where its kind has none. */
export function paraphrased(question: Question, use: 'train' | 'val', random: Random): string {
  const all = PARAPHRASES[question.kind];
  if (all === undefined) return question.text;
  const some = use === 'val' ? all.slice(-HELD_FOR_VALIDATION) : all.slice(0, -HELD_FOR_VALIDATION);
  const template = random
    .pick(some)
    .replace(/\(([^()]*)\)/g, (_, choices: string) => random.pick(choices.split('|')));
  const asked = withChoices(filled(template, question.values), question.options);
  return random.chance(0.15) ? `${random.pick(OPENINGS)} ${asked}` : asked;
}
