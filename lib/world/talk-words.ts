import type { Side } from './question';

/**
 * What people say to a model beside questions with one right answer, in words. Of every list the first part is for training
 * and validation, the second for `test-talk` only. `(a|b)` stands for one of several, `{name}` for a value.
 */
export interface Wordings {
  seen: readonly string[];
  heldOut: readonly string[];
}

export const GREET: Wordings = {
  seen: [
    '(Hello|Hi|Hey)(|!|.| there!| there.| Nano!| you!)',
    'Good (morning|afternoon|evening|day)(|!|.)',
    '(Hello|Hi), (how are you|how do you do|how is it going|are you there)?',
    '(hello|hi|hey)(| there)',
    'Hello and good (morning|day|evening)!',
    'Nice to meet you(|!|.)',
    '(Hello|Hi), (I am|my name is) (Anna|Tom|Lea|Ben).',
  ],
  heldOut: [
    '(Greetings|Salutations|Howdy)(|!| to you.)',
    '(Hello|Hi) again(|, my friend|, old friend)(.|!)',
    'Hi, (everything fine|all well|are you awake)(| with you)?',
    'A very good (day|morning|evening) to you!',
    '(Hey hey|Hiya|Heya)(|!)',
    'Hello, (anybody|anyone) (here|home|listening)?',
    'It is (nice|good) to see you(|.| again.)',
  ],
};

export const THANK: Wordings = {
  seen: [
    '(Thanks|Thank you)(|!|.| very much.| a lot!| so much!)',
    '(thanks|thank you|thx)',
    '(Great|Good|Perfect|Nice|Fine), (thanks|thank you)(|!|.)',
    'Thank you for (your help|the answer|looking|telling me)(|!|.)',
    '(That helps|That is right|Well done|Good job|Good answer)(|!|, thank you.|, thanks!)',
  ],
  heldOut: [
    'Many thanks(| to you| for that)!',
    'I thank you(|, that was useful|, this is what I needed).',
    '(Much|Very much|Greatly) appreciated(.|!)',
    '(Wonderful|Excellent|Super|Lovely), thanks again(!|.)',
    'Thanks, you did that (well|nicely).',
    '(Cheers|Ta)(|!| for that.)',
    'How kind of you, (thanks|thank you)!',
    'I am grateful(.| to you.)',
  ],
};

export const PART: Wordings = {
  seen: [
    '(Bye|Goodbye|Bye bye)(|!|.| Nano!| for now.)',
    '(bye|goodbye)',
    'See you(|!| later.| soon!| tomorrow.)',
    'Good night(|!|.)',
    'I have to go(|.| now.), (bye|goodbye)!',
  ],
  heldOut: [
    'So long(!|.| then!)',
    'Until (next time|tomorrow|later), (goodbye|bye).',
    'That is all for (today|now), bye(!|.)',
    'I am (leaving|off)(.| now.) See you around!',
    '(Farewell|Take care)(|!|, Nano.)',
    '(Bye|Goodbye) and (take care|have a nice day)!',
    'Time to (go|leave). (Bye|Goodbye)!',
  ],
};

/** About itself: what is asked, and what a reply has to say, one phrase of each group. */
export const SELF: readonly { asked: Wordings; reply: string; groups: readonly (readonly string[])[] }[] = [
  {
    asked: {
      seen: [
        '(Who|What) are you?',
        '(who|what) are you',
        'What is your name?',
        '(Do you have|Have you) a name?',
        'What (is|are) (Nano|you called)?',
        '(Tell me|Say something) about yourself(|.)',
        'Are you (a robot|a person|human|a computer|ChatGPT|an AI)?',
        'What (model|kind of model) (are you|is this)?',
      ],
      heldOut: [
        '(Please introduce|Introduce|Describe) yourself(.| to me.| please.)',
        '(Whom am I talking|Who am I speaking) to?',
        'How (shall|should|may) I call you?',
        'Which model am I (speaking|chatting|talking) with?',
        'Is there a (human|person) behind this?',
      ],
    },
    reply: 'I am Ocean-R1 Nano, a small model that looks at pictures and answers questions about them.',
    groups: [['nano', 'ocean-r1'], ['model']],
  },
  {
    asked: {
      seen: [
        'What can you do(|?| for me?)',
        '(How|With what) can you help(| me)?',
        'What (can|may|should) I ask(| you)?',
        'What are you (good at|able to do|made for|there for)?',
        '(Help|help|Help!|Help me)',
        'What do you (know|understand)?',
        'Which questions can you answer?',
      ],
      heldOut: [
        'Show me what you are capable of.',
        'What sort of (questions|tasks) do you take?',
        'Give me an idea of what to ask(| you).',
        'What are your (abilities|skills|talents)?',
        'What would you be useful for?',
      ],
    },
    reply:
      'I can count objects, compare their places, find them, and read charts, tables, figures and printed text.',
    groups: [['count'], ['find', 'place', 'where'], ['read'], ['chart', 'table', 'text']],
  },
  {
    asked: {
      seen: [
        'What can you not do?',
        'What (are|is) your (limits|limit|weaknesses|weakness)?',
        '(Can|Do) you make mistakes?',
        'Are you always right?',
        'Can I trust (you|your answers)?',
        'Do you know everything?',
        'How (good|reliable|clever) are you?',
      ],
      heldOut: [
        'Where do you (fail|go wrong)?',
        'Could (your answer|your answers|this) be wrong?',
        'What is (beyond|too hard for) you?',
        'Should I (check|believe|doubt) what you say?',
      ],
    },
    reply:
      'I am very small: I know only made pictures of simple objects, charts, tables, figures and text, and I make mistakes.',
    groups: [
      ['only', 'cannot', 'not'],
      ['mistakes', 'wrong', 'small'],
    ],
  },
];

export const DESCRIBE: Wordings = {
  seen: [
    'What (is|do you see) in (the|this) (picture|image)?',
    'What (can be seen|is to be seen|is there|is shown) here?',
    '(Describe|Tell me about|Explain) (the|this) (scene|picture|image|photo)(|.| to me.| in words.)',
    'What (does|do) (the|this) (picture|image) show?',
    'What do you see(|?| here?| now?)',
    '(List|Name) (everything|all things|all) (that you see|in the picture|in it)(|.)',
    'what is this',
    'What is (this|that)?',
  ],
  heldOut: [
    'Put the (image|picture|scene) into words.',
    'Walk me through what is (there|here) to be seen.',
    'I cannot see the (picture|image). What is on it?',
    'Give me a (short|brief|full) account of this (image|picture).',
    'Which (things|objects) are visible to you?',
    'Say what this (image|picture) is made up of.',
  ],
};

export const NO_SUCH_THING: Wordings = {
  seen: [
    'Is there (a|any) {thing}(| in the picture| in the image| here)?',
    '(Can|Do) you see (a|any) {thing}(| here| in it)?',
    'Does the (picture|image|scene) (show|have|contain) a {thing}?',
    'Any {thing}(| here| in it)?',
    'Is that a {thing}?',
  ],
  heldOut: [
    'Might a {thing} be hiding somewhere in it?',
    'Look closely: has it got a {thing}?',
    'Would you say that a {thing} is among these?',
    'I am after a {thing}. Is one there?',
  ],
};

export const OF_NO_SUCH_THING: Wordings = {
  seen: [
    'What (color|colour) is the {thing}?',
    'Where is the {thing}?',
    'How (big|old|large|far away) is the {thing}?',
    'What is the {thing} (doing|made of|holding|looking at)?',
    'What is (behind|next to|in front of|left of) the {thing}?',
    'What is the name of the {thing}?',
  ],
  heldOut: [
    'Tell me more about the {thing}.',
    'Does the {thing} look happy?',
    'How many legs has the {thing}?',
    'What stands beside the {thing}?',
  ],
};

export const NOT_HERE: Wordings = {
  seen: (
    'dog|cat|tree|house|person|man|woman|child|bird|boat|train|table|chair|flower|mountain|river|book|bottle|cup|' +
    'phone|computer|window|door|banana|apple|horse|cow|lamp|shoe|hat|clock|guitar|bridge|ship|truck|rabbit|lion|sofa|' +
    'bed|cake|pizza|sign|umbrella|kite|snake|fish'
  ).split('|'),
  heldOut: 'giraffe|piano|tent|penguin|candle|ladder|queen|rocket|spoon|castle|elephant|carpet'.split('|'),
};

export const BEYOND: Wordings = {
  seen: [
    'What is the (capital|largest city|president|language) of (France|Spain|Japan|Italy|Brazil)?',
    '(Who|When|Where) (was|is) (Einstein|Napoleon|Mozart|the king of England)(| born)?',
    'What is the weather (today|like|like tomorrow|in London)?',
    'What (time|day) is it(| now| today)?',
    '(Tell|Tell me) a (joke|story)(|.|!)',
    '(Write|Make) (a poem|a story|a letter|an essay|a song|a program)(|.| about the sea.| for me.)',
    '(Translate|Say) this (in|into) (German|French|Spanish)(|.)',
    'Do you (love me|like music|have feelings|dream|sleep|eat)?',
    'What (shall|should) I (eat|cook|wear|do) (today|tonight|tomorrow)?',
    'How do I (bake bread|learn English|lose weight|fix my car|earn money)?',
    'What is the (meaning of life|speed of light|price of gold|best film)?',
    '(Draw|Paint|Make) (me |)a (picture|cat|house|new image)(|.)',
    'Who (will win|won) the (match|election|world cup)?',
    '(Send|Write) (an email|a message) to (my boss|Tom|my mother)(|.)',
    'Was ist (das|auf dem Bild|hier zu sehen)?',
    '(Wie viele|Wie viel) (Autos|Kugeln|rote Dinge|Dinge) (gibt es|sind hier)?',
    "Qu'est-ce que c'est?",
    'Combien (de cubes|de voitures|d objets) (y a-t-il|vois-tu)?',
    '¿(Qué es esto|Cuántos hay|Qué ves)?',
    '(asdf|qwertz|blah blah|lorem ipsum|xyz|hmm hmm)(|.|?)',
    'Who took this (photo|picture)?',
    '(When|Where) was this (photo|picture) (taken|made)?',
  ],
  heldOut: [
    'Which planet is the biggest one?',
    'Recommend me a good novel.',
    'How tall is the Eiffel Tower?',
    'Please compose a birthday song.',
    'What did I have for breakfast?',
    'Will it rain on Sunday?',
    'Solve my tax problem.',
    'Explain gravity to my daughter.',
    'Welche Farbe hat die Kugel?',
    'Quante macchine ci sono?',
    'De quelle couleur est le cube?',
    'Hoeveel dingen zie je?',
    'foo bar baz',
    'Book a flight to Rome for me.',
    'Which country has the most people?',
    'How much does this camera cost?',
  ],
};

export const LOOKS: Readonly<Record<'colour' | 'shape' | 'material' | 'size', Wordings>> = {
  colour: {
    seen: [
      'What (color|colour) (is|has) the {name}?',
      'Which (color|colour) (is|does) the {name}(| have)?',
      'Tell me the (color|colour) of the {name}(|.)',
      'the {name} is what color?',
    ],
    heldOut: [
      'The {name}, how is it painted?',
      'Say the tint of the {name}.',
      'In what color was the {name} made?',
    ],
  },
  shape: {
    seen: [
      'What (is|kind of thing is|sort of object is) the {name}?',
      'What shape (is|has) the {name}?',
      'Tell me the shape of the {name}(|.)',
    ],
    heldOut: ['The {name}, what is it exactly?', 'Which form has the {name}?'],
  },
  material: {
    seen: [
      'What is the {name} made (of|from)?',
      'Is the {name} (metal or rubber|of metal or of rubber)?',
      'Which material is the {name}?',
    ],
    heldOut: ['What stuff does the {name} consist of?', 'The {name}, would you call it metal or rubber?'],
  },
  size: {
    seen: [
      '(How big|How large) is the {name}?',
      'Is the {name} (big or small|small or large|large or small)?',
    ],
    heldOut: ['What about the size of the {name}?', 'The {name}, is it a small or a large one?'],
  },
};

/** Of the same thing, behind a question about it. */
export const AND_IT: Readonly<Record<'colour' | 'material' | 'size', Wordings>> = {
  colour: { seen: ['And (its|the) color?', 'What color is it?'], heldOut: ['And how is it painted?'] },
  material: { seen: ['And what is it made of?', 'And the material?'], heldOut: ['Which material, then?'] },
  size: { seen: ['Is it big(| or small)?', 'And how large is it?'], heldOut: ['A small or a large one?'] },
};

export const COUNT: Wordings = {
  seen: ['How many {many} (are there|do you see)?', 'Count the {many}.', 'how many {many}'],
  heldOut: ['What is the number of {many}, please?', 'The {many}: how many of them?'],
};

export const AND_COUNT: Wordings = {
  seen: [
    'And (the |how many |){many}?',
    'What about (the |){many}?',
    'How about {many}?',
    'Now the {many}(|.|?)',
  ],
  heldOut: ['Same for the {many}?', 'Then how many {many} would that be?', '{many} as well?'],
};

export const BESIDE: Wordings = {
  seen: [
    'What (is|stands|lies|do you see) {side} the {name}?',
    '(Which things|Which objects|What things) are {side} the {name}?',
    'Name what is {side} the {name}(|.)',
  ],
  heldOut: ['Which neighbors are {side} the {name}?', 'Seen from the {name}, what is {side} it?'],
};

export const SIDE_SAID: Readonly<Record<Side, readonly string[]>> = {
  left: ['left of', 'to the left of'],
  right: ['right of', 'to the right of'],
  front: ['in front of'],
  behind: ['behind'],
};

/** Everyday words for what the benchmark names otherwise. */
export const EVERYDAY: Readonly<Record<string, readonly string[]>> = {
  cube: ['cube', 'block', 'box'],
  sphere: ['sphere', 'ball'],
  cylinder: ['cylinder', 'can'],
  car: ['car'],
  bus: ['bus'],
  aeroplane: ['aeroplane', 'plane', 'airplane'],
  bicycle: ['bicycle', 'bike'],
  motorbike: ['motorbike', 'motorcycle'],
  object: ['object', 'thing', 'one'],
};
